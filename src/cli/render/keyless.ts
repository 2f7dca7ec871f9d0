import { mayHoldKey, withoutKeyWords } from '../../core/dsn/keys.js';

/**
 * A report without what looks like a key, wherever it stands: names of aliases, providers, models and files are repeated as
 * somebody typed them, and a key is easily put in their place.
 */
export function keyless<Value>(value: Value): Value {
  // one look at everything is cheaper than one at each of thousands of names
  return mayHoldKey(JSON.stringify(value) ?? '') ? (clean(value) as Value) : value;
}

function clean(value: unknown): unknown {
  if (typeof value === 'string') return withoutKeyWords(value);
  if (Array.isArray(value)) return value.map(clean);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, clean(member)]));
}
