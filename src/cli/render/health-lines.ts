import { certificateMessage, inDays } from '../../core/check/end.js';
import { isProven } from '../../core/check/passage.js';
import { formatDuration } from '../../core/duration.js';
import type { CheckReport, DrillReport, HealthReport } from './health-report.js';
import { type Layout, type Paint, type Part, part, type Style, words, wrapped } from './wrapped.js';

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
  for (const { spec, state, firstHealthy, answeredBy, drill } of chains) {
    const check = checks.find(({ subject }) => subject === answeredBy);
    const isOpen = state !== 'down' && firstHealthy === null;
    const nobody = isOpen ? 'not all of it was asked' : 'nobody answers';
    const isSure = check === undefined || isProven(check);
    const answers = answeredBy === null ? nobody : wouldAnswer(answeredBy, isSure);
    const parts = [
      part(spec, (text) => paint('bold', text)),
      part(state, (text) => paint(stateStyles[state], text)),
      part(answers),
    ];
    lines.push(...wrapped(parts, { layout, first: '', rest: '  ' }), ...drillLines(drill ?? [], layout));
  }
  if (spend.requests > 0) lines.push(paint('dim', spentLine(spend)));
  return lines;
}

/** What was not proven as far as it was asked for is no answer yet. */
function wouldAnswer(target: string, isSure: boolean): string {
  return `${target} ${isSure ? 'answers' : 'should answer'}`;
}

/** What models were asked for. */
export function spentLine({ requests, inputTokens, outputTokens, usd }: HealthReport['spend']): string {
  const price = usd === null ? 'price unknown' : `$${Number(usd.toPrecision(3))}`;
  const asked = `${requests} ${requests === 1 ? 'request' : 'requests'}`;
  return `spent: ${asked}, ${inputTokens + outputTokens} tokens, ${price}`;
}

/** Who answers without the first targets of a chain. */
function drillLines(steps: NonNullable<HealthReport['chains'][number]['drill']>, layout: Layout): string[] {
  const { paint } = layout;
  return steps.flatMap(({ failed, status, answeredBy, message, durationMs }) => {
    const { sign, style } = signs[status];
    const isSure = status === 'fail' || message === null;
    const answers = answeredBy === null ? 'nobody answers' : wouldAnswer(answeredBy, isSure);
    const parts = [
      part(`without ${failed.join(', ')}`),
      ...(status === 'skip' ? [] : [part(answers)]),
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
  const { status, expected, hint } = check;
  const { sign, style } = signs[status];
  const at = (indent: string) => ({ layout, first: indent, rest: `${indent}  `, gap: ' ' });
  const told = reasonOf(check);
  return [
    ...wrapped(factsOf(check, paint), { layout, first: `${paint(style, sign)} `, rest: '  ' }),
    ...(told === null ? [] : wrapped(words(told), at('  ')).map((line) => paint(style, line))),
    ...(expected === null ? [] : wrapped(words(`expected: ${expected}`), at('  '))),
    ...(hint === null ? [] : wrapped(words(`hint: ${hint}`), at('  ')).map((line) => paint('dim', line))),
  ];
}

/** The same in one line, however long, while other checks go on. */
export function checkLine(check: CheckReport, paint: Paint): string {
  const { sign, style } = signs[check.status];
  const told = reasonOf(check);
  const reason = told === null ? [] : [part(told, (text) => paint(style, text))];
  const parts = [...factsOf(check, paint), ...reason].map(({ painted }) => painted);
  return `${paint(style, sign)} ${parts.join('  ')}`;
}

/** A drill that is over, in one line. */
export function drillLine(name: string, steps: readonly Pick<DrillReport, 'status'>[], paint: Paint): string {
  const worst = (['fail', 'skip', 'pass'] as const).find((word) =>
    steps.some(({ status }) => status === word),
  );
  const { sign, style } = signs[worst ?? 'skip'];
  return `${paint(style, sign)} ${name}`;
}

function factsOf(check: CheckReport, paint: Paint): readonly Part[] {
  const { subject, levelReached, durationMs, repeats } = check;
  const days = soonDaysOf(check);
  return [
    part(subject),
    part(levelReached ?? 'not configured'),
    ...(repeats === null ? [] : [part(`${repeats.passed} of ${repeats.total}`)]),
    part(formatDuration(durationMs), (text) => paint('dim', text)),
    ...(days === null || check.message === certificateMessage(days)
      ? []
      : [part(`certificate ends ${inDays(days)}`, (text) => paint('dim', text))]),
  ];
}

/** The days of a certificate where they are few. */
function soonDaysOf({ certificateDays: days }: CheckReport): number | null {
  return days !== null && days < fewDays ? days : null;
}

/** What is wrong, or not proven; null where nothing is. */
function reasonOf({ status, kind, httpStatus, message }: CheckReport): string | null {
  if (message === null) return null;
  const what = [kind, httpStatus === null || status === 'pass' ? null : String(httpStatus)].filter(
    (word) => word !== null,
  );
  return `${what.length === 0 ? '' : `${what.join(' ')}: `}${message}`;
}

/** So many days are enough not to be spoken of. */
const fewDays = 21;

/**
 * For programs, a row each: `check`, `chain` or `drill`, its name, status or state, level reached or who answers, level wanted, kind,
 * HTTP status, milliseconds, message, and the days of its certificate where they are few. A step of a drill has its chain, who failed, who answers, milliseconds, status, message.
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
    String(soonDaysOf(check) ?? '-'),
  ]);
  return [
    ...rows,
    ...chains.map(({ spec, state, answeredBy }) => ['chain', spec, state, answeredBy ?? '-']),
    ...chains.flatMap(({ spec, drill }) =>
      (drill ?? []).map(({ failed, answeredBy, durationMs, status, message }) => [
        'drill',
        spec,
        failed.join(','),
        answeredBy ?? '-',
        String(durationMs),
        status,
        message ?? '-',
      ]),
    ),
  ];
}
