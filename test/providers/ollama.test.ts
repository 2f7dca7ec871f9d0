import { describe, expect, it } from 'vitest';
import { ollama } from '../../src/providers/ollama.js';
import { collect, decode } from '../support/collect.js';
import { recordedJson, recordedLines } from '../support/replay.js';

const model = 'qwen3:0.6b';

function decodedFile(name: string) {
  return decode(
    ollama,
    recordedLines(`ollama/${name}`).map((line) => JSON.parse(line)),
  );
}

const line = (message: object, more: object = {}) => ({
  model: 'm',
  message: { role: 'assistant', content: '', ...message },
  done: false,
  ...more,
});
const done = (done_reason?: string) => ({
  model: 'm',
  done: true,
  ...(done_reason === undefined ? {} : { done_reason }),
});

describe('an Ollama answer', () => {
  const greeting = {
    text: 'Grüße aus 東京 👋🏽!\n\nHow can I help?',
    reasoning: '',
    malformed: 0,
    finish: {
      finishReason: 'stop',
      rawFinishReason: 'stop',
      servedModel: model,
      usage: { inputTokens: 26, outputTokens: 17, reasoningTokens: null, cachedInputTokens: null },
    },
  };
  const thought = {
    text: 'Blue',
    reasoning: 'The user wants one word.',
    malformed: 0,
    finish: {
      finishReason: 'length',
      rawFinishReason: 'length',
      servedModel: 'qwen3:8b',
      usage: { inputTokens: 31, outputTokens: 9, reasoningTokens: null, cachedInputTokens: null },
    },
  };

  it.each([
    ['ollama-text', greeting],
    ['ollama-thinking', thought],
  ])('reads %s, streamed and whole', (name, expected) => {
    expect(collect(decodedFile(`${name}.chunks.txt`))).toMatchObject(expected);
    expect(collect(ollama.whole(recordedJson(`ollama/${name}.json`)))).toMatchObject(expected);
  });

  it('ends with a tool call as tool-calls, though the API says stop', () => {
    expect(collect(decodedFile('ollama-tool.chunks.txt'))).toMatchObject({
      text: '',
      finish: { finishReason: 'tool-calls', rawFinishReason: 'stop' },
    });
    const whole = { ...line({ tool_calls: [{ function: { name: 'f' } }] }), ...done('stop') };
    expect(collect(ollama.whole(whole)).finish?.finishReason).toBe('tool-calls');
  });

  it.each([
    ['stop', 'stop', 'stop'],
    ['length', 'length', 'length'],
    ['load', 'other', 'load'],
    ['unload', 'other', 'unload'],
    ['valueOf', 'other', 'valueOf'],
    [undefined, 'stop', null],
    ['', 'stop', null],
  ])('ends with done_reason %j as %s', (reason, finishReason, rawFinishReason) => {
    expect(collect(decode(ollama, [line({ content: 'a' }), done(reason)]))).toMatchObject({
      text: 'a',
      finish: { finishReason, rawFinishReason },
    });
  });

  it('keeps text that comes with the last object', () => {
    expect(collect(decode(ollama, [line({ content: 'a' }), line({ content: 'b' }, done('stop'))])).text).toBe(
      'ab',
    );
  });

  it('takes a count that was left out for 0, and no counts for no usage', () => {
    const counted = (counts: object) =>
      collect(decode(ollama, [{ ...done('stop'), ...counts }])).finish?.usage;
    expect(counted({ eval_count: 3 })).toMatchObject({ inputTokens: 0, outputTokens: 3 });
    expect(counted({ prompt_eval_count: 3 })).toMatchObject({ inputTokens: 3, outputTokens: 0 });
    expect(counted({})).toBeNull();
  });

  it('does not take the end of the body for the end of the answer', () => {
    expect(collect(decode(ollama, [line({ content: 'a' })])).finish).toBeNull();
    expect(collect(ollama.whole(line({ content: 'a' }))).finish).toBeNull();
  });

  it('reads nothing after done', () => {
    expect(collect(decode(ollama, [done('stop'), line({ content: 'late' }), done('stop')])).text).toBe('');
  });

  it.each([
    ['a number', 7],
    ['null', null],
    ['a list', []],
    ['an object without message', { status: 'loading' }],
    ['a message that is text', { message: 'a', done: false }],
  ])('counts %s as one malformed event and goes on', (_, payload) => {
    const read = collect(
      decode(ollama, [line({ content: 'a' }), payload, line({ content: 'b' }), done('stop')]),
    );
    expect(read).toMatchObject({ text: 'ab', malformed: 1, finish: { finishReason: 'stop' } });
  });
});

describe('an error inside an Ollama stream', () => {
  it('ends the hand-written stream that breaks', () => {
    expect(() => decodedFile('ollama-error.chunks.txt')).toThrow(
      expect.objectContaining({ kind: 'server-error', message: expect.stringContaining('out of memory') }),
    );
  });

  it.each([
    ["model 'nope' not found", 'model-not-found'],
    ['model "nope" not found, try pulling it first', 'model-not-found'],
    ['server busy, please try again.  maximum pending requests exceeded', 'overloaded'],
    ['input length exceeds the context length', 'context-length'],
    ['model runner has unexpectedly stopped, this may be due to resource limitations', 'server-error'],
  ])('%s is %s', (message, kind) => {
    const expected = expect.objectContaining({ name: 'ProviderError', kind });
    expect(() => decode(ollama, [line({ content: 'a' }), { error: message }])).toThrow(expected);
    expect(() => ollama.whole({ error: message })).toThrow(expected);
    expect(() => ollama.whole({ error: { message } })).toThrow(expected);
  });
});
