import type { Warning } from '../core/errors.js';
import type { PortableOptions } from '../core/ports.js';
import type { DialectTarget } from './dialect.js';
import { unsupportedOption } from './request-parts.js';

type Option = keyof PortableOptions;

interface Row {
  readonly preset: string;
  readonly models: RegExp;
  /** Refused whatever else is asked. */
  readonly options: readonly Option[];
  /** Refused only beside this one. */
  readonly beside?: Option;
}

/**
 * Portable options that some models refuse with HTTP 400 although their API has them; the first row that fits
 * counts. Claude: https://platform.claude.com/docs/en/about-claude/models/migration-guide, "`temperature` and `top_p`
 * cannot both be specified for this model", "`temperature` is deprecated for this model". Grok:
 * https://docs.x.ai/docs/guides/reasoning, "Argument not supported on this model: stop".
 */
const rows: readonly Row[] = [
  {
    preset: 'anthropic',
    models: /claude-(opus-4[.-]([7-9]|\d\d)(?!\d)|(opus|sonnet|haiku|fable)-[5-9](?!\d)|mythos)/i,
    options: ['temperature', 'topP'],
  },
  {
    preset: 'anthropic',
    models: /claude-(opus-4[.-]([1-9]|\d\d)(?!\d)|(sonnet|haiku)-4[.-]([5-9]|\d\d)(?!\d))/i,
    options: ['topP'],
    beside: 'temperature',
  },
  { preset: 'xai', models: /^grok-(4|3-mini|code)(?!.*non-reasoning)/i, options: ['stop'] },
];

/**
 * The options without those that the model is known to refuse, and what there is to tell: a chain should not end at a
 * model that would answer without them. A model that no row knows is sent all that was asked.
 */
export function takenOptions(
  options: PortableOptions,
  { model, preset }: DialectTarget,
): { readonly options: PortableOptions; readonly warnings: readonly Warning[] } {
  const row = rows.find(({ preset: name, models }) => name === preset.name && models.test(model));
  if (row === undefined || (row.beside !== undefined && !isAsked(options[row.beside])))
    return { options, warnings: [] };
  const refused = row.options.filter((option) => isAsked(options[option]));
  const kept = Object.entries(options).filter(([option]) => !refused.includes(option as Option));
  const advice = row.beside === undefined ? '' : 'it takes temperature or top_p, not both';
  return {
    options: Object.fromEntries(kept),
    warnings: refused.map((option) => unsupportedOption('this model', option, advice)),
  };
}

function isAsked(value: PortableOptions[Option]): boolean {
  return value !== undefined && !(Array.isArray(value) && value.length === 0);
}
