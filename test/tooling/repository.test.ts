import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';

const root = path.join(import.meta.dirname, '../..');
const read = (file: string) => readFileSync(path.join(root, file), 'utf8');

describe('continuous integration', () => {
  it('runs the test command of the README, word for word', () => {
    const blocks = [...read('README.md').matchAll(/^```\w*\n(.*?)^```$/gms)].map(([, text]) => text?.trim());
    expect(read('.ci/run').trimEnd().split('\n').at(-1)).toBe(blocks[1]);
  });
});

describe('the packages', () => {
  it('that are needed at run time are pinned exactly', () => {
    const { dependencies } = JSON.parse(read('package.json'));
    for (const range of Object.values(dependencies)) expect(range).toMatch(/^\d+\.\d+\.\d+$/);
  });
});
