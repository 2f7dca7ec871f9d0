/** What a JSON Schema validator says of the first mistake (https://ajv.js.org/api.html#error-objects). */
export interface SchemaError {
  /** A JSON pointer (RFC 6901) to the value. */
  readonly instancePath: string;
  readonly schemaPath: string;
  readonly keyword: string;
  readonly params: Readonly<Record<string, unknown>>;
}

interface Validate {
  (value: unknown): boolean;
  errors?: readonly SchemaError[] | null;
}

declare const validate: Validate;
export default validate;
