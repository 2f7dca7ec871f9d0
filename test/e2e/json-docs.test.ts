import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { runInShell, temporaryFile } from '../support/cli.js';
import { expectValid, schemaNames } from '../support/schemas.js';

const page = readFileSync(path.join(import.meta.dirname, '../../docs/json.md'), 'utf8');
const hasJq = spawnSync('jq', ['--version'], { stdio: 'ignore' }).status === 0;

interface Block {
  readonly language: string;
  readonly text: string;
}
const blocks: readonly Block[] = [...page.matchAll(/^```(\w+)\n(.*?)^```$/gms)].map(
  ([, language = '', text = '']) => ({ language, text }),
);
const following = (index: number): Block => blocks[index + 1] ?? { language: '', text: '' };

/** Each example: what is typed, and what comes. */
const examples = blocks.flatMap(({ language, text }, index) => {
  const { language: kind, text: shown } = following(index);
  return language === 'sh' && /^(nd)?json$/.test(kind) ? [{ typed: text, kind, shown }] : [];
});
const setting = blocks.find(({ text }) => text.startsWith('export '))?.text ?? '';
const recipes = [
  ...(blocks.find(({ language }) => language === 'console')?.text ?? '').matchAll(
    /^\$ (.*)\n((?:[^$].*\n)*)/gm,
  ),
].map(([, typed = '', shown = '']) => ({ typed, shown }));

const valuesOf = ({ kind, text }: { kind: string; text: string }): object[] =>
  (kind === 'json' ? [text] : text.trimEnd().split('\n')).map((value) => JSON.parse(value));

/** A value without what differs from run to run. */
function steady(value: unknown): unknown {
  return JSON.parse(
    JSON.stringify(value, (key, inner) => (/Ms$|^version$/.test(key) && inner !== null ? 0 : inner)),
  );
}

/** What each example and each recipe prints, when all are typed one after the other in one directory. */
async function typed(): Promise<readonly string[]> {
  const folder = path.dirname(temporaryFile('empty', ''));
  const lines = [...examples, ...(hasJq ? recipes : [])].map((one) => `${one.typed}\necho '=== next'\n`);
  const program = `program=("$@"); majordomo() { "\${program[@]}" "$@"; }; cd '${folder}'; export TMPDIR='${folder}'\n`;
  const { stdout, stderr } = await runInShell(`${program}${setting}${lines.join('')}`, [], {
    MAJORDOMO_HEALTH_STORE: 'file',
  });
  expect(stderr.replace(/^⚠ .*\n/gm, '')).toBe('');
  return stdout.split('=== next\n');
}

let outputs: readonly string[];
beforeAll(async () => {
  outputs = await typed();
});

describe('docs/json.md', () => {
  it('has examples and recipes', () => {
    expect([examples.length, recipes.length]).toEqual([6, 8]);
    expect(blocks.filter(({ language }) => /json/.test(language))).toHaveLength(examples.length);
  });

  it.each(examples.map((one, index) => ({ ...one, index })))(
    'shows what is printed, as its schema says: $typed',
    ({ kind, shown, index }) => {
      const values = valuesOf({ kind, text: shown });
      for (const value of values) {
        const { schema } = value as { schema?: string };
        const name =
          kind === 'ndjson' ? 'run-events' : (/^majordomo\/(\w+)@1$/.exec(schema ?? '')?.[1] ?? '');
        expectValid(name, value);
      }
      expect(steady(values)).toEqual(steady(valuesOf({ kind, text: outputs[index] ?? '' })));
    },
  );

  it.skipIf(!hasJq).each(recipes.map((one, index) => ({ ...one, index })))(
    'has a recipe that works: $typed',
    ({ shown, index }) => {
      expect(outputs[examples.length + index]).toBe(shown);
    },
  );

  it('names only schemas that there are', () => {
    const named = [...page.matchAll(/\]\(\.\.\/schemas\/([\w-]+)\.schema\.json\)/g)].map(([, name]) => name);
    expect(named.length).toBeGreaterThan(0);
    expect(named.filter((name) => !schemaNames.includes(name ?? ''))).toEqual([]);
  });
});
