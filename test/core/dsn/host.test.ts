import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isPlainName } from '../../../src/core/dsn/host.js';

describe('a plain host name', () => {
  const label = fc.string({ unit: fc.constantFrom(...'axn09--_A'), maxLength: 6 });
  const name = fc.array(label, { minLength: 1, maxLength: 4 }).map((labels) => labels.join('.'));

  it('is what URL gives back as it is', () => {
    fc.assert(
      fc.property(name, (host) => {
        fc.pre(isPlainName(host));
        expect(new URL(`http://${host}/`).hostname).toBe(host);
      }),
      { numRuns: 2000 },
    );
  });

  it.each([
    { host: 'gateway-1.corp.example', is: true },
    { host: `${'a'.repeat(63)}.example`, is: true },
    { host: `${'a'.repeat(64)}.example`, is: false },
    { host: Array.from({ length: 64 }, () => 'abc').join('.'), is: false },
    { host: 'xn--a', is: false },
    { host: 'a.', is: false },
    { host: 'a.0x1', is: false },
    { host: '127.0.0.1', is: false },
    { host: 'Host', is: false },
    { host: '', is: false },
  ])('$host: $is', ({ host, is }) => {
    expect(isPlainName(host)).toBe(is);
  });
});
