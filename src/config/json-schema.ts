import { ConfigError } from '../core/errors.js';
import type { Finding } from '../core/expectation.js';
import { didYouMean } from '../core/nearest.js';
import { shown } from '../core/shown.js';
import { within } from './bounded.js';
import { parseDocument } from './parse-document.js';
import { readText } from './read-text.js';
import { SchemaPatterns } from './schema-patterns.js';

/** Whether a text is the JSON that a schema describes, and if not, why not. */
export type SchemaJudge = (text: string) => Promise<Finding>;

const mostBytes = 4 * 1024 * 1024;
const mostMs = 1000;
const drafts = 'drafts 2020-12 and 7 are understood; without $schema a schema is read as of the first';

/**
 * Reads a JSON Schema, of JSON or YAML. Throws a `ConfigError` for a file that is none, that names another one, or that has a keyword of
 * no draft: it would check nothing.
 */
export async function readJsonSchema(file: string): Promise<SchemaJudge> {
  let text: string;
  try {
    text = await readText(file, { mostBytes });
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unreadable';
    throw refused(`the schema ${file} cannot be read (${code})`, 'check its path');
  }
  const { value: schema } = await parseDocument(file, text);
  const patterns = new SchemaPatterns();
  const validate = await compiled(file, { schema, patterns });
  return async (answer) => {
    let value: unknown;
    try {
      value = JSON.parse(answer);
    } catch {
      return { holds: false, actual: 'the answer is not JSON' };
    }
    const found = await patterns.decide(() => {
      const done = within(mostMs, () => validate(value));
      return done === null ? 'late' : done.value ? 'valid' : validate.errors?.[0];
    });
    if (found === null)
      return { holds: null, actual: 'a pattern of the schema takes too long on this answer' };
    if (found === 'late') return { holds: null, actual: 'the schema takes too long on this answer' };
    if (found === 'valid') return { holds: true, actual: 'as the schema says' };
    return { holds: false, actual: mistake(found) };
  };
}

async function compiled(
  file: string,
  { schema, patterns }: { readonly schema: unknown; readonly patterns: SchemaPatterns },
) {
  // bundled, these CommonJS modules have no named exports
  const [{ default: ajv7 }, { default: ajv2020 }] = await Promise.all([
    import('ajv'),
    import('ajv/dist/2020.js'),
  ]);
  const { $schema: draft = '2020-12', ...keywords } = Object(schema) as Readonly<Record<string, unknown>>;
  const Ajv = /2020-12/.test(String(draft))
    ? ajv2020.Ajv2020
    : /draft-07/.test(String(draft))
      ? ajv7.Ajv
      : null;
  if (Ajv === null) throw refused(`${file} is of another draft of JSON Schema`, drafts);
  const remarks: string[] = [];
  const ajv = new Ajv({
    strict: false,
    // the only remark that is heeded is that of a keyword which it does not know
    strictSchema: 'log',
    logger: { log: () => {}, warn: (remark: string) => remarks.push(remark), error: () => {} },
    validateFormats: false,
    code: { regExp: patterns.regExp },
  });
  try {
    const validate = ajv.compile(
      typeof schema === 'object' && !Array.isArray(schema) ? keywords : (schema as boolean),
    );
    const stranger = strangerIn(remarks);
    if (stranger === null) return validate;
    const near = didYouMean(stranger, Object.keys(ajv.RULES.keywords));
    const hint = near === '' ? `${drafts}; a keyword of your own has to begin with x-` : near;
    throw refused(`${file} has a keyword that is none of JSON Schema's: ${shown(stranger)}`, hint);
  } catch (error) {
    if (error instanceof ConfigError) throw error;
    if (error instanceof Error && 'missingRef' in error) {
      const hint = 'put it under $defs, and refer to it as #/$defs/NAME';
      throw refused(`${file} refers by $ref to what is not in the file, and nothing is fetched`, hint);
    }
    // the compiler's own words quote the schema
    const [first] = ajv.errors ?? [];
    throw refused(
      `${file} is no JSON Schema${first === undefined ? '' : `: ${shown(mistake(first))}`}`,
      drafts,
    );
  }
}

/** The first keyword of no draft; null for none. */
function strangerIn(remarks: readonly string[]): string | null {
  const names = remarks.map((remark) => /unknown keyword: "(.*)"$/s.exec(remark)?.[1]);
  return names.find((name) => name !== undefined && !name.startsWith('x-')) ?? null;
}

interface Mistake {
  readonly instancePath: string;
  readonly message?: string | undefined;
}

function mistake(error: Mistake | null | undefined): string {
  return `${error?.instancePath || '/'} ${error?.message ?? 'is not as it should be'}`;
}

function refused(message: string, hint: string): ConfigError {
  return new ConfigError('json-schema', message, hint);
}
