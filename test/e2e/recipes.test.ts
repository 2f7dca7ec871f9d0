import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { jsonReply, startFake } from '../fakes/loopback.js';
import { runInShell, temporaryFile } from '../support/cli.js';
import { hasRedis, startRedis } from '../support/redis.js';

const page = readFileSync(path.join(import.meta.dirname, '../../docs/ci.md'), 'utf8');
const blocks = [...page.matchAll(/^```(\w*)\n(.*?)^```$/gms)].map(([, language = '', text = '']) => ({
  language,
  text,
}));

/** Every command of the page, out of whatever it stands in. */
const commands = blocks.flatMap(({ language, text }) => {
  if (language === 'sh') return [text.trim()];
  if (language === 'yaml') return scriptsIn(parse(text));
  return [...text.matchAll(/majordomo health [^\n]*/g)].map(([command]) => command);
});

function scriptsIn(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => {
    if (key === 'run' || key === 'script') return [inner].flat() as string[];
    return scriptsIn(inner);
  });
}

const env = {
  LLM_WORK: 'mock://?models=gpt-x',
  LLM_ANTHROPIC: 'mock://?models=claude-sonnet-4-5',
  LLM_P: `mock://?reply=${encodeURIComponent('{"name":"Ann"}')}`,
  MAJORDOMO_ALIAS_FAST: 'p/x,work/gpt-x',
};
const nowhere = { 'm1.lan': '127.0.0.1:1', 'cache.corp': '127.0.0.1:1' };
/** The same with everything broken. */
const broken = Object.fromEntries(
  Object.entries(env).map(([name, value]) => [
    name,
    name.startsWith('LLM_') ? 'openai+http://k@127.0.0.1:1/v1' : value,
  ]),
);

/** The servers that the recipes name, as they are while all is well. */
const servers = { 'm1.lan': '127.0.0.1:1', 'cache.corp': '127.0.0.1:1' };

beforeAll(async () => {
  const chat = [
    { message: { role: 'assistant', content: 'OK' }, done: false },
    { message: { content: '' }, done: true, done_reason: 'stop', prompt_eval_count: 9, eval_count: 1 },
  ];
  const parts = chat.map((line) => `${JSON.stringify({ model: 'qwen3', ...line })}\n`);
  const ollama = await startFake(({ path: asked }) =>
    asked === '/api/tags'
      ? jsonReply(200, { models: [{ name: 'qwen3', model: 'qwen3' }] })
      : { status: 200, contentType: 'application/x-ndjson', parts },
  );
  afterAll(() => ollama.close());
  servers['m1.lan'] = new URL(ollama.url).host;
  if (!hasRedis) return;
  const redis = await startRedis();
  afterAll(() => redis.stop());
  servers['cache.corp'] = `127.0.0.1:${redis.port}`;
});

async function typed(command: string, variables: Record<string, string>, places = servers) {
  const folder = path.dirname(temporaryFile('person.json', '{"type":"object","required":["name"]}'));
  // a schema that is read must not be what is written
  const line = command
    .replaceAll('/usr/local/bin/majordomo', 'majordomo')
    .replace('$ARG1$', 'fast')
    .replace('/var/lib/node_exporter/', '')
    .replace('> person.json', '> out.json')
    .replaceAll(/m1\.lan|cache\.corp/g, (host) => places[host as keyof typeof places]);
  return runInShell(`program=("$@"); majordomo() { "\${program[@]}" "$@"; }; cd '${folder}'; ${line}`, [], {
    ...variables,
    GITHUB_STEP_SUMMARY: path.join(folder, 'summary.md'),
  });
}

describe('a recipe', () => {
  it('is there for each place', () => {
    expect(commands.length).toBeGreaterThanOrEqual(8);
  });

  it.concurrent.each(commands.map((command) => ({ command })))(
    '$command: green where all is well',
    async ({ command }) => {
      const { code, stderr } = await typed(command, env);
      const isAway = command.includes('cache.corp') && !hasRedis;
      expect({ code, stderr }).toEqual({ code: 0, stderr: isAway ? expect.any(String) : '' });
    },
  );

  it.concurrent.each(commands.map((command) => ({ command })))(
    '$command: red where nothing is',
    async ({ command }) => {
      const { code } = await typed(command, broken, nowhere);
      expect(code).not.toBe(0);
    },
  );

  it.concurrent.each(
    commands.filter((command) => command.includes('health')).map((command) => ({ command })),
  )('$command: not green where nothing is configured', async ({ command }) => {
    expect((await typed(command, {}, nowhere)).code).not.toBe(0);
  });
});
