import type { HealthReport } from '../health-report.js';
import { oneLine } from '../sanitize.js';
import { checkWords, type Outcome, pointsOf } from './points.js';

type Grade = 'error' | 'warning';

interface Finding {
  readonly grade: Grade;
  readonly subject: string;
  readonly said: string;
}

/**
 * Annotations for the log of GitHub Actions, the worst first
 * (https://docs.github.com/en/actions/reference/workflow-commands-for-github-actions).
 */
export function githubAnnotations(report: HealthReport): string {
  return findings(report)
    .map(
      ({ grade, subject, said }) => `::${grade} title=${property(`majordomo: ${subject}`)}::${data(said)}\n`,
    )
    .join('');
}

/** The same as Markdown, for the summary of a job. */
export function githubSummary(report: HealthReport): string {
  const signs = { pass: '✅', warn: '⚠️', fail: '❌', skip: '➖' } as const;
  const rows = report.checks.map(
    (check) =>
      `| ${signs[check.status]} | ${cell(check.subject)} | ${check.levelReached ?? '–'} | ${cell(checkWords(check))} |`,
  );
  const chains = report.chains.map(
    ({ spec, state, answeredBy }) =>
      `| ${state} | ${cell(spec)} | ${answeredBy === null ? '–' : cell(answeredBy)} |`,
  );
  const others = pointsOf(report)
    .filter(({ group, outcome }) => group === 'majordomo' || (group === 'drill' && outcome !== 'pass'))
    .map(({ group, name, said }) => `- ❌ ${cell(group === 'drill' ? `drill of ${name}: ${said}` : said)}`);
  return [
    `### majordomo health: ${report.state}`,
    '',
    '| | subject | level | |',
    '| --- | --- | --- | --- |',
    ...rows,
    '',
    ...(chains.length === 0 ? [] : ['| chain | spec | answers |', '| --- | --- | --- |', ...chains, '']),
    ...(others.length === 0 ? [] : [...others, '']),
  ].join('\n');
}

/** What was good has no annotation. */
function findings(report: HealthReport): readonly Finding[] {
  const grades: Partial<Record<Outcome, Grade>> = {
    error: 'error',
    fail: 'error',
    optional: 'warning',
    warn: 'warning',
  };
  const all = pointsOf(report).flatMap(({ isCheck, group, name, outcome, type, said }): Ranked[] => {
    const grade = grades[outcome];
    const subject = group === 'majordomo' ? type : group === 'drill' ? `drill of ${name}` : name;
    return grade === undefined ? [] : [{ grade, subject, said, rank: rankOf(grade, isCheck) }];
  });
  return all.toSorted((one, other) => one.rank - other.rank);
}

type Ranked = Finding & { readonly rank: number };

/** Errors first, and before what is wrong with one what becomes of the whole. */
function rankOf(grade: Grade, isCheck: boolean): number {
  return 2 * Number(grade === 'warning') + Number(isCheck);
}

function data(text: string): string {
  return oneLine(text).replaceAll('%', '%25');
}

function property(text: string): string {
  return data(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}

/**
 * Text in a table of Markdown, in which it is neither markup nor a link: only in code GitHub leaves addresses, @names and #numbers
 * alone. A bar would end the cell even there, and stands between two pieces of code.
 */
function cell(text: string): string {
  return oneLine(text).split('|').map(code).join('&#124;');
}

/** In more backticks than the text has in a row; one space at each end is not shown where there are two. */
function code(text: string): string {
  if (text === '') return '';
  const fence = '`'.repeat(1 + Math.max(0, ...(text.match(/`+/g) ?? []).map((run) => run.length)));
  const inner = /^[` ]|[` ]$/.test(text) ? ` ${text} ` : text;
  return `${fence}${inner}${fence}`;
}
