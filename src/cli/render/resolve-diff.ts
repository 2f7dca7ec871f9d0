import { diffArrays } from 'diff';
import { credentialWords, endpointWords, sourceWords } from './provider-words.js';
import type { ResolutionReport, TargetReport } from './resolve-report.js';
import { oneLine } from './sanitize.js';
import { type Layout, part, type Style, words, wrapped } from './wrapped.js';

interface Pair {
  readonly before: ResolutionReport;
  readonly after: ResolutionReport;
}

/** One thing of a chain: a target with what matters of it, or why the chain cannot be run. */
interface Item {
  readonly target: TargetReport | null;
  readonly error: string | null;
  /** Two items are the same when this is. */
  readonly identity: string;
}

interface Row extends Item {
  readonly change: '=' | '-' | '+';
  readonly position: number;
}

const styles = { '=': null, '-': 'red', '+': 'green' } as const satisfies Record<Row['change'], Style | null>;

/** How a chain would change, for a person. */
export function diffLines(pair: Pair, layout: Layout): string[] {
  const { paint } = layout;
  const rows = rowsOf(pair);
  const isSame = rows.every(({ change }) => change === '=');
  const heading = paint('bold', oneLine(pair.before.spec));
  if (isSame) return [`${heading}  ${paint('dim', 'no change')}`];
  return [
    heading,
    ...rows.flatMap(({ change, position, target, error }) => {
      const style = styles[change];
      const mark = change === '=' ? ' ' : change;
      const parts =
        target === null
          ? words(`✗ ${error}`)
          : [part(`${position}. ${target.target}`), ...facts(target).map((fact) => part(`· ${fact}`))];
      const lines = wrapped(parts, { layout, first: `${mark} `, rest: `${mark}    `, gap: ' ' });
      return style === null ? lines : lines.map((line) => paint(style, line));
    }),
  ];
}

/** For programs, a row each: `=`, `-` or `+`, spec, position, target, endpoint, credential, source, `usable` or `unusable`. */
export function diffRows(pair: Pair): string[][] {
  const { spec } = pair.before;
  return rowsOf(pair).map(({ change, position, target, error }) =>
    target === null
      ? [change, spec, 'error', error ?? '-']
      : [change, spec, String(position), target.target, ...facts(target), usable(target)],
  );
}

/** With more, one chain is shown after the other: what they share is not worth the time that it takes to find it. */
const mostChanges = 200;

function rowsOf({ before, after }: Pair): Row[] {
  let [left, right] = [0, 0];
  const [old, young] = [items(before), items(after)];
  const parts = diffArrays(old, young, {
    comparator: (one, other) => one.identity === other.identity,
    maxEditLength: mostChanges,
  }) ?? [
    { value: old, added: false, removed: true },
    { value: young, added: true, removed: false },
  ];
  return parts.flatMap(({ value, added, removed }) =>
    value.map((item): Row => {
      if (!added) left += 1;
      if (!removed) right += 1;
      if (removed) return { ...item, change: '-', position: left };
      return { ...item, change: added ? '+' : '=', position: right };
    }),
  );
}

function items({ targets, error }: ResolutionReport): Item[] {
  const all: Item[] = targets.map((target) => ({
    target,
    error: null,
    identity: JSON.stringify([target.target, ...facts(target), usable(target)]),
  }));
  if (error !== null) all.push({ target: null, error: error.message, identity: error.message });
  return all;
}

function facts(target: TargetReport): string[] {
  return [
    endpointWords(target),
    credentialWords(target.credential, target.usable),
    sourceWords(target.source),
  ];
}

function usable(target: TargetReport): string {
  return target.usable ? 'usable' : 'unusable';
}
