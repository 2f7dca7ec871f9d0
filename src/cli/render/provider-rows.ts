import { sourceWords } from './provider-words.js';
import type { ProvidersReport } from './providers-report.js';

/**
 * For programs, a row each: name, scheme, endpoint, credential's source, its fingerprint, provider's source, status, what is
 * wrong or odd, what to do about it. `-` stands for nothing. An ignored variable is a row with the status `ignored`.
 */
export function providerRows(
  { providers, ignored }: ProvidersReport,
  shows: { readonly ignored: boolean },
): string[][] {
  const rows = providers.map((one) => [
    one.name,
    one.scheme ?? '-',
    one.endpoint || '-',
    one.credential?.source ?? '-',
    one.credential?.fingerprint ?? '-',
    sourceWords(one.source),
    one.status,
    one.problem ?? (one.warnings.map(({ message }) => message).join('; ') || '-'),
    one.hint ?? '-',
  ]);
  if (!shows.ignored) return rows;
  return [
    ...rows,
    ...ignored.map(({ key, reason }) => [key, '-', '-', '-', '-', key, 'ignored', reason, '-']),
  ];
}

/** A model a row: the target as a spec names it, and where it is known from. */
export function modelRows({ providers }: ProvidersReport): string[][] {
  return providers.flatMap(({ name, models }) =>
    (models ?? []).map(({ id, source }) => [`${name}/${id}`, source]),
  );
}
