import { describe, expect, it } from 'vitest';
import { runCli, upstream } from '../support/cli.js';
import { startOpenAi } from '../support/scripted-upstream.js';

const env = {
  LLM_S: 'mock://?reply=from%20the%20spare&reasoning=Hm.&price_in=1&price_out=4',
  LLM_DOWN: 'mock://?fault=503*',
  LLM_WRONG: 'mock://?fault=auth*',
};

describe.concurrent('text', () => {
  const answer = async (
    texts: readonly string[],
    words: readonly string[],
    more: Record<string, string> = {},
  ) => {
    const server = await startOpenAi(texts);
    try {
      const run = { env: { LLM_X: `openai+http://KEY@${server.host}/v1`, ...more } };
      return (await runCli(['run', ...words, '-m', 'x/y', 'hi'], run)).stdout;
    } finally {
      server.close();
    }
  };

  it.each([
    { name: 'ends with a newline', texts: ['a'], shown: 'a\n' },
    { name: 'ends with the newline that it has', texts: ['a\n'], shown: 'a\n' },
    { name: 'keeps its empty lines', texts: ['\n\na\n\n'], shown: '\n\na\n\n' },
    { name: 'is nothing at all when it is empty', texts: [], shown: '' },
    {
      name: 'goes to a pipe as it is',
      texts: ['a\u001b[31m\r\n\u0007\u202eb\0'],
      shown: 'a\u001b[31m\r\n\u0007\u202eb\0\n',
    },
    { name: 'keeps a character that comes in halves', texts: ['a\ud83d', '\ude42b'], shown: 'a🙂b\n' },
  ])('$name', async ({ texts, shown }) => {
    expect(await answer(texts, [])).toBe(shown);
    expect(await answer(texts, ['--stream'])).toBe(shown);
    expect(await answer(texts, ['--format', 'pretty'])).toBe(shown);
    expect(await answer(texts, ['--format', 'plain', '--sanitize', 'never'])).toBe(shown);
  });

  it('is without control sequences with --sanitize always, however they are cut', async () => {
    const texts = ['a\u001b', ']52;c;aG', 'k=\u0007b\u001b[3', '1mc\u202e\r\nd'];
    expect(await answer(texts, ['--sanitize', 'always'])).toBe('abc\nd\n');
    expect(await answer(texts, ['--stream', '--sanitize', 'always'])).toBe('abc\nd\n');
  });

  it.each([
    { name: 'harmless under GitHub Actions', words: [], shown: ': :error::x\na # #[b]\n' },
    { name: 'harmless when it comes live', words: ['--stream'], shown: ': :error::x\na # #[b]\n' },
    {
      name: 'as they are with --sanitize never',
      words: ['--sanitize', 'never'],
      shown: '::error::x\na ##[b]\n',
    },
  ])('has workflow commands $name', async ({ words, shown }) => {
    expect(await answer([':', ':error::x\na #', '#[b]'], words, { GITHUB_ACTIONS: 'true' })).toBe(shown);
  });

  it('keeps workflow commands elsewhere, and in JSON', async () => {
    expect(await answer(['::error::x'], [])).toBe('::error::x\n');
    expect(JSON.parse(await answer(['::error::x'], ['--json'], { GITHUB_ACTIONS: 'true' })).text).toBe(
      '::error::x',
    );
  });
});

describe.concurrent('standard error', () => {
  it('has usage, attempts and notices; standard output the answer alone', async () => {
    const { stdout, stderr } = await runCli(['run', '-u', '-v', '-m', 'down/x,s/y', 'hi'], { env });
    expect(stdout).toBe('from the spare\n');
    const [retry, advance, ...rest] = stderr.trimEnd().split('\n');
    expect([retry, advance]).toEqual([
      expect.stringMatching(/^⚠ down\/x: server-error \(503.*\) → down\/x again/),
      expect.stringMatching(/^⚠ down\/x: server-error \(503.*\) → s\/y$/),
    ]);
    expect(rest.map((line) => line.replace(/\d+(\.\d+)?m?s/g, 'TIME'))).toEqual([
      expect.stringMatching(/^1\. down\/x {2}server-error, HTTP 503, TIME, .* → retry$/),
      expect.stringMatching(/^2\. down\/x {2}server-error, HTTP 503, TIME, .* → advance$/),
      expect.stringMatching(/^3\. s\/y {5}ok, HTTP 200, TIME, first token TIME/),
      expect.stringMatching(
        /^1 in · 4 out \(1 reasoning\) · first token TIME · .* · total TIME · \$0\.0000170 · served by s\/y$/,
      ),
    ]);
  });

  it('has with -q what was asked for, and errors, but no remarks', async () => {
    const quiet = await runCli(['run', '-q', '-m', 'down/x,s/y', 'hi'], { env });
    expect(quiet).toEqual({ code: 0, stdout: 'from the spare\n', stderr: '' });
    const usage = await runCli(['-q', 'run', '-u', '-m', 'down/x,s/y', 'hi'], { env });
    expect(usage.stderr).toMatch(/^1 in · .* served by s\/y\n$/);
    const failed = await runCli(['run', '-q', '-m', 'down/x', 'hi'], { env });
    expect(failed.stderr).toMatch(/^majordomo: no target answered/);
    expect((await runCli(['run', '-q', '--nope'], { env })).stderr).toContain("unknown option '--nope'");
  });

  it('names every attempt of a chain that failed', async () => {
    const { stderr } = await runCli(['run', '-q', '--retries', '0', '-m', 'down/x,wrong/y', 'hi'], { env });
    expect(stderr).toMatch(
      /^majordomo: no target answered\n {2}down\/x: server-error \(503, .*\)\n {2}wrong\/y: auth \(401, .*\)\n/,
    );
  });

  it('has server messages without control sequences, line breaks and workflow commands', async () => {
    const message = 'a\u001b]52;c;aGk=\u0007b\u001b[2J\u202e ##[error]d\r\n::error::c';
    const server = await upstream((_request, response) => {
      response
        .writeHead(400, { 'content-type': 'application/json' })
        .end(JSON.stringify({ error: { message } }));
    });
    const run = { env: { LLM_X: `openai+http://KEY@${server.host}/v1`, GITHUB_ACTIONS: 'true' } };
    const { stderr } = await runCli(['run', '-v', '-m', 'x/y', 'hi'], run);
    server.close();
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
    expect(stderr).not.toMatch(/[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e]/);
    expect(stderr).not.toMatch(/^\s*::|##\[/m);
    expect(stderr).toContain('# #[error]d');
  });

  it.each([
    { name: 'no colour in a pipe', words: [], more: {}, colored: false },
    {
      name: 'colour with --color always',
      words: ['--color', 'always'],
      more: { NO_COLOR: '1', TERM: 'dumb' },
      colored: true,
    },
    {
      name: 'no colour with --color never',
      words: ['--color', 'never'],
      more: { FORCE_COLOR: '1' },
      colored: false,
    },
    { name: 'colour with FORCE_COLOR', words: [], more: { FORCE_COLOR: '1', TERM: 'dumb' }, colored: true },
    { name: 'no colour with FORCE_COLOR=0', words: [], more: { FORCE_COLOR: '0' }, colored: false },
    {
      name: 'no colour with NO_COLOR beside it',
      words: [],
      more: { FORCE_COLOR: '1', NO_COLOR: '1' },
      colored: false,
    },
    {
      name: 'colour with an empty NO_COLOR',
      words: [],
      more: { FORCE_COLOR: '1', NO_COLOR: '' },
      colored: true,
    },
  ])('has $name; the answer never has any', async ({ words, more, colored }) => {
    const { stdout, stderr } = await runCli(['run', ...words, '-m', 'down/x,s/y', 'hi'], {
      env: { ...env, ...(more as Record<string, string>) },
    });
    expect(stderr.includes('\u001b[')).toBe(colored);
    expect(stdout).toBe('from the spare\n');
  });
});
