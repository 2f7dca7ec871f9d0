import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCli, temporaryFile } from '../support/cli.js';
import { hasShell, type Shell, ShellSession } from '../support/shell-session.js';

const folder = mkdtempSync(path.join(os.tmpdir(), 'majordomo-completion-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Names that would do something, were a shell to read them. They are in a project's file, a variable and the cache. */
const hostile = [
  '$(touch${IFS}pwned)',
  '`touch${IFS}pwned`',
  "a'b",
  'a"b',
  'a\\b',
  'a;touch${IFS}pwned',
  'a|b',
  'a&b',
  '--config=evil',
  '*',
  'a\u001b[2Jb',
];
const env = {
  LLM_M1: 'ollama://m1.lan?models=qwen3:8b,llama3.2:1b,%60touch%20pwned%60',
  LLM_OPENLAB: 'openai://sk-0123456789abcdefghij@openlab.lan/v1',
  MAJORDOMO_ALIAS_FAST: 'm1/qwen3:8b,openlab/gpt-x',
  MAJORDOMO_ALIAS_EVIL: 'm1/`touch${IFS}pwned-by-a-description`',
};
/** What a clone may bring along. A name with an escape would make the whole file wrong. */
const project = JSON.stringify({
  aliases: Object.fromEntries(hostile.slice(0, -1).map((name) => [name, 'm1/llama3.2:1b'])),
});
const cache = JSON.stringify({
  schema: 'majordomo/models@1',
  providers: {
    m1: { endpoint: 'http://m1.lan:11434/api', models: ['big:70b', ...hostile], updatedAtMs: 1 },
    openlab: { endpoint: 'https://elsewhere/v1', models: ['gone'], updatedAtMs: 1 },
  },
});

describe.concurrent('majordomo completion', () => {
  it.each(['bash', 'zsh', 'fish', 'powershell'])('prints a script for %s', async (shell) => {
    const { code, stdout, stderr } = await runCli(['completion', shell]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(new RegExp(`majordomo '?complete|@\\('complete', '${shell}'`));
    expect(stdout.endsWith('\n')).toBe(true);
  });

  it.each([
    { words: [], env: {}, says: 'no shell was named: write bash, zsh, fish or powershell\n' },
    { words: [], env: { SHELL: '/usr/bin/fish' }, says: 'yours seems to be fish: majordomo completion fish' },
    { words: [], env: { SHELL: '/bin/$(x)' }, says: 'fish or powershell\n' },
    {
      words: ['tcsh'],
      env: {},
      says: 'there is no completion for "tcsh": write bash, zsh, fish or powershell',
    },
    { words: ['zhs'], env: {}, says: 'did you mean zsh?' },
    { words: ['a\u001b[2Jb'], env: {}, says: 'there is no completion for' },
    { words: ['bash', 'zsh'], env: {}, says: 'too many arguments' },
    { words: ['bash', '--nope'], env: {}, says: "unknown option '--nope'" },
  ])('$words is wrong usage, with a way out', async ({ words, env, says }) => {
    const { code, stdout, stderr } = await runCli(['completion', ...words], { env: { ...env } });
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(says);
    expect(stderr).not.toContain('\u001b');
  });

  it('says how each shell loads it', async () => {
    const { code, stdout } = await runCli(['completion', '--help']);
    expect(code).toBe(0);
    expect(stdout).toContain('source <(majordomo completion bash)');
    expect(stdout).toContain('~/.config/fish/completions/majordomo.fish');
    expect(stdout.split('\n').filter((line) => line.length > 80)).toEqual([]);
  });
});

/** What the scripts call on Tab. */
const complete = (words: readonly string[], variables: Readonly<Record<string, string>> = env) =>
  runCli(['complete', 'bash', '--', ...words], { env: { ...variables } });

describe.concurrent('on Tab', () => {
  it('nothing of a configuration is said but names', async () => {
    const { code, stdout, stderr } = await complete(['run', '-m', '']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout.trimEnd().split('\n').sort()).toEqual([
      'evil',
      'fast',
      'm1/llama3.2:1b',
      'm1/qwen3:8b',
      'openlab/',
      'openlab/gpt-x',
    ]);
  });

  it.each([
    {
      name: 'a file that is broken',
      words: ['--config', temporaryFile('broken.json', '{'), 'run', '-m', 'fa'],
    },
    { name: 'a file that is not there', words: ['--config', '/nonexistent', 'run', '-m', 'fa'] },
    { name: 'an unknown flag before', words: ['run', '--nope', '-m', 'fa'] },
    { name: 'an alias that cannot be one', words: ['--alias', 'a b=c', 'run', '-m', 'fa'] },
  ])('$name is not told', async ({ words }) => {
    expect(await complete(words)).toEqual({ code: 0, stdout: 'fast\n', stderr: '' });
  });

  it.each([
    { name: 'a shell that is not known', words: ['complete', 'tcsh', '--', 'run', ''] },
    { name: 'no shell', words: ['complete'] },
  ])('$name is answered with nothing', async ({ words }) => {
    expect(await runCli(words)).toEqual({ code: 0, stdout: '', stderr: '' });
  });

  it('no command for a key is run', async () => {
    const marker = temporaryFile('marker', '');
    rmSync(marker);
    const dsn = `openai://?key_cmd=${encodeURIComponent(`touch ${marker}`)}&model=x`;
    expect((await complete(['run', '-m', 'k'], { LLM_K: dsn })).stdout).toBe('k\nk/x\n');
    expect(existsSync(marker)).toBe(false);
  });
});

/** Lines, and the words of each when Tab and an X have been typed behind it. */
const lines = [
  { name: 'a command', line: 'majordomo heal', words: ['majordomo', 'health', 'X'] },
  {
    name: 'a flag',
    line: 'majordomo run --advance',
    words: ['majordomo', 'run', '--advance-on-permanent', 'X'],
  },
  {
    name: 'a choice',
    line: 'majordomo run --format nd',
    words: ['majordomo', 'run', '--format', 'ndjson', 'X'],
  },
  {
    name: 'a choice in one word with its flag',
    line: 'majordomo run --color=al',
    words: ['majordomo', 'run', '--color=always', 'X'],
  },
  { name: 'an alias', line: 'majordomo run -m fa', words: ['majordomo', 'run', '-m', 'fast', 'X'] },
  {
    name: 'a provider, without a space',
    line: 'majordomo run -m anth',
    words: ['majordomo', 'run', '-m', 'anthropic/X'],
  },
  {
    name: 'a model with a colon',
    line: 'majordomo run -m m1/qw',
    words: ['majordomo', 'run', '-m', 'm1/qwen3:8b', 'X'],
  },
  {
    name: 'the rest of one, right after its colon',
    line: 'majordomo run -m m1/qwen3:',
    words: ['majordomo', 'run', '-m', 'm1/qwen3:8b', 'X'],
  },
  {
    name: 'the rest of one, after more than its colon',
    line: 'majordomo run -m m1/qwen3:8',
    words: ['majordomo', 'run', '-m', 'm1/qwen3:8b', 'X'],
  },
  {
    name: 'the same in one word with the flag',
    line: 'majordomo run --model=m1/qwen3:8',
    words: ['majordomo', 'run', '--model=m1/qwen3:8b', 'X'],
  },
  {
    name: 'a model that was listed',
    line: 'majordomo run -m m1/big',
    words: ['majordomo', 'run', '-m', 'm1/big:70b', 'X'],
  },
  {
    name: 'no model of another endpoint',
    line: 'majordomo run -m openlab/g',
    words: ['majordomo', 'run', '-m', 'openlab/gpt-x', 'X'],
  },
  {
    name: 'the next element of a chain',
    line: 'majordomo run -m m1/qwen3:8b,fa',
    words: ['majordomo', 'run', '-m', 'm1/qwen3:8b,fast', 'X'],
  },
  {
    name: 'within quotes',
    line: 'majordomo run -m "fast,m1/ll',
    words: ['majordomo', 'run', '-m', 'fast,m1/llama3.2:1b', 'X'],
  },
  {
    name: 'a spec to resolve',
    line: 'majordomo resolve fast m1/ll',
    words: ['majordomo', 'resolve', 'fast', 'm1/llama3.2:1b', 'X'],
  },
  {
    name: 'an alias that an earlier flag defines',
    line: 'majordomo --alias later=m1/x run -m lat',
    words: ['majordomo', '--alias', 'later=m1/x', 'run', '-m', 'later', 'X'],
  },
  {
    name: 'what an alias stands for',
    line: 'majordomo --alias x=m1/qwen3:',
    words: ['majordomo', '--alias', 'x=m1/qwen3:8b', 'X'],
  },
  {
    name: 'a target of a drill, without a space',
    line: 'majordomo run -m fast --inject openlab/',
    words: ['majordomo', 'run', '-m', 'fast', '--inject', 'openlab/gpt-x=X'],
  },
  {
    name: 'a fault of a drill',
    line: 'majordomo run --inject m1/qwen3:8b=rate',
    words: ['majordomo', 'run', '--inject', 'm1/qwen3:8b=rate-limit', 'X'],
  },
  {
    name: 'a file',
    line: 'majordomo --config ./conf',
    words: ['majordomo', '--config', './config.yaml', 'X'],
  },
  {
    name: 'a file in one word with its flag',
    line: 'majordomo --config=conf',
    words: ['majordomo', '--config=config.yaml', 'X'],
  },
  {
    name: 'a hidden file of variables',
    line: 'majordomo --env-file .my',
    words: ['majordomo', '--env-file', '.myenv', 'X'],
  },
  { name: 'nothing in a prompt', line: 'majordomo run conf', words: ['majordomo', 'run', 'confX'] },
] as const;

describe.each(['bash', 'zsh', 'fish'] as const)('in a real %s', (shell: Shell) => {
  describe.skipIf(!hasShell(shell))(hasShell(shell) ? 'on a terminal' : 'that is not installed', () => {
    let session: ShellSession;

    beforeAll(async () => {
      const caches = path.join(folder, shell);
      mkdirSync(path.join(caches, 'majordomo'), { recursive: true });
      writeFileSync(path.join(caches, 'majordomo/models.json'), cache, { mode: 0o600 });
      session = await ShellSession.start(shell, { ...env, XDG_CACHE_HOME: caches });
      for (const [name, text] of Object.entries({
        'config.yaml': '',
        '.myenv': '',
        'majordomo.json': project,
      }))
        writeFileSync(path.join(session.directory, name), text);
    }, 60_000);
    afterAll(() => session?.end(), 60_000);

    it.each(lines)(
      'Tab completes $name',
      async ({ line, words }) => {
        expect(await session.complete(line)).toEqual(words);
      },
      60_000,
    );

    it('hostile names are neither offered nor run', async () => {
      const names = await session.list('majordomo run -m ', /m1\/llama/);
      const models = await session.list('majordomo run -m m1/', /big:70b/);
      const shown = (names + models).replaceAll('m1/`touch${IFS}pwned-by-a-description`', '');
      expect(shown).not.toMatch(/touch|a'b|a"b|a\\b|a[;|&]|(?<!m1\/)--config/);
      expect(readdirSync(session.directory).sort()).toEqual(['.myenv', 'config.yaml', 'majordomo.json']);
    }, 60_000);
  });
});

describe.skipIf(!hasShell('bash'))('bash', () => {
  it.each([
    { name: 'without : and =', breaks: "COMP_WORDBREAKS=$' \\t\\n\"\\'><;|&('" },
    { name: 'without :', breaks: 'COMP_WORDBREAKS=${COMP_WORDBREAKS//:}' },
    { name: 'without =', breaks: 'COMP_WORDBREAKS=${COMP_WORDBREAKS//=}' },
  ])(
    'completes the same where it breaks words $name',
    async ({ breaks }) => {
      const session = await ShellSession.start('bash', env);
      try {
        await session.run(breaks);
        for (const line of [
          '-m m1/qwen3:8',
          '--model=m1/qwen3:8',
          '--model=fast,m1/qwen3:',
          '--inject m1/qwen3:8b=rate',
        ]) {
          const done = line.replace(/:8?$/, ':8b').replace(/rate$/, 'rate-limit');
          expect(await session.complete(`majordomo run ${line}`)).toEqual([
            'majordomo',
            'run',
            ...done.split(' '),
            'X',
          ]);
        }
      } finally {
        await session.end();
      }
    },
    60_000,
  );

  it('completes what stands before the cursor, in the middle of a word', async () => {
    const session = await ShellSession.start('bash', env);
    try {
      expect(await session.complete('majordomo run -m m1/qwen3:ZZ\u0002\u0002')).toEqual([
        'majordomo',
        'run',
        '-m',
        'm1/qwen3:8bXZZ',
      ]);
    } finally {
      await session.end();
    }
  }, 60_000);
});

describe.each([
  { shell: 'bash', options: ['--norc', '-eu'] },
  { shell: 'zsh', options: ['-f'] },
  { shell: 'fish', options: ['--no-config'] },
] as const)('a script of $shell', ({ shell, options }) => {
  it.skipIf(!hasShell(shell))('says nothing when it is loaded, nor when it is loaded again', async () => {
    const script = temporaryFile('script', (await runCli(['completion', shell])).stdout);
    const line = `source '${script}'; source '${script}'; echo loaded`;
    const { stdout, stderr } = spawnSync(shell, [...options, '-c', line], { encoding: 'utf8' });
    expect({ stdout, stderr }).toEqual({ stdout: 'loaded\n', stderr: '' });
  });
});
