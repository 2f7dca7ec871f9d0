import { type Expectation, parseExpectation } from '../core/expectation.js';
import { withinASecond } from './bounded.js';

/**
 * Reads an expectation of an answer: `contains:`, `equals:`, `regex:`, `json-schema:FILE`, `served-by:`, `latency:2s`,
 * `first-token:800ms` or `cost:0.01`, the last three upper bounds, with `!` before it for its opposite. Throws a `UsageError` for one that
 * is none, and a `ConfigError` for a schema that cannot be read.
 */
export function readExpectation(text: string): Promise<Expectation> {
  return parseExpectation(text, {
    search: (expression, answer) => withinASecond(() => answer.search(expression) >= 0)?.value ?? null,
    jsonSchema: async (file) => (await import('./json-schema.js')).readJsonSchema(file),
  });
}
