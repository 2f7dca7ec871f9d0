import { formatDuration } from '../../core/duration.js';
import type { CheckReport, HealthReport } from './health-report.js';
import { type Layout, part, type Style, words, wrapped } from './wrapped.js';

const signs = {
  pass: { sign: '✓', style: 'green' },
  warn: { sign: '⚠', style: 'yellow' },
  fail: { sign: '✗', style: 'red' },
  skip: { sign: '–', style: 'dim' },
} as const satisfies Record<CheckReport['status'], { sign: string; style: Style }>;

const stateStyles = { up: 'green', degraded: 'yellow', down: 'red' } as const satisfies Record<
  HealthReport['state'],
  Style
>;

/** For a person: a line for each check, what is wrong with it and what to do, then the chains. */
export function healthLines(report: HealthReport, layout: Layout): string[] {
  const { checks, chains, spend } = report;
  const { paint } = layout;
  const lines = checks.flatMap((check) => checkLines(check, layout));
  if (chains.length > 0) lines.push('');
  for (const { spec, state, firstHealthy, drill } of chains) {
    const answers = firstHealthy === null ? 'nobody answers' : `${firstHealthy} answers`;
    const parts = [
      part(spec, (text) => paint('bold', text)),
      part(state, (text) => paint(stateStyles[state], text)),
      part(answers),
    ];
    lines.push(...wrapped(parts, { layout, first: '', rest: '  ' }), ...drillLines(drill ?? [], layout));
  }
  if (spend.requests > 0) {
    const tokens = `${spend.inputTokens + spend.outputTokens} tokens`;
    const price = spend.usd === null ? 'price unknown' : `$${Number(spend.usd.toPrecision(3))}`;
    const requests = `${spend.requests} ${spend.requests === 1 ? 'request' : 'requests'}`;
    lines.push(paint('dim', `spent: ${requests}, ${tokens}, ${price}`));
  }
  return lines;
}

/** Who answers without the first targets of a chain. */
function drillLines(steps: NonNullable<HealthReport['chains'][number]['drill']>, layout: Layout): string[] {
  const { paint } = layout;
  return steps.flatMap(({ failed, status, answeredBy, message, durationMs }) => {
    const { sign, style } = signs[status];
    const answers = answeredBy === null ? [] : [part(`${answeredBy} answers`)];
    const parts = [
      part(`without ${failed.join(', ')}`),
      ...(status === 'fail' ? [part('nobody answers')] : answers),
      ...(status === 'pass' ? [part(formatDuration(durationMs), (text) => paint('dim', text))] : []),
    ];
    const why = message === null ? [] : words(message);
    return [
      ...wrapped(parts, { layout, first: `  ${paint(style, sign)} `, rest: '    ' }),
      ...(why.length === 0 ? [] : wrapped(why, { layout, first: '    ', rest: '      ', gap: ' ' })),
    ];
  });
}

function checkLines(check: CheckReport, layout: Layout): string[] {
  const { paint } = layout;
  const { subject, status, levelReached, durationMs, repeats, kind, httpStatus, message, expected, hint } =
    check;
  const { sign, style } = signs[status];
  const facts = [
    part(subject),
    part(levelReached ?? 'not configured'),
    ...(repeats === null ? [] : [part(`${repeats.passed} of ${repeats.total}`)]),
    part(formatDuration(durationMs), (text) => paint('dim', text)),
    ...(check.certificateDays !== null && check.certificateDays < soonDays
      ? [part(`certificate ends in ${check.certificateDays} days`, (text) => paint('yellow', text))]
      : []),
  ];
  const at = (indent: string) => ({ layout, first: indent, rest: `${indent}  `, gap: ' ' });
  const what = [kind, httpStatus === null || status === 'pass' ? null : String(httpStatus)].filter(
    (word) => word !== null,
  );
  const told = message === null ? null : `${what.length === 0 ? '' : `${what.join(' ')}: `}${message}`;
  return [
    ...wrapped(facts, { layout, first: `${paint(style, sign)} `, rest: '  ' }),
    ...(told === null ? [] : wrapped(words(told), at('  ')).map((line) => paint(style, line))),
    ...(expected === null ? [] : wrapped(words(`expected: ${expected}`), at('  '))),
    ...(hint === null ? [] : wrapped(words(`hint: ${hint}`), at('  ')).map((line) => paint('dim', line))),
  ];
}

/** From so many days on the end of a certificate is near. */
const soonDays = 21;

/**
 * For programs, a row each: `check`, `chain` or `drill`, its name, status or state, level reached or who answers, level wanted, kind,
 * HTTP status, milliseconds, message. A step of a drill has its chain, who failed, who answers, milliseconds.
 */
export function healthRows({ checks, chains }: HealthReport): string[][] {
  const rows = checks.map((check) => [
    'check',
    check.subject,
    check.status,
    check.levelReached ?? '-',
    check.level,
    check.kind ?? '-',
    check.httpStatus === null ? '-' : String(check.httpStatus),
    String(check.durationMs),
    check.message ?? '-',
  ]);
  return [
    ...rows,
    ...chains.map(({ spec, state, firstHealthy }) => ['chain', spec, state, firstHealthy ?? '-']),
    ...chains.flatMap(({ spec, drill }) =>
      (drill ?? []).map(({ failed, answeredBy, durationMs }) => [
        'drill',
        spec,
        failed.join(','),
        answeredBy ?? '-',
        String(durationMs),
      ]),
    ),
  ];
}
