import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ollama } from '../../src/providers/ollama.js';
import type { FakeApi } from '../fakes/loopback.js';
import { startOllama } from '../fakes/ollama.js';
import { type AskOptions, ask, readParts, readResponse } from '../support/ask.js';
import { collect } from '../support/collect.js';
import { frameRecording, recordedLines, serveReplay, splitBytes } from '../support/replay.js';

const model = 'qwen3:0.6b';

/** What a stream says, read as plainly as can be. */
function plainly(name: string) {
  const lines = recordedLines(`ollama/${name}`).map((text) => JSON.parse(text));
  const last = lines.at(-1);
  return {
    text: lines.map(({ message }) => message.content).join(''),
    reasoning: lines.map(({ message }) => message.thinking ?? '').join(''),
    raw: last.done_reason,
    input: last.prompt_eval_count,
    output: last.eval_count,
    model: last.model,
  };
}

function told(events: Parameters<typeof collect>[0]) {
  const { text, reasoning, finish } = collect(events);
  const { inputTokens: input, outputTokens: output } = finish?.usage ?? {};
  return { text, reasoning, raw: finish?.rawFinishReason, input, output, model: finish?.servedModel };
}

describe.each(['ollama-text.chunks.txt', 'ollama-thinking.chunks.txt', 'ollama-tool.chunks.txt'])(
  '%s on the wire',
  (recording) => {
    it.each(['\n', '\r\n'] as const)('reads the same wherever it is cut, with %j line ends', (lineEnd) => {
      const frames = frameRecording(`ollama/${recording}`, { dialect: 'ollama', lineEnd });
      const bytes = new TextEncoder().encode(frames.join(''));
      const expected = plainly(recording);
      for (let at = 1; at < Math.min(bytes.length, 2_000); at++) {
        expect(told(readParts(ollama, splitBytes(bytes, [at]))), `cut at ${at}`).toEqual(expected);
      }
      expect(told(readParts(ollama, splitBytes(bytes, 'every')))).toEqual(expected);
    });

    it('reads the same over a socket, whatever the chunks', async () => {
      const frames = frameRecording(`ollama/${recording}`, { dialect: 'ollama' });
      for (const splitAt of [[], [1, 110, 111, 112, 400], [333, 666, 999]]) {
        const server = await serveReplay({ frames, framing: 'ndjson', splitAt });
        try {
          expect(told(await readResponse(ollama, await fetch(server.url)))).toEqual(plainly(recording));
        } finally {
          await server.close();
        }
      }
    });
  },
);

describe('a strict Ollama server', () => {
  let local: FakeApi;
  let cloud: FakeApi;
  beforeAll(async () => {
    local = await startOllama();
    cloud = await startOllama({ key: 'cloud-key' });
  });
  afterAll(() => Promise.all([local.close(), cloud.close()]));
  const send = (options: Partial<AskOptions> = {}, server = local) =>
    ask(ollama, `${server.url}/api`, { model, ...options });

  it.each<{ name: string; asked: Partial<AskOptions> }>([
    { name: 'a plain request', asked: {} },
    { name: 'a whole reply', asked: { whole: true } },
    {
      name: 'every portable option and further keys',
      asked: {
        system: 'Be brief.',
        options: { maxTokens: 9, temperature: 0.5, topP: 0.9, stop: ['X'], seed: 1, json: true },
        body: { think: false, keep_alive: 0, options: { num_ctx: 2_048 } },
      },
    },
  ])('answers $name', async ({ asked }) => {
    const { status, events, refusal } = await send(asked);
    expect({ status, refusal }).toEqual({ status: 200, refusal: '' });
    expect(collect(events)).toMatchObject({
      text: expect.stringMatching(/^Grüße/),
      finish: { finishReason: 'stop' },
    });
  });

  it('answers in the cloud with a key only', async () => {
    expect((await send({ key: 'cloud-key' }, cloud)).status).toBe(200);
    expect((await send({}, cloud)).status).toBe(401);
  });

  it.each<{ name: string; options: Partial<AskOptions>; status: number; says: string }>([
    { name: 'an unknown model', options: { model: 'nope' }, status: 404, says: "model 'nope' not found" },
    {
      name: 'text for a temperature',
      options: { body: { options: { temperature: 'x' } } },
      status: 400,
      says: 'float32',
    },
    { name: 'an unknown format', options: { body: { format: 'xml' } }, status: 400, says: 'invalid format' },
    { name: 'no messages', options: { raw: { messages: 'x' } }, status: 400, says: 'cannot unmarshal' },
  ])('refuses $name', async ({ options, status, says }) => {
    expect(await send(options)).toMatchObject({ status, refusal: expect.stringContaining(says) });
  });
});
