// The few forms of JSON Schema that the reports are made of.

const orNullType = (schema) => ({ ...schema, type: [schema.type, 'null'] });

/** Text. */
export const text = (description) => ({ description, type: 'string' });
export const textOrNull = (description) => orNullType(text(description));

export const flag = (description) => ({ description, type: 'boolean' });

/** A whole number from 0: milliseconds, tokens, failures. */
export const count = (description) => ({ description, type: 'integer', minimum: 0 });
export const countOrNull = (description) => orNullType(count(description));

/** Any number from 0: money. */
export const amountOrNull = (description) => ({ description, type: ['number', 'null'], minimum: 0 });

/** One of a closed list of words. */
export const oneOf = (words, description) => ({ description, enum: words });
export const oneOfOrNull = (words, description) => oneOf([...words, null], description);

export const listOf = (items, description) => ({ description, type: 'array', items });
export const listOrNull = (items, description) => orNullType(listOf(items, description));

/** What `name` stands for in the definitions. */
export const ref = (name, description) => ({
  ...(description !== undefined && { description }),
  $ref: `#/definitions/${name}`,
});
export const refOrNull = (name, description) => ({ description, anyOf: [ref(name), { type: 'null' }] });

/** An object that always has all of these keys. It may have more: keys may be added within a version. */
export const record = (properties, description) => ({
  ...(description !== undefined && { description }),
  type: 'object',
  required: Object.keys(properties),
  properties,
});
