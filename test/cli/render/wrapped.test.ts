import stringWidth from 'string-width';
import { describe, expect, it } from 'vitest';
import { type Layout, part, words, wrapped } from '../../../src/cli/render/wrapped.js';

const layout = (width: number, columns: Layout['columns'] = stringWidth): Layout => ({
  now: 0,
  width,
  paint: (_, text) => text,
  columns,
});
const sentence = (text: string, width: number): string[] =>
  wrapped(words(text), { layout: layout(width), first: '  ', rest: '    ', gap: ' ' });

describe('a text on a terminal', () => {
  it.each([
    { name: 'ASCII', text: 'the quick brown fox jumps over the lazy dog', lines: 3 },
    { name: 'Chinese, which has no spaces', text: '模型不存在或者您没有访问权限请联系管理员', lines: 2 },
    {
      name: 'Japanese and ASCII',
      text: 'モデル gpt-x は見つかりませんでした。名前を確認してください',
      lines: 3,
    },
    { name: 'emoji', text: '🚀🚀🚀🚀 🚀🚀🚀🚀 🚀🚀🚀🚀 👩‍👩‍👧‍👦👩‍👩‍👧‍👦', lines: 2 },
    { name: 'accents', text: 'le modèle demandé n’existe pas ou n’est plus là', lines: 3 },
  ])('stays within its columns, and keeps its indentation: $name', ({ text, lines }) => {
    const got = sentence(text, 24);
    expect(got).toHaveLength(lines);
    for (const [index, line] of got.entries()) {
      expect(stringWidth(line)).toBeLessThanOrEqual(24);
      expect(line).toMatch(index === 0 ? /^ {2}\S/ : /^ {4}\S/);
    }
    expect(
      got
        .map((line) => line.trim())
        .join('')
        .replaceAll(' ', ''),
    ).toBe(text.replaceAll(' ', ''));
  });

  it('leaves whole what is to be copied, however long', () => {
    const url = `https://example.com/${'x'.repeat(40)}`;
    expect(sentence(`see ${url} there`, 24)).toEqual(['  see', `    ${url}`, '    there']);
  });

  it('does not count the colours of its sign', () => {
    const at = { layout: layout(12), first: '\x1b[32m✓\x1b[39m ', rest: '  ' };
    expect(wrapped([part('abcd'), part('efgh')], at)).toEqual([`${at.first}abcd  efgh`]);
  });

  it('takes a column for each character where nobody counts better', () => {
    const { columns: _, ...plain } = layout(8);
    expect(wrapped(words('ab cd ef'), { layout: plain, first: '', rest: '', gap: ' ' })).toEqual([
      'ab cd ef',
    ]);
  });
});
