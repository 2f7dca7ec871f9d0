import type { Source } from '../../core/source.js';
import type { SpecNode } from '../../core/spec.js';
import { circuitWords } from './circuit.js';
import type { ResolutionReport, TargetReport } from './resolve-report.js';
import { oneLine } from './sanitize.js';

type Style = 'bold' | 'dim' | 'red' | 'yellow';
/** Paints a text, or leaves it as it is. */
export type Paint = (style: Style, text: string) => string;

export interface Layout {
  readonly now: number;
  /** In columns. */
  readonly width: number;
  readonly paint: Paint;
}

/** A spec for a person: its tree, then the chain as it would be asked. */
export function resolutionLines(resolution: ResolutionReport, layout: Layout): string[] {
  const { spec, tree, targets, error, duplicates } = resolution;
  const [only] = tree;
  const isAlias = tree.length === 1 && only?.kind === 'alias' && only.name === spec;
  const lines = isAlias
    ? [
        ...wrapped(nodeParts(only, layout), { layout, first: '', rest: '  ' }),
        ...branches(only.children, '', layout),
      ]
    : [layout.paint('bold', oneLine(spec)), ...branches(tree, '', layout)];
  const said = (style: Style, text: string): string[] =>
    wrapped(words(text), { layout, first: '', rest: '  ', gap: ' ' }).map((line) =>
      layout.paint(style, line),
    );
  if (error !== null) {
    lines.push(...said('red', `✗ ${error.message}`));
    if (error.hint !== null) lines.push(...said('dim', `  hint: ${error.hint}`));
  }
  for (const [index, target] of targets.entries()) lines.push(...targetLines(target, index + 1, layout));
  for (const name of duplicates)
    lines.push(...said('yellow', `⚠ ${name} is named again: the first mention stands`));
  return lines;
}

function branches(nodes: readonly SpecNode[], indent: string, layout: Layout): string[] {
  return nodes.flatMap((node, index) => {
    const isLast = index === nodes.length - 1;
    const below = `${indent}${isLast ? '   ' : '│  '}`;
    const first = `${indent}${isLast ? '└─ ' : '├─ '}`;
    return [
      ...wrapped(nodeParts(node, layout), { layout, first, rest: below }),
      ...branches(node.children, below, layout),
    ];
  });
}

function nodeParts({ name, kind, source, shadows }: SpecNode, { paint }: Layout): Part[] {
  const parts: Part[] = [part(name, (text) => (kind === 'alias' ? paint('bold', text) : text))];
  const dim = (text: string): string => paint('dim', text);
  if (source !== null) parts.push(part(sourceWords(source), dim));
  for (const hidden of shadows) parts.push(part(`hides ${sourceWords(hidden)}`, dim));
  return parts;
}

function targetLines(target: TargetReport, position: number, layout: Layout): string[] {
  const { paint, now } = layout;
  const number = `${position}. `;
  const indent = ' '.repeat(number.length);
  const isOpen = target.circuit.untilMs !== null;
  const facts = [
    part(target.endpoint || '-'),
    part(credentialWords(target)),
    part(sourceWords(target.source)),
    ...(target.circuit.state === 'closed'
      ? []
      : [part(circuitWords(target.circuit, now), (text) => paint(isOpen ? 'yellow' : 'dim', text))]),
  ];
  const name = part(target.target, (text) => (target.usable ? text : paint('red', text)));
  return [
    ...wrapped([name], { layout, first: number, rest: indent }),
    ...wrapped(facts, { layout, first: indent, rest: indent, gap: ' · ' }),
    ...target.notes.flatMap(({ message }) =>
      wrapped(words(`⚠ ${message}`), { layout, first: indent, rest: `${indent}  `, gap: ' ' }).map((line) =>
        paint('yellow', line),
      ),
    ),
  ];
}

function credentialWords({ credential, usable }: TargetReport): string {
  if (credential === null) return usable ? 'no key needed' : 'no key';
  return credential.fingerprint === null
    ? credential.source
    : `${credential.source} ${credential.fingerprint}`;
}

function sourceWords({ kind, key }: Source): string {
  return kind === 'builtin' ? 'built in' : key;
}

/** A text without its colours, which take no room, and with them. */
interface Part {
  readonly text: string;
  readonly painted: string;
}

function part(text: string, paint: (text: string) => string = (same) => same): Part {
  const clean = oneLine(text);
  return { text: clean, painted: paint(clean) };
}

function words(text: string): Part[] {
  return oneLine(text)
    .split(' ')
    .map((word) => ({ text: word, painted: word }));
}

/** Parts beside each other as far as there is room; what is longer than a line is not cut, so that it can be copied. */
function wrapped(
  parts: readonly Part[],
  at: { readonly layout: Layout; readonly first: string; readonly rest: string; readonly gap?: string },
): string[] {
  const { layout, first, rest, gap = '  ' } = at;
  const lines: string[] = [];
  let line = first;
  let length = first.length;
  let isEmpty = true;
  for (const { text, painted } of parts) {
    if (!isEmpty && length + gap.length + text.length > layout.width) {
      lines.push(line);
      line = rest;
      length = rest.length;
      isEmpty = true;
    }
    line += isEmpty ? painted : gap + painted;
    length += text.length + (isEmpty ? 0 : gap.length);
    isEmpty = false;
  }
  return [...lines, line];
}

/**
 * For programs, a row each: spec, position, target, endpoint, credential's source, its fingerprint, provider's source, circuit,
 * usable or the codes of what is odd. A spec that cannot be run has a row with `error`, its code and its message.
 */
export function resolutionRows({ spec, targets, error }: ResolutionReport, now: number): string[][] {
  const rows = targets.map((target, index) => [
    spec,
    String(index + 1),
    target.target,
    target.endpoint || '-',
    target.credential?.source ?? '-',
    target.credential?.fingerprint ?? '-',
    sourceWords(target.source),
    circuitWords(target.circuit, now),
    [target.usable ? 'usable' : 'unusable', ...target.notes.map(({ code }) => code)].join(','),
  ]);
  return error === null ? rows : [...rows, [spec, 'error', error.code, error.message]];
}
