import { marked, type Token, type Tokens } from 'marked';
import { describe, expect, it } from 'vitest';
import type { HealthReport } from '../../../../src/cli/render/health-report.js';
import { githubSummary } from '../../../../src/cli/render/reports/github.js';
import { samples } from '../../../schemas/samples.js';

const health = samples.health?.[0] as HealthReport;

/** A summary in which a server, and who named the target, say this. */
function summaryOf(text: string): string {
  const [check] = health.checks;
  if (check === undefined) throw new Error('the sample has no check');
  const said = { ...check, subject: text, status: 'fail' as const, message: text, hint: null };
  return githubSummary({ ...health, checks: [said], chains: [{ ...health.chains[0], spec: text } as never] });
}

const texts = [
  'https://evil.example/phish www.evil.example mail@evil.example mailto:a@b.example',
  '@everyone see #123, GH-1 and octo/repo#1',
  '[a](https://evil.example) ![b](https://evil.example/x.png) <https://evil.example> <b>bold</b>',
  '**a** _b_ ~~c~~ # d &amp; &lt;b&gt;',
  'a | b || c \\| www.evil.example \\\\| www.evil.example',
  '`www.evil.example` ``www.evil.example`` ` www.evil.example',
  '```| https://evil.example',
  'ends in \\',
  ' between spaces ',
  '|',
];

describe('the summary for GitHub', () => {
  it.each(texts)('shows as it is, and as nothing else: %s', (text) => {
    const kinds = new Set<string>();
    let shown = '';
    const tokens = marked.lexer(summaryOf(text), { gfm: true });
    const tables = tokens.filter((token): token is Tokens.Table => token.type === 'table');
    expect(tables.map(({ rows }) => rows.map((row) => row.length))).toEqual([[4], [3]]);
    const inside = (token: Token): void => {
      kinds.add(token.type);
      if (token.type === 'codespan') shown += (token as Tokens.Codespan).text;
      else if (token.type === 'text') shown += (token as Tokens.Text).text;
    };
    marked.walkTokens(tables[1]?.rows[0]?.[1]?.tokens ?? [], inside);
    marked.walkTokens(tokens, ({ type }) => void kinds.add(type));
    for (const kind of ['link', 'image', 'html', 'strong', 'em', 'del']) expect(kinds).not.toContain(kind);
    expect(unescaped(shown)).toBe(text);
  });

  it.each(texts)('has nothing of it outside code: %s', (text) => {
    const bare = summaryOf(text).replace(/(`+)(?!`).*?(?<!`)\1(?!`)/g, '');
    expect(bare).not.toMatch(/evil|everyone|123|GH-|octo|bold|amp;/);
  });
});

/** The lexer gives code as HTML. */
function unescaped(html: string): string {
  const names: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'", '#124': '|' };
  return html.replace(/&(amp|lt|gt|quot|#39|#124);/g, (_, name: string) => names[name] ?? '');
}
