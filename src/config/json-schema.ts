import { ConfigError } from '../core/errors.js';
import type { Finding } from '../core/expectation.js';
import { withinASecond } from './bounded.js';
import { readText } from './read-text.js';

/** Whether a text is the JSON that a schema describes, and if not, why not. */
export type SchemaJudge = (text: string) => Finding;

const mostBytes = 4 * 1024 * 1024;
const hint = 'draft 2020-12 and draft 7 are understood';

/** Reads a JSON Schema. Throws a `ConfigError` for a file that is none. */
export async function readJsonSchema(file: string): Promise<SchemaJudge> {
  let text: string;
  try {
    text = await readText(file, { mostBytes });
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unreadable';
    throw new ConfigError('json-schema', `the schema ${file} cannot be read (${code})`, 'check its path');
  }
  const validate = await compiled(file, text);
  return (answer) => {
    let value: unknown;
    try {
      value = JSON.parse(answer);
    } catch {
      return { holds: false, actual: 'the answer is not JSON' };
    }
    const found = withinASecond(() => validate(value));
    if (found === null)
      return { holds: null, actual: 'a pattern of the schema takes too long on this answer' };
    if (found.value) return { holds: true, actual: 'as the schema says' };
    const [first] = validate.errors ?? [];
    return {
      holds: false,
      actual: `${first?.instancePath || '/'} ${first?.message ?? 'is not as it should be'}`,
    };
  };
}

async function compiled(file: string, text: string) {
  // bundled, these CommonJS modules have no named exports
  const [{ default: ajv7 }, { default: ajv2020 }] = await Promise.all([
    import('ajv'),
    import('ajv/dist/2020.js'),
  ]);
  try {
    const schema = JSON.parse(text) as { readonly $schema?: unknown };
    const isNew = typeof schema.$schema !== 'string' || schema.$schema.includes('2020-12');
    // formats are not checked; what a schema says beyond its draft is left alone
    const ajv = new (isNew ? ajv2020.Ajv2020 : ajv7.Ajv)({
      strict: false,
      logger: false,
      validateFormats: false,
    });
    return ajv.compile(schema as object);
  } catch {
    // the compiler's own words quote the schema
    throw new ConfigError('json-schema', `${file} is no JSON Schema`, hint);
  }
}
