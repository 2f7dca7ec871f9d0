import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parse } from 'dotenv';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type EnvFile, readEnvFile } from '../../src/config/env-file.js';
import { ConfigError } from '../../src/core/errors.js';

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'majordomo-env-file-'));
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

function reading(text: string): Promise<EnvFile> {
  const place = path.join(folder, '.env');
  writeFileSync(place, text);
  return readEnvFile(place);
}

describe('an environment file', () => {
  it('is read as dotenv files are', async () => {
    const { values, warnings } = await reading(
      '\ufeff# a comment\r\nLLM_M1=ollama://m1.lan\r\nexport KEY="a b"\r\n\r\nLONG="one\r\ntwo"\r\nEMPTY=\r\n',
    );
    expect(values).toMatchObject({ LLM_M1: 'ollama://m1.lan', KEY: 'a b', EMPTY: '' });
    expect(values.LONG?.replace('\r', '')).toBe('one\ntwo');
    expect(warnings).toEqual([]);
  });

  it.each([
    { name: 'in the middle', text: 'A=1\nKEY=hush#hush', line: 2 },
    { name: 'at the start', text: 'KEY=#hush', line: 1 },
    { name: 'after export', text: 'export KEY=hush#hush', line: 1 },
    { name: 'after spaces around the equals sign', text: 'KEY = hush#hush', line: 1 },
    { name: 'after a colon', text: 'KEY: hush#hush', line: 1 },
    { name: 'in a DSN', text: 'KEY=openai://hush#hush@host/v1', line: 1 },
    { name: 'after a quote in the middle', text: 'KEY=hu"sh#hush"', line: 1 },
    { name: 'after a quote that never closes', text: 'KEY="hush#hush', line: 1 },
    { name: 'after a value of several lines', text: 'A="1\n2\n3"\nKEY=hush#hush', line: 4 },
    { name: 'with Windows line ends', text: 'A=1\r\nKEY=hush#hush\r\n', line: 2 },
  ])(
    'with a value cut at a # $name gets a warning of the variable and line, without the value',
    async ({ text, line }) => {
      const { warnings } = await reading(text);
      expect(warnings.map(({ code }) => code)).toEqual(['env-file-hash']);
      expect(warnings[0]?.message).toContain(`.env:${line}: `);
      expect(warnings[0]?.message).toContain('KEY');
      expect(warnings[0]?.message).not.toContain('hu');
    },
  );

  it('with a DSN cut at a # says how to write it: quotes do not help there', async () => {
    const { warnings } = await reading('LLM_X=openai://hush#hush@h');
    expect(warnings[0]?.message).toContain('%23');
  });

  it.each([
    { name: 'a comment after a value', text: 'KEY=value # a comment', value: 'value' },
    { name: 'a comment after nothing', text: 'KEY= # a comment', value: '' },
    { name: 'a # in double quotes', text: 'KEY="a#b"', value: 'a#b' },
    { name: 'a # in single quotes', text: "KEY='a#b'", value: 'a#b' },
    { name: 'a # in backticks', text: 'KEY=`a#b`', value: 'a#b' },
    { name: 'a comment after quotes', text: 'KEY="a" # b', value: 'a' },
    { name: 'a comment right after quotes', text: 'KEY="a"# b', value: 'a' },
    { name: 'a line that is a comment', text: '# A=b#c\nKEY=x', value: 'x' },
    {
      name: 'what looks like a variable inside a value of several lines',
      text: 'KEY="one\nB=c#d\n"',
      value: 'one\nB=c#d\n',
    },
  ])('with $name gets no warning', async ({ text, value }) => {
    const { values, warnings } = await reading(text);
    expect(values.KEY).toBe(value);
    expect(warnings).toEqual([]);
  });

  it('holds names of the language’s own objects as plain names', async () => {
    const { values } = await reading('constructor=x\nLLM_M1=mock://');
    expect(Object.hasOwn(values, 'constructor')).toBe(true);
    expect(values.LLM_M1).toBe('mock://');
  });

  it.each([
    { name: 'is not there', place: () => path.join(folder, 'missing'), code: 'ENOENT' },
    { name: 'is a folder', place: () => folder, code: 'EISDIR' },
  ])('that $name is a mistake in the configuration', async ({ place, code }) => {
    const error = await readEnvFile(place()).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ConfigError);
    expect((error as ConfigError).message).toContain(code);
    expect((error as ConfigError).message).toContain(place());
  });

  it('of a megabyte on one line is read at once', async () => {
    const startedMs = performance.now();
    await reading(`KEY=${'a '.repeat(500_000)}\n${' '.repeat(100_000)}`);
    expect(performance.now() - startedMs).toBeLessThan(2000);
  });

  it.each([
    { name: 'blank lines', text: '\n'.repeat(300_000) },
    { name: 'old line ends', text: '\r'.repeat(300_000) },
    { name: 'blank lines after a name', text: `A=${'\n'.repeat(300_000)}!` },
    { name: 'values that are cut', text: 'A=b#c\n'.repeat(100_000) },
    { name: 'open quotes', text: 'A="b\nB=\'c\n'.repeat(50_000) },
    { name: 'lines that set nothing', text: 'a b\n'.repeat(100_000) },
  ])('of nothing but $name is read at once, with few warnings', async ({ text }) => {
    const startedMs = performance.now();
    const { warnings } = await reading(text);
    expect(performance.now() - startedMs).toBeLessThan(3000);
    expect(warnings.length).toBeLessThan(25);
  });

  it('gives what dotenv itself gives', async () => {
    const piece = fc.constantFrom(
      ...[
        'A',
        'B_2',
        'export ',
        '=',
        ': ',
        ' ',
        '\n',
        '\n\n',
        '\t',
        '#',
        '"',
        "'",
        '`',
        '\\',
        '\\n',
        '\r\n',
        'x',
        '\u2028',
        '\u00a0',
      ],
    );
    await fc.assert(
      fc.asyncProperty(fc.array(piece, { maxLength: 40 }), async (pieces) => {
        const text = pieces.join('');
        expect((await reading(text)).values).toEqual(parse(text));
      }),
      { numRuns: 3000 },
    );
  });
});
