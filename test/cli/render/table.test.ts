import { describe, expect, it } from 'vitest';
import { tabbed, table } from '../../../src/cli/render/table.js';

describe('rows for programs', () => {
  it.each([
    { rows: [], lines: [] },
    { rows: [[]], lines: [''] },
    { rows: [['a']], lines: ['a'] },
    { rows: [['a', 'b c', '']], lines: ['a\tb c\t'] },
    {
      rows: [
        ['a\tb', 'c'],
        ['d', 'e'],
        ['f\ng', 'h', 'i'],
      ],
      lines: ['a b\tc', 'd\te', 'f g\th\ti'],
    },
    {
      rows: [
        ['\u001b[31mred', 'é\r\nè'],
        ['\t', '\t\t'],
      ],
      lines: ['red\té è', ' \t '],
    },
    {
      rows: [
        ['…abcd', 'b'],
        ['…\u202eabcd', '…'],
      ],
      lines: ['…abcd\tb', '…abcd\t…'],
    },
    { rows: [['one', 'two'], ['a\tb']], lines: ['one\ttwo', 'a b'] },
    { rows: [['one', 'two'], ['one'], ['a\t', 'b']], lines: ['one\ttwo', 'one', 'a \tb'] },
  ])('have tabs between their cells and nowhere else: $rows', ({ rows, lines }) => {
    expect(tabbed(rows)).toEqual(lines);
  });
});

describe('a table', () => {
  it('has columns as wide as their widest cells', () => {
    expect(table([['a', 'b'], ['ccc', 'd', 'e'], ['é']])).toEqual(['a    b', 'ccc  d  e', 'é']);
  });
});
