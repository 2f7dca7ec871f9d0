import { spawnSync } from 'node:child_process';
import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { temporaryDirectory } from './built-fixture.js';

const root = path.join(import.meta.dirname, '../..');
const read = (file: string) => readFileSync(path.join(root, file), 'utf8');

interface Manual {
  readonly pages: readonly { readonly name: string }[];
  readonly environment: readonly { readonly names: readonly string[] }[];
}

// Programs for people; their types are of no use to anybody else.
const { differences, documentsOf } = (await import(path.join(root, 'scripts/docs.mjs'))) as {
  differences(root: string, documents: ReadonlyMap<string, string>): string[];
  documentsOf(manual: Manual, packageJson: string): ReadonlyMap<string, string>;
};
const { readManual } = (await import(path.join(root, 'scripts/docs/manual.mjs'))) as {
  readManual(): Promise<Manual>;
};
const manual = await readManual();
const documents = documentsOf(manual, read('package.json'));

describe('the documents', () => {
  it.each([
    { name: 'on this machine', env: {} },
    { name: 'on another', env: { COLUMNS: '30', FORCE_COLOR: '1', LANG: 'C', TZ: 'Asia/Tokyo', HOME: '/' } },
  ])('are those of the program, $name', ({ env }) => {
    const check = spawnSync(process.execPath, ['scripts/docs.mjs', '--check'], {
      cwd: root,
      encoding: 'utf8',
      env: { PATH: process.env.PATH, ...env },
    });
    expect({ status: check.status, told: check.stderr }).toEqual({ status: 0, told: '' });
  });

  it('have a page for each command', () => {
    expect([...documents.keys()]).toEqual(
      expect.arrayContaining(['man/majordomo.1', 'man/majordomo-run.1', 'man/majordomo-resolve.1']),
    );
    expect(manual.pages.map(({ name }) => `man/${name.replaceAll(' ', '-')}.1`).sort()).toEqual(
      [...documents.keys()].filter((file) => file.startsWith('man/')).sort(),
    );
  });

  it('that are not those of the program are told, one a line', () => {
    const copy = temporaryDirectory();
    afterAll(() => rmSync(copy, { recursive: true, force: true }));
    for (const part of ['docs', 'man', 'package.json'])
      cpSync(path.join(root, part), path.join(copy, part), { recursive: true });
    expect(differences(copy, documents)).toEqual([]);
    writeFileSync(path.join(copy, 'docs/cli.md'), 'old');
    rmSync(path.join(copy, 'man/majordomo-run.1'));
    writeFileSync(path.join(copy, 'man/majordomo-gone.1'), 'old');
    expect(differences(copy, documents)).toEqual([
      'docs/cli.md is out of date',
      'man/majordomo-run.1 is missing',
      'man/majordomo-gone.1 is of no command',
    ]);
  });
});

describe('the variables', () => {
  const told = manual.environment.flatMap(({ names }) => names);
  const sources = readdirSync(path.join(root, 'src'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => read(`src/${file}`));

  /** Looked at for flags of Node, which has a manual of its own; and an alias like any other. */
  const others = ['NODE_OPTIONS', 'MAJORDOMO_ALIAS_DEFAULT'];
  const mentioned = sources.flatMap((text) =>
    [...text.matchAll(/\benv\.([A-Z]\w+)|variable: '(\w+)'|'(https?_proxy|all_proxy|no_proxy)'/gi)].map(
      ([, member, variable, proxy]) => member ?? variable ?? proxy ?? '',
    ),
  );

  it('that the program reads are told', () => {
    expect(mentioned).toEqual(
      expect.arrayContaining(['MAJORDOMO_MODEL', 'XDG_STATE_HOME', 'HTTPS_PROXY', 'TERM']),
    );
    const text = JSON.stringify(manual.environment);
    expect([...new Set(mentioned)].filter((name) => !others.includes(name) && !text.includes(name))).toEqual(
      [],
    );
  });

  it('that are told are read, by the program or by Node', () => {
    const all = sources.join('\n');
    const prefixes = told.map((name) => name.replace('<NAME>', ''));
    expect(prefixes.filter((name) => !all.includes(name))).toEqual(['NODE_EXTRA_CA_CERTS']);
  });
});

const hasGroff = spawnSync('groff', ['--version']).status === 0;
const pages = [...documents.keys()].filter((file) => file.startsWith('man/')).map((file) => ({ file }));

describe('a man page', () => {
  it.each(pages)('$file has nothing but ASCII, and no date', ({ file }) => {
    const text = documents.get(file) ?? '';
    expect(text).toMatch(/^[\n -~]+$/);
    expect(text).toMatch(/^\.TH "MAJORDOMO[\w\\-]*" "1" "" "majordomo [\d.]+" "majordomo"$/m);
  });

  it.skipIf(!hasGroff).each(pages)('$file renders without a warning (skipped without groff)', ({ file }) => {
    const { status, stdout, stderr } = spawnSync('groff', ['-man', '-Tutf8', '-ww', '-P-c', file], {
      cwd: root,
      encoding: 'utf8',
    });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    // biome-ignore lint/suspicious/noControlCharactersInRegex: a character and a backspace: bold and slanted
    const text = stdout.replace(/.\x08/g, '');
    expect(text).toMatch(/^NAME\n {7}majordomo[\w-]* - \w/m);
    if (!file.includes('completion')) expect(text).toContain('       --health-store <store>\n');
    expect(text).toMatch(/^EXAMPLES$/m);
  });
});
