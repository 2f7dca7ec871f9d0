import type { HealthReport } from '../health-report.js';
import { oneLine } from '../sanitize.js';
import { checkWords } from './words.js';

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
    ({ spec, state, firstHealthy }) => `| ${state} | ${cell(spec)} | ${cell(firstHealthy ?? '–')} |`,
  );
  return [
    `### majordomo health: ${report.state}`,
    '',
    '| | subject | level | |',
    '| --- | --- | --- | --- |',
    ...rows,
    '',
    ...(chains.length === 0 ? [] : ['| chain | spec | answers |', '| --- | --- | --- |', ...chains, '']),
  ].join('\n');
}

function findings({ checks, chains, error }: HealthReport): readonly Finding[] {
  const all: Finding[] = [
    ...(error === null ? [] : [{ grade: 'error' as const, subject: error.code, said: error.message }]),
    ...chains.flatMap(({ spec, state, firstHealthy }): Finding[] => {
      if (state === 'up') return [];
      if (state === 'down')
        return [{ grade: 'error', subject: spec, said: 'no target of the chain is healthy' }];
      return [{ grade: 'warning', subject: spec, said: `degraded: ${firstHealthy} answers` }];
    }),
    ...checks.flatMap((check): Finding[] => {
      if (check.status !== 'fail' && check.status !== 'warn') return [];
      const grade: Grade = check.status === 'fail' && check.required ? 'error' : 'warning';
      return [{ grade, subject: check.subject, said: checkWords(check) }];
    }),
  ];
  return all.toSorted((one, other) => Number(one.grade === 'warning') - Number(other.grade === 'warning'));
}

function data(text: string): string {
  return oneLine(text).replaceAll('%', '%25');
}

function property(text: string): string {
  return data(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}

/** Text in a table of Markdown, in which it can be neither markup nor a link. */
function cell(text: string): string {
  return oneLine(text)
    .replace(/[\\`*_{}[\]()#+!|~@$-]/g, '\\$&')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;');
}
