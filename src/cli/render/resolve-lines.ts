import { withoutKeys } from '../../core/dsn/keys.js';
import type { Resolution } from '../../core/resolution.js';
import { unlessKey } from '../../core/shown.js';
import type { SpecNode } from '../../core/spec.js';
import { circuitReport, circuitWords } from './circuit.js';
import { credentialWords, endpointWords, sourceWords } from './provider-words.js';
import type { ResolutionReport, TargetReport } from './resolve-report.js';
import { oneLine } from './sanitize.js';
import { type Layout, type Part, part, sentence, wrapped } from './wrapped.js';

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
  const at = { layout, first: '', rest: '  ' };
  if (error !== null) {
    lines.push(...sentence(`✗ ${error.message}`, { ...at, style: 'red' }));
    if (error.hint !== null) lines.push(...sentence(`hint: ${error.hint}`, { ...at, first: '  ' }));
  }
  for (const [index, target] of targets.entries()) lines.push(...targetLines(target, index + 1, layout));
  for (const name of duplicates)
    lines.push(...sentence(`⚠ ${name} is named again: the first mention stands`, { ...at, sign: 'yellow' }));
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
    part(endpointWords(target)),
    part(credentialWords(target.credential, target.usable)),
    part(sourceWords(target.source)),
    ...(target.circuit.state === 'closed'
      ? []
      : [part(circuitWords(target.circuit, now), (text) => paint(isOpen ? 'bold' : 'dim', text))]),
  ];
  const name = part(target.target, (text) => (target.usable ? text : paint('red', text)));
  return [
    ...wrapped([name], { layout, first: number, rest: indent }),
    ...wrapped(facts, { layout, first: indent, rest: indent, gap: ' · ' }),
    ...target.notes.flatMap(({ message }) =>
      sentence(`⚠ ${message}`, { layout, first: indent, rest: `${indent}  `, sign: 'yellow' }),
    ),
  ];
}

/**
 * For programs, a row each: spec, position, target, endpoint, credential's source, its fingerprint, provider's source, circuit,
 * usable or the codes of what is odd, what is odd in words. A spec that cannot be run has a row with `error`, its code, its
 * message and what to do. `-` stands for nothing.
 */
export function resolutionRows({ spec, targets, error }: Resolution, now: number): string[][] {
  const name = unlessKey(spec);
  const rows = targets.map((target, index) => [
    name,
    String(index + 1),
    withoutKeys(target.target),
    target.endpoint || '-',
    target.credential?.source ?? '-',
    target.credential?.fingerprint ?? '-',
    sourceWords(target.source),
    circuitWords(circuitReport(target.circuit, now), now),
    [target.usable ? 'usable' : 'unusable', ...target.notes.map(({ code }) => code)].join(','),
    target.notes.map(({ message }) => message).join('; ') || '-',
  ]);
  return error === null ? rows : [...rows, [name, 'error', error.code, error.message, error.hint ?? '-']];
}
