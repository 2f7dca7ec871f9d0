import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';

const root = path.join(import.meta.dirname, '../..');
const read = (file: string) => readFileSync(path.join(root, file), 'utf8');

/** The anchors that GitHub makes of the headings of a page. */
function anchorsOf(markdown: string): string[] {
  const seen = new Map<string, number>();
  const text = markdown.replace(/^```.*?^```$/gms, '');
  return [...text.matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) => {
    const anchor = heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(' ', '-');
    const before = seen.get(anchor) ?? 0;
    seen.set(anchor, before + 1);
    return before === 0 ? anchor : `${anchor}-${before}`;
  });
}

describe('every link', () => {
  const files = [
    'README.md',
    'CONTRIBUTING.md',
    'CHANGELOG.md',
    'bench/README.md',
    ...readdirSync(path.join(root, 'docs')).map((name) => `docs/${name}`),
  ].filter((file) => file.endsWith('.md'));

  it.each(files.map((file) => ({ file })))(
    'of $file leads to a file that is there, and to its heading',
    ({ file }) => {
      const text = read(file)
        .replace(/^```.*?^```$/gms, '')
        .replace(/`[^`\n]*`(?!\])/g, '');
      const links = [...text.matchAll(/\]\(([^)\s]+)\)/g)].map(([, link = '']) => link);
      const broken = links.filter((link) => !/^https?:/.test(link) && !leads(link, file));
      expect(broken).toEqual([]);
    },
  );

  it('is looked at', () => {
    expect(leads('mock.md#faults', 'docs/cli.md')).toBe(true);
    expect(leads('mock.md#nowhere', 'docs/cli.md')).toBe(false);
    expect(leads('nowhere.md', 'docs/cli.md')).toBe(false);
    expect(leads('docs/cli.md#majordomo-run', 'README.md')).toBe(true);
  });

  function leads(link: string, from: string): boolean {
    const [to = '', anchor] = link.split('#');
    const file = to === '' ? from : path.join(path.dirname(from), to);
    if (!existsSync(path.join(root, file))) return false;
    return anchor === undefined || anchorsOf(read(file)).includes(anchor);
  }
});
