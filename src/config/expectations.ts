import { type Expectation, parseExpectation } from '../core/expectation.js';
import { searchAll } from './pattern-search.js';

/**
 * Reads an expectation of an answer: `contains:`, `equals:`, `regex:`, `json-schema:FILE`, `served-by:`, `latency:2s`,
 * `first-token:800ms` or `cost:0.01`, the last three upper bounds, with `!` before it for its opposite. Throws a `UsageError` for one that
 * is none, and a `ConfigError` for a schema that cannot be used: one that is none, has a keyword that no draft knows, or refers to
 * another file. `format` in a schema is an annotation and checks nothing.
 */
export function readExpectation(text: string): Promise<Expectation> {
  return parseExpectation(text, {
    search: async ({ source, flags }, answer) => {
      const found = await searchAll([{ source, flags, text: answer }]);
      return found?.[0] ?? null;
    },
    jsonSchema: async (file) => (await import('./json-schema.js')).readJsonSchema(file),
  });
}
