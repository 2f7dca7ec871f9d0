import { describe, expect, it } from 'vitest';
import { exitCodes } from '../../src/cli/exit-codes.js';
import { dispositions } from '../../src/core/classify.js';
import type { Attempt, ChainEvent } from '../../src/core/events.js';
import type { Circuit } from '../../src/core/health.js';
import type { FinishReason } from '../../src/core/ports.js';
import type { Source } from '../../src/core/source.js';
import { problems, type Schema, schemaNames, shippedSchema, validatorOf } from '../support/schemas.js';
import { samples } from './samples.js';

const reports = schemaNames.filter((name) => name !== 'config');

/** Each object of a JSON value, itself first. */
function objectsIn(value: unknown): Record<string, unknown>[] {
  if (typeof value !== 'object' || value === null) return [];
  const inner = Object.values(value).flatMap(objectsIn);
  return Array.isArray(value) ? inner : [value as Record<string, unknown>, ...inner];
}

/** What a schema says at a path of keys, through references. */
function at(schema: Schema, ...path: readonly string[]): Schema {
  let here: Schema = schema;
  for (const key of path) {
    here = here[key] as Schema;
    if (typeof here.$ref === 'string') here = at(schema, ...here.$ref.slice(2).split('/'));
  }
  return here;
}

/** The words of a type. One too many or too few does not compile. */
const wordsOf = <Word extends string>(words: Record<Word, true>) => Object.keys(words);

describe.each(schemaNames)('schemas/%s.schema.json', (name) => {
  it('is a schema without mistakes, under its own name', () => {
    const schema = shippedSchema(name);
    expect(() => validatorOf(schema)).not.toThrow();
    expect(schema.$id).toBe(`https://majordomo.invalid/schemas/${name}.schema.json`);
    expect(schema).toMatchObject({ title: expect.any(String), description: expect.any(String) });
  });

  it('stands alone', () => {
    const refs = objectsIn(shippedSchema(name)).flatMap(({ $ref }) =>
      typeof $ref === 'string' ? [$ref] : [],
    );
    expect(refs.filter((ref) => !ref.startsWith('#/definitions/'))).toEqual([]);
  });
});

describe.each(reports)('the report %s', (name) => {
  const shapes = objectsIn(shippedSchema(name)).filter(({ properties }) => properties !== undefined);

  it('always has every key, and may get more', () => {
    expect(shapes.length).toBeGreaterThan(1);
    for (const { properties, required, additionalProperties } of shapes) {
      expect({ required, additionalProperties }).toEqual({ required: Object.keys(properties as object) });
    }
  });

  it('says of every key what it is', () => {
    const schema = shippedSchema(name);
    const silent = shapes.flatMap(({ properties }) =>
      Object.entries(properties as Record<string, Schema>).filter(([, { description, $ref }]) => {
        const told =
          description ?? (typeof $ref === 'string' && at(schema, ...$ref.slice(2).split('/')).description);
        return typeof told !== 'string' || told === '';
      }),
    );
    expect(silent.map(([key]) => key)).toEqual([]);
  });
});

describe('closed lists of words are those of the program', () => {
  const run = shippedSchema('run');
  const events = shippedSchema('run-events');
  it.each([
    {
      name: 'kinds of errors',
      path: ['definitions', 'errorKind'],
      words: Object.keys(dispositions),
    },
    {
      name: 'classes of errors',
      path: ['definitions', 'errorClass'],
      words: [...new Set(Object.values(dispositions).map((one) => one.class))],
    },
    { name: 'exit codes', path: ['definitions', 'exitCode'], words: Object.values(exitCodes) },
    {
      name: 'finish reasons',
      path: ['properties', 'finishReason'],
      words: [
        ...wordsOf<FinishReason>({
          stop: true,
          length: true,
          'content-filter': true,
          refusal: true,
          'tool-calls': true,
          other: true,
        }),
        null,
      ],
    },
    {
      name: 'what comes next',
      path: ['definitions', 'attempt', 'properties', 'next'],
      words: [...wordsOf<NonNullable<Attempt['next']>>({ retry: true, advance: true, stop: true }), null],
    },
    {
      name: 'outcomes',
      path: ['definitions', 'attempt', 'properties', 'outcome', 'anyOf', '0'],
      words: wordsOf<Exclude<Attempt['outcome'], keyof typeof dispositions>>({
        ok: true,
        skipped: true,
        abandoned: true,
      }),
    },
    {
      name: 'kinds of sources',
      schema: shippedSchema('resolve'),
      path: ['definitions', 'source', 'properties', 'kind'],
      words: wordsOf<Source['kind']>({
        builtin: true,
        env: true,
        flag: true,
        'project-file': true,
        'user-file': true,
        program: true,
      }),
    },
    {
      name: 'states of a circuit',
      schema: shippedSchema('resolve'),
      path: ['definitions', 'circuit', 'properties', 'state'],
      words: wordsOf<Circuit['state']>({ closed: true, open: true, 'half-open': true }),
    },
  ])('$name', ({ schema = run, path, words }) => {
    expect(new Set(at(schema, ...path).enum as readonly unknown[])).toEqual(new Set<unknown>(words));
  });

  it('events', () => {
    const told = (events.oneOf as { $ref: string }[]).map(
      ({ $ref }) => at(events, ...$ref.slice(2).split('/'), 'properties').type as Schema | undefined,
    );
    expect(told.map((type) => type?.const)).toEqual([
      ...wordsOf<Exclude<ChainEvent['type'], 'chain-end'>>({
        'attempt-start': true,
        'text-delta': true,
        'reasoning-delta': true,
        'attempt-end': true,
        warning: true,
      }),
      undefined,
    ]);
  });
});

describe.each(reports)('the tests of %s are strict', (name) => {
  const given = samples[name] ?? [];
  const shipped = validatorOf(shippedSchema(name));
  const variants = (change: (object: Record<string, unknown>, key: string) => void) =>
    given.flatMap((sample) =>
      objectsIn(sample).flatMap((object, index) =>
        Object.keys(object).map((key) => {
          const copy = structuredClone(sample);
          change(objectsIn(copy)[index] as Record<string, unknown>, key);
          return { key, copy };
        }),
      ),
    );

  it('the samples are right, and every object that the schema knows is in them', () => {
    expect(given.flatMap((sample) => problems(name, sample))).toEqual([]);
    const shapes = objectsIn(shippedSchema(name)).filter(({ properties }) => properties !== undefined);
    const keys = (of: readonly object[]) =>
      [...new Set(of.map((one) => Object.keys(one).sort().join()))].sort();
    expect(keys(given.flatMap(objectsIn))).toEqual(keys(shapes.map((shape) => shape.properties as object)));
  });

  it('a key that is missing is refused', () => {
    const changed = variants((object, key) => delete object[key]);
    expect(changed.filter(({ copy }) => shipped(copy)).map(({ key }) => key)).toEqual([]);
  });

  it('a key of another type is refused', () => {
    const changed = variants((object, key) => {
      object[key] = typeof object[key] === 'object' && object[key] !== null ? 'text' : {};
    });
    expect(changed.filter(({ copy }) => shipped(copy)).map(({ key }) => key)).toEqual([]);
  });

  it('a word that is not of the list is refused', () => {
    const closed = /^(schema|type|state|scope|kind|class|outcome|next|finishReason|status)$/;
    const words = variants((object, key) => {
      if (closed.test(key)) object[key] = 'nonsense';
    }).filter(({ key }) => closed.test(key));
    expect(words.length).toBeGreaterThan(0);
    expect(words.filter(({ copy }) => shipped(copy)).map(({ key }) => key)).toEqual([]);
  });

  it('a key that is not documented is refused here, and nowhere else', () => {
    const more = variants((object) => {
      object.undocumented = null;
    });
    expect(more.filter(({ copy }) => problems(name, copy).length === 0).map(({ key }) => key)).toEqual([]);
    expect(more.filter(({ copy }) => !shipped(copy)).map(({ key }) => key)).toEqual([]);
  });
});
