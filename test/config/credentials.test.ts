import { execFileSync, spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { inspect } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openCredential } from '../../src/config/credentials.js';
import { parseDsn } from '../../src/core/dsn.js';
import { ConfigError } from '../../src/core/errors.js';
import type { CredentialSource, EnvLookup } from '../../src/core/ports.js';

const key = 'sk-0123456789abcdef-WXYZ';
const never = new AbortController().signal;
const lookup = { traits: () => ({}), names: () => ['openai'] };

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'majordomo-credentials-'));
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

function file(name: string, content: string): string {
  const made = path.join(folder, name);
  writeFileSync(made, content);
  return made;
}

/** A program of Node that is run by `key_cmd`; what it is given comes after it. */
function command(name: string, source: string, rest = ''): string {
  return `${process.execPath} ${file(`${name}.cjs`, source)} ${rest}`.trim();
}

interface Opening {
  readonly credential?: string;
  readonly options?: Readonly<Record<string, string>>;
  readonly usual?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

function open({ credential, options = {}, usual = [], env = {} }: Opening): CredentialSource {
  const query = Object.entries(options).map(([name, value]) => `${name}=${encodeURIComponent(value)}`);
  const start = credential === undefined ? '' : `${encodeURIComponent(credential)}@`;
  const dsn = parseDsn('LLM_WORK', `openai://${start}h.example?${query.join('&')}`, lookup);
  const envLookup: EnvLookup = (name) => env[name];
  return openCredential(dsn, usual, envLookup);
}

function read(opening: Opening, signal: AbortSignal = never): Promise<string | null> {
  return open(opening).read({ signal });
}

async function refusal(opening: Opening): Promise<ConfigError> {
  const error = await read(opening).then(
    () => new Error('it was read'),
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(ConfigError);
  return error as ConfigError;
}

function everything(error: ConfigError): string {
  return [
    error.message,
    error.hint,
    error.stack,
    JSON.stringify(error),
    inspect(error, { showHidden: true }),
  ].join('\n');
}

describe('a credential', () => {
  it('that stands in the DSN is taken from there, before any variable', async () => {
    const source = open({ credential: key, usual: ['OPENAI_API_KEY'], env: { OPENAI_API_KEY: 'other' } });
    expect(source.info()).toEqual({ source: 'LLM_WORK', fingerprint: '…WXYZ' });
    await expect(source.read({ signal: never })).resolves.toBe(key);
  });

  it.each([
    { name: 'the first usual variable', env: { A_KEY: key, B_KEY: 'b' }, source: 'A_KEY', value: key },
    {
      name: 'the next one when the first is empty',
      env: { A_KEY: '', B_KEY: key },
      source: 'B_KEY',
      value: key,
    },
    {
      name: 'the next one when the first is blank',
      env: { A_KEY: ' \n', B_KEY: key },
      source: 'B_KEY',
      value: key,
    },
    { name: 'a variable with a newline at its end', env: { A_KEY: `${key}\n` }, source: 'A_KEY', value: key },
    { name: 'a variable that kept its quotes', env: { A_KEY: `"${key}"` }, source: 'A_KEY', value: key },
  ])('is taken from $name', async ({ env, source, value }) => {
    const opened = open({ usual: ['A_KEY', 'B_KEY'], env });
    expect(opened.info()).toEqual({ source, fingerprint: '…WXYZ' });
    await expect(opened.read({ signal: never })).resolves.toBe(value);
  });

  it.each([
    { value: '$MY_KEY', odd: 'not expanded' },
    { value: '${{ secrets.KEY }}', odd: 'not expanded' },
    { value: '%MY_KEY%', odd: 'not expanded' },
    { value: `Bearer ${key}`, odd: 'white space' },
  ])('that cannot be one is warned of: $value', ({ value, odd }) => {
    const warnings = open({ usual: ['A_KEY'], env: { A_KEY: value } }).warnings?.() ?? [];
    expect(warnings).toEqual([{ code: 'key-odd', message: expect.stringContaining(`A_KEY: its value`) }]);
    expect(warnings[0]?.message).toContain(odd);
    expect(warnings[0]?.message).not.toContain(key);
  });

  it('is absent where nobody has one', async () => {
    const opened = open({ usual: ['A_KEY'] });
    expect(opened.info()).toBeNull();
    await expect(opened.read({ signal: never })).resolves.toBeNull();
  });

  it('is never looked for in the process’s own environment', async () => {
    process.env.MAJORDOMO_TEST_KEY = key;
    try {
      expect(open({ usual: ['MAJORDOMO_TEST_KEY'] }).info()).toBeNull();
      await expect(read({ options: { key_env: 'MAJORDOMO_TEST_KEY' } })).resolves.toBeNull();
    } finally {
      delete process.env.MAJORDOMO_TEST_KEY;
    }
  });

  it.each([
    { length: 19, shown: false },
    { length: 20, shown: true },
  ])('of $length characters shows a fingerprint: $shown', ({ length, shown }) => {
    const info = open({ credential: `${'a'.repeat(length - 4)}WXYZ` }).info();
    expect(info?.fingerprint).toBe(shown ? '…WXYZ' : null);
  });

  const id = 'an-id-of-more-than-20-characters';
  const secret = `${'a'.repeat(15)}WXYZ`;
  it.each([
    { name: 'a short secret', pair: `${id}:WXYZ`, fingerprint: null },
    { name: 'a secret of 19 characters', pair: `${id}:${secret}`, fingerprint: null },
    { name: 'a secret of 20 characters', pair: `${id}:a${secret}`, fingerprint: '…WXYZ' },
    { name: 'a secret with a colon', pair: `i:${id}:WXYZ`, fingerprint: '…WXYZ' },
  ])('that is a pair shows the fingerprint of its secret alone: $name', ({ pair, fingerprint }) => {
    const traits = { credential: 'pair' } as const;
    const dsn = parseDsn('LLM_X', `vertex://${pair}@h`, { traits: () => traits, names: () => [] });
    const none = () => undefined;
    expect(openCredential(dsn, [], none).info()).toEqual({ source: 'LLM_X', fingerprint });
    const inVariable = open({ options: { key_env: 'PAIR' }, env: { PAIR: pair } });
    expect(inVariable.info()).toEqual({ source: 'PAIR', fingerprint });
  });
});

describe('key_env', () => {
  it('names the only variable that counts', async () => {
    const options = { key_env: 'MY_KEY' };
    const both = open({ options, usual: ['A_KEY'], env: { A_KEY: 'usual', MY_KEY: key } });
    expect(both.info()).toEqual({ source: 'MY_KEY', fingerprint: '…WXYZ' });
    await expect(both.read({ signal: never })).resolves.toBe(key);
    const unset = open({ options, usual: ['A_KEY'], env: { A_KEY: 'usual' } });
    expect(unset.info()).toBeNull();
    await expect(unset.read({ signal: never })).resolves.toBeNull();
  });

  it('may be set after the DSN was read', async () => {
    const env: Record<string, string> = {};
    const opened = open({ options: { key_env: 'MY_KEY' }, env });
    expect(opened.info()).toBeNull();
    env.MY_KEY = key;
    await expect(opened.read({ signal: never })).resolves.toBe(key);
  });
});

describe('key_file', () => {
  it.each([
    { mode: 0o600, told: false },
    { mode: 0o640, told: false },
    { mode: 0o644, told: true },
    { mode: 0o604, told: true },
  ])('of mode $mode is told of: $told', ({ mode, told }) => {
    const path = file('exposed', key);
    chmodSync(path, mode);
    const warnings = open({ options: { key_file: path } }).warnings?.() ?? [];
    expect(warnings.map(({ code }) => code)).toEqual(told ? ['key-file-readable'] : []);
    expect(JSON.stringify(warnings)).not.toContain(path);
  });

  it.each(['/none', '/dev/null'])('%s is not told of, as it is no file', (path) => {
    expect(open({ options: { key_file: path } }).warnings?.()).toEqual([]);
  });

  it.each([
    { name: 'as it is', content: key, value: key },
    { name: 'without the line end', content: `${key}\r\n`, value: key },
    { name: 'without a byte order mark', content: `\ufeff${key}\n`, value: key },
    { name: 'of an empty file as absent', content: '\n', value: null },
  ])('gives the key $name', async ({ content, value }) => {
    const opened = open({ options: { key_file: file('key', content) } });
    expect(opened.info()).toEqual({ source: 'key_file', fingerprint: null });
    await expect(opened.read({ signal: never })).resolves.toBe(value);
  });

  it.each([
    { name: 'is not there', make: () => path.join(folder, 'hush-hush'), code: 'ENOENT' },
    {
      name: 'is a folder',
      make: () => {
        const made = path.join(folder, 'hush-hush-folder');
        mkdirSync(made, { recursive: true });
        return made;
      },
      code: 'EISDIR',
    },
    {
      name: 'is far too large for a key',
      make: () => file('hush-hush-large', 'x'.repeat(70_000)),
      code: 'EFBIG',
    },
  ])('that $name is told by variable and code, without path or content', async ({ make, code }) => {
    const error = await refusal({ options: { key_file: make() } });
    expect(error.code).toBe('key-file');
    expect(error.message).toContain('LLM_WORK');
    expect(error.message).toContain(code);
    expect(everything(error)).not.toContain('hush-hush');
  });

  it('is read again after it could not be', async () => {
    const late = path.join(folder, 'late');
    const opened = open({ options: { key_file: late } });
    await expect(opened.read({ signal: never })).rejects.toBeInstanceOf(ConfigError);
    writeFileSync(late, key);
    await expect(opened.read({ signal: never })).resolves.toBe(key);
  });

  it.skipIf(process.platform === 'win32')('may be a pipe, as process substitution gives it', async () => {
    const pipe = path.join(folder, 'pipe');
    execFileSync('mkfifo', [pipe]);
    const writer = spawn('sh', ['-c', 'printf %s "$1" > "$2"', 'sh', `${key}\n`, pipe]);
    await expect(read({ options: { key_file: pipe } })).resolves.toBe(key);
    writer.kill();
  });

  it.skipIf(process.platform === 'win32')('that is a pipe nobody writes to holds nobody up', async () => {
    const pipe = path.join(folder, 'silent');
    execFileSync('mkfifo', [pipe]);
    const giveUp = new AbortController();
    const reading = open({ options: { key_file: pipe } }).read({ signal: giveUp.signal });
    setTimeout(() => giveUp.abort(new Error('enough')), 50);
    await expect(reading).rejects.toThrow('enough');
  });
});

describe('a key_file that is not there', () => {
  it.each(['/nowhere/key', '~/key', 'nowhere.txt'])('is told before it is read: %s', (key_file) => {
    const { problem } = open({ options: { key_file }, env: { HOME: '/nowhere' } });
    expect(problem?.()).toEqual({
      message: 'LLM_WORK: the key_file cannot be read (ENOENT)',
      hint: 'there is no such file: check the path',
    });
  });

  it('is none where ~ stands for the home', async () => {
    file('key-of-home', key);
    const opening = { options: { key_file: '~/key-of-home' }, env: { HOME: folder } };
    expect(open(opening).problem?.()).toBeNull();
    await expect(read(opening)).resolves.toBe(key);
  });
});

describe('key_cmd', () => {
  it.each(['false | true', 'false > /dev/null', 'false $HOME', 'false ~/x'])(
    'that only a shell understands says so: %s',
    async (key_cmd) => {
      expect((await refusal({ options: { key_cmd } })).hint).toContain('without a shell');
    },
  );

  it('is not run for showing, and once for many reads', async () => {
    const trace = path.join(folder, 'runs');
    const source = `require('node:fs').appendFileSync(${JSON.stringify(trace)}, 'x'); console.log(${JSON.stringify(key)})`;
    const opened = open({ options: { key_cmd: command('once', source) } });
    expect(opened.info()).toEqual({ source: 'key_cmd', fingerprint: null });
    expect(existsSync(trace)).toBe(false);
    const signal = never;
    expect(await Promise.all([opened.read({ signal }), opened.read({ signal })])).toEqual([key, key]);
    expect(await opened.read({ signal })).toBe(key);
    expect(readFileSync(trace, 'utf8')).toBe('x');
    expect(opened.info()).toEqual({ source: 'key_cmd', fingerprint: null });
  });

  const echo = 'console.log(JSON.stringify(process.argv.slice(2)))';

  it.each([
    { name: 'a subshell', rest: '(touch hacked)', words: ['(touch', 'hacked)'] },
    { name: 'a second command', rest: 'a; touch hacked', words: ['a;', 'touch', 'hacked'] },
    { name: 'a pipe and a redirection', rest: 'a | b > hacked', words: ['a', '|', 'b', '>', 'hacked'] },
    { name: 'and, or, background', rest: 'a && b || c &', words: ['a', '&&', 'b', '||', 'c', '&'] },
    { name: 'backticks', rest: 'a`touch hacked`', words: ['a`touch', 'hacked`'] },
    { name: 'a wildcard and a home', rest: '* ~', words: ['*', '~'] },
    { name: 'double quotes', rest: '"a b" c"d e"f ""', words: ['a b', 'cd ef', ''] },
    { name: 'single quotes', rest: `'a "b" \\' 'c'`, words: ['a "b" \\', 'c'] },
    { name: 'escapes', rest: 'a\\ b "c\\"d" e\\\\f', words: ['a b', 'c"d', 'e\\f'] },
    { name: 'much space', rest: '  a   b  ', words: ['a', 'b'] },
  ])('is split into words, and nothing else of a shell: $name', async ({ rest, words }) => {
    const printed = await read({ options: { key_cmd: command('echo', echo, rest) } });
    expect(JSON.parse(printed ?? '')).toEqual(words);
    expect(existsSync('hacked')).toBe(false);
  });

  it('has what a shell would expand passed on as it is', async () => {
    const printed = await read({ options: { key_cmd: command('echo', echo, '$(touch hacked) "$HOME"') } });
    expect(JSON.parse(printed ?? '')).toEqual(['$(touch', 'hacked)', '$HOME']);
  });

  it.each([
    {
      name: 'fails',
      source: `console.log('hush-hush'); console.error('hush-hush'); process.exit(3)`,
      says: 'exit code 3',
    },
    {
      name: 'prints without end',
      source: `process.stdout.write('hush-hush'.repeat(20000))`,
      says: 'too much',
    },
    {
      name: 'is killed',
      source: `console.log('hush-hush'); process.kill(process.pid, 'SIGKILL')`,
      says: 'failed',
    },
  ])('that $name is told by how it ended, never by what it printed', async ({ source, says }) => {
    const error = await refusal({ options: { key_cmd: command('bad', source, 'hush-hush') } });
    expect(error.code).toBe('key-cmd');
    expect(error.message).toContain('LLM_WORK');
    expect(error.message).toContain(says);
    expect(everything(error)).not.toContain('hush-hush');
  });

  it.each([
    { name: 'is not there', text: () => 'hush-hush-program x', says: 'not there' },
    {
      name: 'may not be run',
      text: () => {
        const plain = file('hush-hush-plain', '');
        chmodSync(plain, 0o600);
        return plain;
      },
      says: 'may not be run',
    },
    { name: 'is an empty word', text: () => "''", says: 'key_cmd' },
    { name: 'has an open quote', text: () => `echo "hush-hush`, says: 'quote' },
    {
      name: 'has more to say than a program can be told',
      text: () => `echo ${'hush-hush'.repeat(300_000)}`,
      says: 'key_cmd',
    },
  ])('that $name is a mistake in the configuration', async ({ text, says }) => {
    const error = await refusal({ options: { key_cmd: text() } });
    expect(error.message).toContain('LLM_WORK');
    expect(error.message).toContain(says);
    expect(everything(error)).not.toContain('hush-hush');
  });

  it('that prints nothing leaves the credential absent', async () => {
    await expect(read({ options: { key_cmd: command('silent', '') } })).resolves.toBeNull();
  });

  it('has nothing to read on its stdin', async () => {
    const source = `process.stdin.on('data', () => {}).on('end', () => console.log('ended'))`;
    await expect(read({ options: { key_cmd: command('stdin', source) } })).resolves.toBe('ended');
  });

  const hangs = `require('node:fs').writeFileSync(process.argv[2], String(process.pid)); setInterval(() => {}, 1000)`;

  /** Waits until the program wrote its process id. */
  async function pidIn(place: string): Promise<number> {
    while (!existsSync(place) || readFileSync(place, 'utf8') === '')
      await new Promise((tick) => setTimeout(tick, 10));
    return Number(readFileSync(place, 'utf8'));
  }

  async function gone(pid: number): Promise<void> {
    for (;;) {
      try {
        process.kill(pid, 0);
      } catch {
        return;
      }
      await new Promise((tick) => setTimeout(tick, 10));
    }
  }

  it('is killed when nobody waits for it any more', async () => {
    const place = path.join(folder, 'pid-aborted');
    const controller = new AbortController();
    const reading = read({ options: { key_cmd: command('hangs', hangs, place) } }, controller.signal);
    const pid = await pidIn(place);
    const reason = new Error('enough');
    controller.abort(reason);
    await expect(reading).rejects.toBe(reason);
    await gone(pid);
  });

  it('goes on for one reader when another has had enough', async () => {
    const source = `setTimeout(() => console.log(${JSON.stringify(key)}), 150)`;
    const opened = open({ options: { key_cmd: command('slow', source) } });
    const impatient = new AbortController();
    const first = opened.read({ signal: impatient.signal });
    const second = opened.read({ signal: never });
    impatient.abort(new Error('enough'));
    await expect(first).rejects.toThrow('enough');
    await expect(second).resolves.toBe(key);
  });

  it('is run anew after a reader that gave up', async () => {
    const source = `setTimeout(() => console.log(${JSON.stringify(key)}), 50)`;
    const opened = open({ options: { key_cmd: command('anew', source) } });
    const impatient = new AbortController();
    const first = opened.read({ signal: impatient.signal });
    impatient.abort(new Error('enough'));
    const second = opened.read({ signal: never });
    await expect(first).rejects.toThrow('enough');
    await expect(second).resolves.toBe(key);
  });

  it('is killed after 10 seconds, and the time is told', async () => {
    const place = path.join(folder, 'pid-timeout');
    const error = await refusal({ options: { key_cmd: command('hangs', hangs, place) } });
    expect(error.message).toContain('10 s');
    await gone(await pidIn(place));
  }, 20_000);
});
