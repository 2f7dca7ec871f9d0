import { formatDuration } from '../../core/duration.js';
import { circuitWords } from './circuit.js';
import { credentialWords, endpointWords, sourceWords } from './provider-words.js';
import type { ProviderReport, ProvidersReport } from './providers-report.js';
import { oneLine } from './sanitize.js';
import { type Layout, part, type Style, sentence, words, wrapped } from './wrapped.js';

const headings = ['name', 'scheme', 'endpoint', 'credential', 'source', 'status'];
const gap = '  ';

/** A table if it fits, else a block each. */
export function tableLines(report: ProvidersReport, layout: Layout & { readonly all: boolean }): string[] {
  const { providers, ignored, folded } = report;
  const { paint, width, all } = layout;
  const rows = providers.map((one) => cells(one).map(oneLine));
  const widths = headings.map((heading, column) =>
    Math.max(heading.length, ...rows.map((row) => [...(row[column] ?? '')].length)),
  );
  const fits = widths.reduce((sum, each) => sum + each + gap.length, -gap.length) <= width;
  const line = (row: readonly string[]): string =>
    row.map((cell, column) => pad(cell, column === row.length - 1 ? 0 : (widths[column] ?? 0))).join(gap);
  const lines: string[] = [];
  if (fits && rows.length > 0) lines.push(paint('dim', line(headings)));
  for (const [index, one] of providers.entries()) {
    const row = rows[index] ?? [];
    if (fits) lines.push(...painted(one, line(row), layout), ...problemLines(one, layout));
    else lines.push(...block(one, layout));
  }
  if (all && ignored.length > 0) {
    lines.push(...(lines.length > 0 ? [''] : []), paint('dim', 'ignored variables'));
    for (const { key, reason } of ignored) {
      lines.push(...wrapped([part(key), ...words(reason)], { layout, first: '', rest: gap, gap: ' ' }));
    }
  }
  const hidden = [
    folded === 0 ? '' : `${folded} more built-in providers`,
    all || ignored.length === 0
      ? ''
      : `${ignored.length} ignored ${ignored.length === 1 ? 'variable' : 'variables'}`,
  ].filter((text) => text !== '');
  if (hidden.length === 0) return lines;
  const told = `${hidden.join(', ')}: --all shows them`;
  return [...lines, ...sentence(told, { layout, first: '', rest: gap, style: 'dim' })];
}

function cells(one: ProviderReport): string[] {
  return [
    one.name,
    one.scheme ?? '-',
    endpointWords(one),
    credentialOf(one),
    sourceWords(one.source),
    statusWords(one),
  ];
}

function credentialOf({ credential, status }: ProviderReport): string {
  return status === 'invalid' ? '-' : credentialWords(credential, status === 'ready');
}

/** A key may be known of and yet not be had, or not be sent. */
function statusWords({ status, credential }: ProviderReport): string {
  if (status !== 'no-credential') return status;
  return credential === null ? 'no key' : 'unusable';
}

/** A row in the colour of its status. */
function painted({ status }: ProviderReport, line: string, { paint }: Layout): string[] {
  if (status === 'ready') return [line];
  return [paint(status === 'invalid' ? 'red' : 'dim', line)];
}

/** What is wrong with a provider, and what is odd. That a key is missing is seen; how to set it is asked by name. */
function problemLines(one: ProviderReport, layout: Layout): string[] {
  const at = { layout, first: gap, rest: gap.repeat(2) };
  const isTold = one.status === 'invalid' || (one.status === 'no-credential' && one.credential !== null);
  const problem = isTold && one.problem !== null ? sentence(`✗ ${one.problem}`, { ...at, style: 'red' }) : [];
  const hint =
    problem.length > 0 && one.hint !== null
      ? sentence(`hint: ${one.hint}`, { ...at, first: gap.repeat(2) })
      : [];
  return [
    ...problem,
    ...hint,
    ...one.warnings.flatMap(({ message }) => sentence(`⚠ ${message}`, { ...at, sign: 'yellow' })),
  ];
}

function block(one: ProviderReport, layout: Layout): string[] {
  const { paint } = layout;
  const style: Style = one.status === 'invalid' ? 'red' : 'bold';
  const facts = [endpointWords(one), credentialOf(one), sourceWords(one.source)]
    .filter((fact) => fact !== '-')
    .map((fact) => part(fact));
  return [
    ...wrapped(
      [
        part(one.name, (text) => paint(style, text)),
        ...(one.scheme === null ? [] : [part(one.scheme)]),
        part(statusWords(one)),
      ],
      {
        layout,
        first: '',
        rest: gap,
      },
    ),
    ...wrapped(facts, { layout, first: gap, rest: gap, gap: ' · ' }),
    ...problemLines(one, layout),
  ];
}

/** Everything about each of them, and a line to try. */
export function detailLines({ providers }: ProvidersReport, layout: Layout): string[] {
  return providers.flatMap((one, index) => [...(index === 0 ? [] : ['']), ...detail(one, layout)]);
}

function detail(one: ProviderReport, layout: Layout): string[] {
  const { paint, now } = layout;
  const { problem, hint } = one;
  const options = Object.entries(one.options).flatMap(([name, value]) =>
    value === null ? [] : [optionWords(name, value)],
  );
  const facts: readonly (readonly [name: string, value: string])[] = [
    ['scheme', one.scheme ?? ''],
    ['dialect', one.dialect === one.scheme ? '' : (one.dialect ?? '')],
    ['endpoint', endpointWords(one)],
    ['credential', credentialOf(one)],
    ['source', sourceWords(one.source)],
    ['hides', one.shadows.map(sourceWords).join(', ')],
    ['default model', one.defaultModel ?? ''],
    ['models', (one.models ?? []).map(({ id }) => id).join(', ')],
    ['options', options.join(', ')],
    ['aliases', one.aliases.join(', ')],
    ['circuit', one.circuit === null ? '' : circuitWords(one.circuit, now)],
  ];
  const told = facts.filter(([, value]) => value !== '' && value !== '-');
  const column = Math.max(...told.map(([name]) => name.length)) + gap.length;
  const lines = told.flatMap(([name, value]) =>
    wrapped(words(value), {
      layout,
      first: `${gap}${pad(name, column)}`,
      rest: gap + ' '.repeat(column),
      gap: ' ',
    }),
  );
  const at = { layout, first: gap, rest: gap.repeat(2) };
  const style: Style = one.status === 'ready' ? 'bold' : 'red';
  return [
    `${paint(style, oneLine(one.name))}${gap}${statusWords(one)}`,
    ...lines,
    ...(problem === null ? [] : sentence(`✗ ${problem}`, { ...at, style: 'red' })),
    ...(hint === null ? [] : sentence(`hint: ${hint}`, { ...at, first: gap.repeat(2) })),
    ...one.warnings.flatMap(({ message }) => sentence(`⚠ ${message}`, { ...at, sign: 'yellow' })),
    ...examples(one).map((line) => `${gap}${paint('dim', '$')} ${line}`),
  ];
}

function optionWords(name: string, value: number): string {
  const words = name.replace(/Ms$/, '').replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  return `${words === 'attempt_timeout' ? 'timeout' : words}=${name.endsWith('Ms') ? formatDuration(value) : value}`;
}

/** Only what a shell takes as it is: ids may come from a server. */
const plainWord = /^[\w./:@+-]+$/;

function examples({ name, status, models, defaultModel }: ProviderReport): string[] {
  if (!plainWord.test(name) || status !== 'ready') return [];
  if (defaultModel !== null) return [`majordomo run -m ${name} "why is the sky blue?"`];
  const model = models?.map(({ id }) => id).find((id) => plainWord.test(id));
  return model === undefined
    ? [`majordomo providers --models ${name}`, `majordomo run -m ${name}/MODEL "why is the sky blue?"`]
    : [`majordomo run -m ${name}/${model} "why is the sky blue?"`];
}

/** The models of each, below its name. */
export function modelLines({ providers }: ProvidersReport, layout: Layout): string[] {
  const { paint } = layout;
  const told = providers.filter(
    ({ models, modelsError, status }) =>
      modelsError !== null || status !== 'ready' || (models?.length ?? 0) > 0,
  );
  const lines = told.flatMap((one, index) => {
    const { name, models, modelsError, problem } = one;
    const why = modelsError?.message ?? problem;
    const hint = modelsError?.hint ?? one.hint;
    const count =
      models === null
        ? ''
        : `${gap}${paint('dim', `${models.length} ${models.length === 1 ? 'model' : 'models'}`)}`;
    const at = { layout, first: gap, rest: gap.repeat(2) };
    return [
      ...(index === 0 ? [] : ['']),
      `${paint('bold', oneLine(name))}${count}`,
      ...(models ?? []).map(({ id, source }) => {
        const from = source === 'endpoint' ? '' : `${gap}${paint('dim', oneLine(source))}`;
        return `${gap}${oneLine(`${name}/${id}`)}${from}`;
      }),
      ...(why === null ? [] : sentence(`✗ ${why}`, { ...at, style: 'red' })),
      ...(why === null || hint === null ? [] : sentence(`hint: ${hint}`, { ...at, first: gap.repeat(2) })),
    ];
  });
  return lines.length > 0 || providers.length === 0 ? lines : ['no model matches'];
}

function pad(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - [...text].length));
}
