import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { temporaryDirectory } from './built-fixture.js';

const root = path.join(import.meta.dirname, '../..');
const trees: string[] = [];
// A program for people; its types are of no use to anybody else.
const { findBreaches } = (await import(path.join(root, 'scripts/house-rules.mjs'))) as {
  findBreaches(root: string): string[];
};

afterEach(() => {
  for (const tree of trees.splice(0)) rmSync(tree, { recursive: true, force: true });
});

/** A small project that breaks no rule. */
const sound = {
  'src/index.ts':
    "export { one } from './core/one.js';\nexport { chat } from './providers/openai-chat.js';\n",
  'src/core/one.ts': "import type { Two } from './two.js';\nexport const one: Two = 1;\n",
  'src/core/two.ts': 'export type Two = number;\n',
  'src/providers/openai-chat.ts':
    "import { one } from '../core/one.js';\nimport { get } from './http.js';\nexport const chat = get(one);\n",
  'src/providers/http.ts':
    "import Agent from 'undici/lib/dispatcher/agent.js';\nexport const get = (n: number) => [n, Agent];\n",
  'src/cli/main.ts':
    "import { Command } from 'commander';\nimport { one } from '../core/one.js';\nexport const main = [Command, one, process.pid, Date.now()];\n",
  'src/cli/commands/run.ts': "import { main } from '../main.js';\nexport const run = main;\n",
};

/** Each file breaks the named rules, and no other, when it is added to the sound project. */
const breaches = [
  {
    rules: ['core-imports-core-only'],
    file: 'src/core/a.ts',
    text: "import { get } from '../providers/http.js';\nexport const a = get;\n",
  },
  {
    rules: ['core-imports-core-only'],
    file: 'src/core/b.ts',
    text: "import { readFileSync } from 'node:fs';\nexport const b = readFileSync;\n",
  },
  {
    rules: ['core-imports-core-only', 'undici-in-http-only'],
    file: 'src/core/c.ts',
    text: "import type { Dispatcher } from 'undici';\nexport type C = Dispatcher;\n",
  },
  {
    rules: ['core-imports-core-only'],
    file: 'src/core/d.ts',
    text: "export const d = () => import('../index.js');\n",
  },
  {
    rules: ['no-cycles'],
    file: 'src/core/e.ts',
    text: "import type { F } from './f.js';\nexport type E = number | F;\n",
    also: { 'src/core/f.ts': "import type { E } from './e.js';\nexport type F = string | E;\n" },
  },
  {
    rules: ['layers-import-core-only'],
    file: 'src/stores/memory.ts',
    text: "import { get } from '../providers/http.js';\nexport const a = get;\n",
  },
  {
    rules: ['layers-import-core-only'],
    file: 'src/config/env.ts',
    text: "import { main } from '../cli/main.js';\nexport const a = main;\n",
  },
  { rules: ['library-without-cli'], file: 'src/index.ts', text: "export { main } from './cli/main.js';\n" },
  {
    rules: ['dialects-are-siblings'],
    file: 'src/providers/anthropic.ts',
    text: "import { chat } from './openai-chat.js';\nexport const a = chat;\n",
  },
  {
    rules: ['stores-are-siblings'],
    file: 'src/stores/file.ts',
    text: "import { a } from './memory.js';\nexport const b = a;\n",
  },
  {
    rules: ['commands-are-siblings'],
    file: 'src/cli/commands/health.ts',
    text: "import { run } from './run.js';\nexport const a = run;\n",
  },
  {
    rules: ['entry-stands-alone'],
    file: 'src/cli/entry/start.ts',
    text: "import { main } from '../main.js';\nexport const a = main;\n",
  },
  {
    rules: ['terminal-packages-in-cli-only'],
    file: 'src/config/a.ts',
    text: "import chalk from 'chalk';\nexport const a = chalk;\n",
  },
  {
    rules: ['undici-in-http-only'],
    file: 'src/providers/google.ts',
    text: "import { request } from 'undici';\nexport const a = request;\n",
  },
  {
    rules: ['undici-in-http-only'],
    file: 'src/cli/spinner.ts',
    text: "import { request } from 'undici';\nexport const a = request;\n",
  },
  {
    rules: ['v8-in-entry-only'],
    file: 'src/providers/flags.ts',
    text: "import v8 from 'node:v8';\nexport const a = v8;\n",
  },
  {
    rules: ['no-barrels'],
    file: 'src/providers/index.ts',
    text: "export { chat } from './openai-chat.js';\n",
  },
  {
    rules: ['no-unresolvable'],
    file: 'src/providers/x.ts',
    text: "import { a } from './nowhere.js';\nexport const x = a;\n",
  },
  {
    rules: ['no-dev-packages'],
    file: 'src/config/x.ts',
    text: "import { build } from 'esbuild';\nexport const x = build;\n",
  },
];

describe('the import rules', () => {
  const all = breaches.map(({ file, text, also }) => ({ ...also, [file]: text }));
  let found: { rule: string; file: string }[];

  beforeAll(() => {
    found = importBreaches(Object.assign({}, ...all));
  });

  it('let a sound project pass', () => {
    expect(importBreaches({})).toEqual([]);
  });

  it.each(breaches)('catch $rules in $file', ({ rules, file }) => {
    const broken = found.filter((breach) => breach.file === file).map(({ rule }) => rule);
    expect([...new Set(broken)].sort()).toEqual(rules);
  });
});

describe('the house rules', () => {
  it('let a sound project pass', () => {
    expect(houseBreaches({})).toEqual([]);
  });

  it.each([
    { what: 'process', text: 'export const a = process.env;', says: 'uses process' },
    { what: 'the console', text: "export const a = () => console.log('x');", says: 'uses console' },
    { what: 'a timer', text: 'export const a = () => setTimeout(() => {}, 1);', says: 'uses setTimeout' },
    {
      what: 'a timer in a signal',
      text: 'export const a = () => AbortSignal.timeout(1);',
      says: 'uses AbortSignal.timeout',
    },
    { what: 'the wall clock', text: 'export const a = () => Date.now();', says: 'uses Date.now' },
    { what: 'the wall clock by index', text: "export const a = () => Date['now']();", says: 'uses Date.now' },
    {
      what: 'the wall clock by destructuring',
      text: 'const { now } = Date;\nexport const a = now;',
      says: 'uses Date.now',
    },
    {
      what: 'the wall clock in a new date',
      text: 'export const a = () => new Date();',
      says: 'reads the wall clock',
    },
    {
      what: 'the monotonic clock',
      text: 'export const a = () => performance.now();',
      says: 'uses performance',
    },
    { what: 'chance', text: 'export const a = () => Math.random();', says: 'uses Math.random' },
    { what: 'globals by a back door', text: 'export const a = () => globalThis;', says: 'uses globalThis' },
    {
      what: 'an unnamed export',
      text: "export * from './one.js';\nexport const a = 1;",
      says: 'exports without naming what',
    },
    { what: 'a barrel', text: "export { one } from './one.js';", says: 'a barrel' },
    { what: 'a long file', text: 'export {};\n'.repeat(300), says: '301 lines' },
  ])('catch $what in the core', ({ text, says }) => {
    expect(houseBreaches({ 'src/core/planted.ts': `${text}\n` })).toEqual([expect.stringContaining(says)]);
  });

  it.each([
    'export interface A { readonly process: string; console(): void }\nexport const a = (x: A) => x.process;',
    'export const a = (clock: { now(): number }) => clock.now();',
    'export const a = (ms: number) => new Date(ms);',
    "// process, Date.now()\nexport const a = 'console.log';",
  ])('take %j for harmless', (text) => {
    expect(houseBreaches({ 'src/core/planted.ts': `${text}\n` })).toEqual([]);
  });

  it('keep stdout and stderr to the command line', () => {
    const text = "export const a = () => process.stderr.write('x');\n";
    expect(houseBreaches({ 'src/stores/planted.ts': text })).toEqual([
      expect.stringContaining('process.stderr'),
    ]);
  });

  it('refuse a name that says nothing', () => {
    expect(houseBreaches({ 'src/config/utils.ts': 'export const a = 1;\n' })).toEqual([
      expect.stringContaining('name'),
    ]);
  });
});

function plant(files: Record<string, string>): string {
  const tree = temporaryDirectory();
  trees.push(tree);
  for (const name of ['package.json', 'tsconfig.json', '.dependency-cruiser.cjs']) {
    copyFileSync(path.join(root, name), path.join(tree, name));
  }
  symlinkSync(path.join(root, 'node_modules'), path.join(tree, 'node_modules'));
  for (const [name, text] of Object.entries({ ...sound, ...files })) {
    mkdirSync(path.dirname(path.join(tree, name)), { recursive: true });
    writeFileSync(path.join(tree, name), text);
  }
  return tree;
}

/** Which import rule is broken in which file. */
function importBreaches(files: Record<string, string>): { rule: string; file: string }[] {
  const depcruise = path.join(root, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs');
  const argv = [depcruise, '--config', '.dependency-cruiser.cjs', '--output-type', 'json', 'src'];
  const { stdout } = spawnSync(process.execPath, argv, { cwd: plant(files), encoding: 'utf8' });
  const { violations } = JSON.parse(stdout).summary as {
    violations: { rule: { name: string }; from: string }[];
  };
  return violations.map(({ rule, from }) => ({ rule: rule.name, file: from }));
}

function houseBreaches(files: Record<string, string>): string[] {
  return findBreaches(plant(files));
}
