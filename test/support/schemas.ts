import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';
import { expect } from 'vitest';

const folder = path.join(import.meta.dirname, '../../schemas');

export type Schema = Readonly<Record<string, unknown>>;

/** The schemas that are shipped, by name: `run` of `schemas/run.schema.json`. */
export const schemaNames: readonly string[] = readdirSync(folder).map((file) =>
  file.replace(/\.schema\.json$/, ''),
);

export function shippedSchema(name: string): Schema {
  return JSON.parse(readFileSync(path.join(folder, `${name}.schema.json`), 'utf8'));
}

/** The schema as the tests want it: a key that it does not name is an error. Users are not held to that. */
function strictSchema(name: string): Schema {
  return closed(shippedSchema(name)) as Schema;
}

function closed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(closed);
  if (typeof value !== 'object' || value === null) return value;
  const copy = Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, closed(inner)]));
  return 'properties' in copy ? { ...copy, additionalProperties: false } : copy;
}

export function validatorOf(schema: Schema): ValidateFunction {
  return new Ajv({ strict: true, allErrors: true }).compile(schema);
}

const compiled = new Map<string, ValidateFunction>();

/** What is wrong with a value, a line each: a key that is not there, one that is not documented, a wrong type. */
export function problems(name: string, value: unknown): readonly string[] {
  const validate = compiled.get(name) ?? validatorOf(strictSchema(name));
  compiled.set(name, validate);
  return validate(value) ? [] : (validate.errors ?? []).map(inWords);
}

function inWords({ instancePath, message, params }: ErrorObject): string {
  return `${instancePath || '/'} ${message} ${JSON.stringify(params)}`;
}

/** Fails unless the value is what the schema says, without a key that it does not name. */
export function expectValid(name: string, value: unknown): void {
  expect(problems(name, value), JSON.stringify(value)).toEqual([]);
}
