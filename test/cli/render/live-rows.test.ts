import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fittingRows, type LiveRow, reflowedBy } from '../../../src/cli/render/live-rows.js';

const states: Readonly<Record<string, LiveRow['state']>> = {
  w: 'waiting',
  r: 'running',
  g: 'good',
  b: 'bad',
};
const rowsOf = (letters: string) =>
  [...letters].map((letter, index) => ({ name: `${letter}${index}`, state: states[letter] ?? 'waiting' }));

describe('the rows of a table that does not fit', () => {
  it.each([
    { rows: 'ggrrww', lines: 6, shown: 'g0 g1 r2 r3 w4 w5', left: 0 },
    { rows: 'ggrrww', lines: 5, shown: 'r2 r3 w4 w5', left: 2 },
    { rows: 'ggrrww', lines: 4, shown: 'r2 r3 w4', left: 3 },
    { rows: 'gbrgbw', lines: 4, shown: 'b1 r2 b4', left: 3 },
    { rows: 'gggggg', lines: 3, shown: 'g0 g1', left: 4 },
    { rows: 'rrr', lines: 1, shown: '', left: 3 },
  ])('of $rows on $lines lines: $shown', ({ rows, lines, shown, left }) => {
    const fitting = fittingRows(rowsOf(rows), lines);
    expect({ shown: fitting.shown.map(({ name }) => name).join(' '), left: fitting.left }).toEqual({
      shown,
      left,
    });
  });

  it('and the line that says so are never more than there is room for, in their order, none of them lost', () => {
    const letters = fc.string({ unit: fc.constantFrom('w', 'r', 'g', 'b'), maxLength: 60 });
    fc.assert(
      fc.property(letters, fc.integer({ min: 1, max: 40 }), (text, lines) => {
        const rows = rowsOf(text);
        const { shown, left } = fittingRows(rows, lines);
        expect(shown.length + (left > 0 ? 1 : 0)).toBeLessThanOrEqual(lines);
        expect(shown.length + left).toBe(rows.length);
        expect(rows.filter((row) => shown.includes(row))).toEqual(shown);
      }),
    );
  });
});

describe('lines that were filled anew', () => {
  it.each([
    { widths: [10, 20], columns: 20, more: 0 },
    { widths: [10, 21], columns: 20, more: 1 },
    { widths: [79, 79, 3], columns: 40, more: 2 },
    { widths: [79], columns: 20, more: 3 },
    { widths: [], columns: 20, more: 0 },
  ])('of $widths columns on $columns take $more more', ({ widths, columns, more }) => {
    expect(reflowedBy(widths, columns)).toBe(more);
  });
});
