import { inspect } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readPlainDsn } from '../../src/core/dsn/plain.js';
import { type Dsn, parseDsn, readDsn, type SchemeLookup, type SchemeTraits } from '../../src/core/dsn.js';
import { DsnError } from '../../src/core/errors.js';
import { redacted, scrubber } from '../../src/core/secrets.js';
import { schemes } from '../../src/providers/schemes.js';

const traits = new Map<string, SchemeTraits>([
  ['openai', {}],
  ['ollama', { local: true }],
  ['vertex', { credential: 'pair' }],
  ['mock', { options: 'any' }],
]);
const lookup: SchemeLookup = { traits: (scheme) => traits.get(scheme), names: () => [...traits.keys()] };

function parse(text: string): Dsn {
  return parseDsn('LLM_WORK', text, lookup);
}

/** Upper-case letters and digits of which no six in a row are in a message of ours. */
const secret = fc.array(fc.constantFrom(...'BCDFGHJKLMNPQRSTVWXZ0123456789'), {
  minLength: 12,
  maxLength: 40,
});
const secretText = secret.map((characters) => characters.join(''));

// no control characters, no lone surrogates: these are refused on purpose
const visible = fc
  .string({ unit: 'grapheme-composite', minLength: 1, maxLength: 30 })
  .filter((text) => !/[\p{Cc}\p{Cs}]/u.test(text) && text.trim() === text && text !== '');

const label = fc.stringMatching(/^[a-z][a-z0-9]{0,12}$/);
const host = fc.oneof(
  fc.array(label, { minLength: 1, maxLength: 4 }).map((labels) => `${labels.join('.')}.example`),
  fc.tuple(fc.nat(255), fc.nat(255), fc.nat(255), fc.nat(255)).map((numbers) => numbers.join('.')),
  fc.constantFrom('localhost', '[::1]', '[2001:db8::7]'),
);
const segment = visible.filter(
  (text) => !text.split(/[/\\]/).some((piece) => piece === '.' || piece === '..'),
);

function fragmentsIn(shown: string, planted: string): string[] {
  const upper = shown.toUpperCase();
  const starts = Array.from({ length: planted.length - 5 }, (_, from) => planted.slice(from, from + 6));
  return starts.filter((fragment) => upper.includes(fragment));
}

describe('a DSN', () => {
  it('that was put together from encoded parts is read back as those parts', () => {
    const parts = fc.record({
      key: visible,
      host,
      port: fc.option(fc.integer({ min: 1, max: 65_535 })),
      path: fc.array(segment, { minLength: 1, maxLength: 4 }),
      model: visible.filter((text) => !text.includes(',')),
      header: fc.stringMatching(/^[!-~]{1,20}$/),
      query: fc.array(fc.tuple(fc.stringMatching(/^[a-z]{1,8}$/), visible), { maxLength: 3 }),
      retries: fc.nat(100),
    });
    fc.assert(
      fc.property(parts, ({ key, host, port, path, model, header, query, retries }) => {
        const options = [
          `model=${encodeURIComponent(model)}`,
          `header.X-Thing=${encodeURIComponent(header)}`,
          `retries=${retries}`,
          ...query.map(([name, value]) => `query.${name}=${encodeURIComponent(value)}`),
        ];
        const authority = `${encodeURIComponent(key)}@${host}${port === null ? '' : `:${port}`}`;
        const base = path.map((piece) => `/${encodeURIComponent(piece)}`).join('');
        const dsn = parse(`openai+https://${authority}${base}?${options.join('&')}`);
        expect(dsn.credential()).toBe(key);
        expect(dsn.host).toBe(host.replace(/[[\]]/g, ''));
        expect(dsn.port).toBe(port);
        expect(dsn.basePath).toBe(base);
        expect(dsn.options).toMatchObject({ model, retries, headers: { 'X-Thing': header } });
        expect(dsn.queryPairs()).toEqual(query);
        if (!/^'.*'$/.test(key)) expect(dsn.warnings).toEqual([]);
        const again = parse(dsn.display());
        expect([again.host, again.port, again.basePath, again.tls]).toEqual([dsn.host, port, base, true]);
      }),
      { numRuns: 200 },
    );
  });

  it('of any text is read or refused as one, and never repeats a secret in it', () => {
    const piece = fc.oneof(
      { weight: 3, arbitrary: fc.constantFrom(...'@:/?#%&=,.+$[]{}"\'\\ \n\0') },
      {
        weight: 3,
        arbitrary: fc.constantFrom('openai', 'vertex', 'mock', '://', '+http', '+unix', 'sk-', '%2F', '%zz'),
      },
      {
        weight: 2,
        arbitrary: fc.constantFrom(
          'timeout=',
          'header.',
          'query.',
          'proxy=http://',
          'key_env=',
          'model',
          '..',
        ),
      },
      { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 8 }) },
    );
    const start = fc.constantFrom(
      '',
      'openai://',
      'openai+http://',
      'openai+unix://',
      'vertex://',
      'mock://h?',
      'openai://h?',
    );
    fc.assert(
      fc.property(
        start,
        fc.array(piece, { maxLength: 10 }),
        fc.array(piece, { maxLength: 10 }),
        secretText,
        (...given) => {
          const [from, before, after, planted] = given;
          const text = `${from}${before.join('')}${planted}${after.join('')}`;
          try {
            const { warnings } = parse(text);
            expect(fragmentsIn(JSON.stringify(warnings), planted)).toEqual([]);
          } catch (error) {
            expect(error).toBeInstanceOf(DsnError);
            const { stack = '', message } = error as DsnError;
            expect(message).toMatch(/^LLM_WORK: .+ in .+ \(character \d+\)\. .+$/);
            const shown = [message, stack, JSON.stringify(error), inspect(error, { showHidden: true })].join(
              '\n',
            );
            expect(fragmentsIn(shown, planted)).toEqual([]);
          }
        },
      ),
      { numRuns: 1500 },
    );
  });

  it('of garbage is never anything but read or refused', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('', 'openai://', 'mock://?'),
        fc.string({ unit: 'binary' }),
        (start, rest) => {
          try {
            parse(start + rest);
          } catch (error) {
            expect(error).toBeInstanceOf(DsnError);
          }
        },
      ),
      { numRuns: 500 },
    );
  });

  it('means the same with white space and quotes around it', () => {
    const wrap = fc.array(fc.constantFrom('  ', '\n', '\ufeff', '"', "'", '`'), { maxLength: 5 });
    fc.assert(
      fc.property(wrap, visible, host, (layers, key, name) => {
        const text = `openai+https://${encodeURIComponent(key).replaceAll("'", '%27')}@${name}/v1?model=m`;
        const wrapped = layers.reduce((inner, layer) => `${layer}${inner}${layer}`, text);
        const { warnings, ...plain } = parse(text);
        const { warnings: told, ...same } = parse(wrapped);
        expect(same).toEqual(plain);
        expect(parse(wrapped).credential()).toBe(key);
        expect(warnings).toEqual([]);
        expect(told.map(({ code }) => code)).toEqual(layers.length === 0 ? [] : ['dsn-trimmed']);
      }),
      { numRuns: 200 },
    );
  });

  it('has all of its secrets scrubbed, however they are encoded', () => {
    const encodings: readonly ((text: string) => string)[] = [
      (text) => text,
      encodeURIComponent,
      (text) => encodeURIComponent(text).toLowerCase(),
      (text) => new URLSearchParams([['', text]]).toString().slice(1),
      (text) => JSON.stringify(text).slice(1, -1),
      (text) => Buffer.from(text).toString('base64'),
      (text) => Buffer.from(text).toString('base64url'),
    ];
    // lower-casing must not change the secret itself
    const key = visible.filter(
      (text) => text.length >= 8 && !/[A-Z]/.test(encodeURIComponent(text).replace(/%../g, '')),
    );
    fc.assert(
      fc.property(key, fc.constantFrom(...encodings), (planted, encode) => {
        const secrets = parse(`openai://${encodeURIComponent(planted)}@h`).secrets();
        expect(scrubber(secrets)(`<${encode(planted)}>`)).toBe(`<${redacted}>`);
      }),
      { numRuns: 300 },
    );
  });
});

describe('a plain DSN', () => {
  const some = (...texts: string[]) => fc.constantFrom(...texts);
  const mostly = (good: fc.Arbitrary<string>, ...others: fc.Arbitrary<string>[]) =>
    fc.oneof({ weight: 6 * others.length, arbitrary: good }, ...others);
  const plain = fc
    .record({
      scheme: mostly(
        some('openai', 'ollama', 'mock'),
        some('vertex', 'nobody'),
        fc.stringMatching(/^[a-z0-9.]{0,6}$/),
      ),
      transport: mostly(some('', '', '+http', '+https'), some('+unix'), fc.stringMatching(/^\+[a-z]{0,6}$/)),
      credential: mostly(
        fc.oneof(some('', 'bench@', 'sk-proj-x_Y.9@'), fc.stringMatching(/^[\w.-]{1,20}@$/)),
        some('@', 'id:secret@', ':key@', 'key:@'),
      ),
      host: mostly(
        fc.oneof(some('m1.lan', 'localhost', 'x.localhost', '127.0.0.1', '10.1.2.3', 'a.b-c.d1'), host),
        some(
          '',
          '127.1',
          '1.2.3.256',
          'xn--bcher-kva.example',
          'a--b',
          '0x7f.1',
          'a.',
          '.a',
          'a..b',
          '9.example',
        ),
        some(
          'gsk_abcdefghijklmnop',
          'abcdefgh1234567890',
          'a'.repeat(64),
          `${'a.'.repeat(130)}b`,
          'a-',
          'A.example',
        ),
        fc.stringMatching(/^[a-z0-9.-]{0,12}$/),
      ),
      port: mostly(
        some('', ':80', ':443', ':8080', ':65535'),
        some(':65536', ':0', ':080', ':'),
        fc.stringMatching(/^:\d{1,6}$/),
      ),
      path: mostly(
        fc.oneof(some('', '/v1'), fc.stringMatching(/^(\/[\w-]{1,5}){0,3}$/)),
        some('/', '/v1/', '//v1', '/a/../b', '/./a', '/a b', '/%61', '?'),
        fc.stringMatching(/^(\/[\w.~-]{0,5}){0,3}$/),
      ),
      query: mostly(
        fc
          .array(
            some(
              'model=x',
              'timeout=30s',
              'retries=2',
              'max_tokens=9',
              'insecure=1',
              'query.v=1',
              'header.X-A=b',
            ),
            { maxLength: 3 },
          )
          .map((pairs) => (pairs.length === 0 ? '' : `?${pairs.join('&')}`)),
        some(
          '?key_env=A',
          '?header.Authorization=abc',
          '?query.key=abc',
          '?reply=a&&x=',
          '?timeout=3',
          '?Model=x',
          '?=',
        ),
        fc.stringMatching(/^\?[\w.=&-]{0,9}$/),
      ),
    })
    .map(
      (parts) =>
        `${parts.scheme}${parts.transport}://${parts.credential}${parts.host}${parts.port}${parts.path}${parts.query}`,
    );
  const odd = fc
    .tuple(plain, fc.nat(), some(' ', '"', '%', '$', '\u200b', 'ü', '\n', '@', '/', '?', '#', ':', '-'))
    .map(([text, at, character]) => {
      const cut = at % (text.length + 1);
      return `${text.slice(0, cut)}${character}${text.slice(cut)}`;
    });
  const hidden = ['keyFile', 'keyCmd', 'headers', 'query', 'proxy', 'caFile', 'extra'] as const;
  const everything = ({ options, ...fields }: ReturnType<typeof readDsn>) => ({
    ...fields,
    options: { ...options },
    hidden: hidden.map((key) => options[key]),
  });

  const outcome = (read: () => ReturnType<typeof readPlainDsn>) => {
    try {
      const fields = read();
      return fields && everything(fields);
    } catch (error) {
      return error as Error;
    }
  };

  it('is read as any other would be, or left to the parser for all', () => {
    let taken = 0;
    let refused = 0;
    fc.assert(
      fc.property(fc.oneof({ weight: 4, arbitrary: plain }, odd), (text) => {
        const fields = outcome(() => readPlainDsn('LLM_WORK', text, lookup));
        if (fields === null) return;
        if (fields instanceof Error) refused += 1;
        else taken += 1;
        expect(fields).toEqual(outcome(() => readDsn('LLM_WORK', text, lookup)));
      }),
      { numRuns: 10_000 },
    );
    expect([taken > 500, refused > 50]).toEqual([true, true]);
  });

  it('is the same in every scheme that there is', () => {
    const shipped: SchemeLookup = {
      traits: (name) => schemes.find(({ scheme }) => scheme === name)?.traits,
      names: () => schemes.map(({ scheme }) => scheme),
    };
    const endings = ['', 'key@', 'm1.lan', 'key@gateway.corp:8443/v1', 'key@127.0.0.1:1', 'key@10.0.0.1'];
    for (const { scheme } of schemes) {
      for (const text of endings.map((ending) => `${scheme}://${ending}`)) {
        const fields = readPlainDsn('LLM_WORK', text, shipped);
        if (fields !== null)
          expect(everything(fields)).toEqual(everything(readDsn('LLM_WORK', text, shipped)));
      }
      expect(readPlainDsn('LLM_WORK', `${scheme}://m1.lan`, shipped)).not.toBeNull();
    }
  });

  it.each([
    'openai+http://bench@127.0.0.1:20001/v1',
    'openai://sk-proj-abc_DEF-0123456789abcdef@gateway.corp/v1',
    'openai+https://key@a.b-c.example:8443/team/v1',
    'ollama://m1.lan',
    'ollama://localhost:11434',
  ])('is %s', (text) => {
    expect(readPlainDsn('LLM_WORK', text, lookup)).not.toBeNull();
  });
});
