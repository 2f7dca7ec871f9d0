import { describe, expect, it } from 'vitest';
import { dispositionOf, dispositions, type ErrorKind } from '../../src/core/classify.js';
import { classify, classifyWith } from '../../src/core/classify-error.js';
import { ConfigError, ProviderError, UsageError } from '../../src/core/errors.js';

const kinds = Object.keys(dispositions) as ErrorKind[];

function errorWith(facts: object, message = 'no'): Error {
  return Object.assign(new Error(message), facts);
}

describe('the disposition table', () => {
  // CONTRACT.md, section 5
  it.each`
    kind                 | class                | retry     | advance         | scope                     | rerun
    ${'rate-limit'}      | ${'transient'}       | ${'yes'}  | ${'yes'}        | ${'target'}               | ${true}
    ${'overloaded'}      | ${'transient'}       | ${'yes'}  | ${'yes'}        | ${'target'}               | ${true}
    ${'server-error'}    | ${'transient'}       | ${'yes'}  | ${'yes'}        | ${'target'}               | ${true}
    ${'network'}         | ${'transient'}       | ${'yes'}  | ${'yes'}        | ${'target'}               | ${true}
    ${'unreachable'}     | ${'transient'}       | ${'once'} | ${'yes'}        | ${'provider'}             | ${true}
    ${'timeout'}         | ${'transient'}       | ${'no'}   | ${'yes'}        | ${'target'}               | ${true}
    ${'quota'}           | ${'transient'}       | ${'no'}   | ${'yes'}        | ${'provider'}             | ${false}
    ${'misconfigured'}   | ${'transient'}       | ${'no'}   | ${'yes'}        | ${'provider'}             | ${false}
    ${'model-not-found'} | ${'model-not-found'} | ${'no'}   | ${'always'}     | ${'none'}                 | ${false}
    ${'context-length'}  | ${'permanent'}       | ${'no'}   | ${'always'}     | ${'none'}                 | ${false}
    ${'auth'}            | ${'permanent'}       | ${'no'}   | ${'if-allowed'} | ${'provider-if-advanced'} | ${false}
    ${'bad-request'}     | ${'permanent'}       | ${'no'}   | ${'if-allowed'} | ${'none'}                 | ${false}
    ${'content-filter'}  | ${'permanent'}       | ${'no'}   | ${'if-allowed'} | ${'none'}                 | ${false}
    ${'cancelled'}       | ${null}              | ${'no'}   | ${'no'}         | ${'none'}                 | ${false}
  `('has $kind as $class', ({ kind, ...row }: { kind: ErrorKind }) => {
    expect(dispositionOf(kind)).toEqual(row);
  });
});

describe('classify', () => {
  it.each(kinds)('takes the word of a ProviderError that says %s', (kind) => {
    expect(classify(new ProviderError({ kind, message: 'no', httpStatus: 500 }))).toBe(kind);
  });

  it.each([
    [400, 'bad-request'],
    [401, 'auth'],
    [402, 'quota'],
    [403, 'auth'],
    [404, 'model-not-found'],
    [408, 'server-error'],
    [409, 'server-error'],
    [410, 'model-not-found'],
    [413, 'context-length'],
    [418, 'bad-request'],
    [422, 'bad-request'],
    [425, 'server-error'],
    [429, 'rate-limit'],
    [500, 'server-error'],
    [502, 'server-error'],
    [503, 'overloaded'],
    [504, 'server-error'],
    [529, 'overloaded'],
    [599, 'server-error'],
  ] as const)('judges an error by its HTTP status %i: %s', (status, kind) => {
    expect(classify(errorWith({ status }))).toBe(kind);
    expect(classify(errorWith({ statusCode: status }))).toBe(kind);
    expect(classify({ status })).toBe(kind);
  });

  it.each([
    ['ECONNREFUSED', 'unreachable'],
    ['ENOTFOUND', 'unreachable'],
    ['EAI_AGAIN', 'unreachable'],
    ['EHOSTUNREACH', 'unreachable'],
    ['ENETUNREACH', 'unreachable'],
    ['ECONNRESET', 'network'],
    ['EPIPE', 'network'],
    ['UND_ERR_SOCKET', 'network'],
    ['ETIMEDOUT', 'timeout'],
    ['UND_ERR_CONNECT_TIMEOUT', 'timeout'],
    ['UND_ERR_HEADERS_TIMEOUT', 'timeout'],
    ['UND_ERR_BODY_TIMEOUT', 'timeout'],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 'misconfigured'],
    ['CERT_HAS_EXPIRED', 'misconfigured'],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'misconfigured'],
  ] as const)('judges an error by its code %s: %s, its own or its cause’s', (code, kind) => {
    expect(classify(errorWith({ code }))).toBe(kind);
    // what the platform's fetch throws
    expect(classify(new TypeError('fetch failed', { cause: errorWith({ code }) }))).toBe(kind);
  });

  it.each([
    { name: 'a kind of our vocabulary', error: errorWith({ kind: 'quota' }), kind: 'quota' },
    {
      name: 'a timeout of AbortSignal.timeout',
      error: new DOMException('x', 'TimeoutError'),
      kind: 'timeout',
    },
    { name: 'an error that says nothing', error: new Error('boom'), kind: 'server-error' },
    { name: 'an unknown kind', error: errorWith({ kind: 'toString' }), kind: 'server-error' },
    { name: 'an unknown code', error: errorWith({ code: 'constructor' }), kind: 'server-error' },
    { name: 'a status that is no failure', error: errorWith({ status: 200 }), kind: 'server-error' },
    { name: 'a status in words', error: errorWith({ status: 'NOT_FOUND' }), kind: 'server-error' },
  ] as const)('takes $name for $kind', ({ error, kind }) => {
    expect(classify(error)).toBe(kind);
  });

  it('stops at causes that lead back to themselves', () => {
    const error = new Error('round');
    error.cause = error;
    expect(classify(error)).toBe('server-error');
  });

  it.each([
    new TypeError('x is not a function'),
    new ReferenceError('x is not defined'),
    new RangeError('too deep'),
    new SyntaxError('not JSON'),
    new ConfigError('c', 'a mistake in the configuration'),
    new UsageError('u', 'a mistake of the caller'),
    'a string',
    undefined,
    null,
    7,
  ])('finds no kind for what is no failure of a provider: %s', (error) => {
    expect(classify(error)).toBeNull();
  });
});

describe('a program’s own judgement', () => {
  it.each([
    { judged: 'quota', kind: 'quota' },
    { judged: 'context-length', kind: 'context-length' },
    { judged: 'cancelled', kind: 'cancelled' },
    { judged: 'transient', kind: 'server-error' },
    { judged: 'permanent', kind: 'bad-request' },
    { judged: 'model-not-found', kind: 'model-not-found' },
    { judged: undefined, kind: 'rate-limit' },
  ] as const)('of $judged makes a rate limit $kind', ({ judged, kind }) => {
    const error = new ProviderError({ kind: 'rate-limit', message: 'no' });
    expect(classifyWith(() => judged, error)).toBe(kind);
  });

  it.each([null, 'nonsense', 'toString'])(
    'that is no word of ours (%s) leaves it to the library',
    (judged) => {
      expect(classifyWith(() => judged as never, errorWith({ status: 429 }))).toBe('rate-limit');
    },
  );

  it('may take a programming error for a passing failure', () => {
    expect(classifyWith(() => 'transient', new TypeError('x'))).toBe('server-error');
  });

  it('sees the error that was thrown', () => {
    const error = new Error('boom');
    let seen: unknown;
    classifyWith((thrown) => {
      seen = thrown;
      return undefined;
    }, error);
    expect(seen).toBe(error);
  });

  it('is not needed', () => {
    expect(classifyWith(undefined, errorWith({ status: 503 }))).toBe('overloaded');
  });
});
