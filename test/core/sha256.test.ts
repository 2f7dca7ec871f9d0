import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sha256 } from '../../src/core/sha256.js';

const reference = (text: string): string => createHash('sha256').update(text).digest('hex');

describe('the hash of health keys', () => {
  it.each([0, 1, 54, 55, 56, 57, 63, 64, 65, 119, 120, 128, 1000])(
    'is SHA-256 of a text of %i bytes',
    (length) => {
      expect(sha256('x'.repeat(length))).toBe(reference('x'.repeat(length)));
    },
  );

  it('is that of any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (text) => {
        expect(sha256(text)).toBe(reference(text));
      }),
    );
  });
});
