import { describe, expect, it } from 'vitest';
import { endOfCertificate } from '../../../src/core/check/end.js';

const reached = { dnsMs: null, connectMs: 1, tlsMs: 2 };

describe('the end of a certificate', () => {
  it.each([
    { name: 'a month before', days: 30, left: 0.33, says: null },
    { name: 'two weeks before', days: 14, left: 0.16, says: null },
    { name: 'after that', days: 13, left: 0.15, says: 'its certificate ends in 13 days' },
    { name: 'in the middle of a short life', days: 3, left: 0.5, says: null },
    { name: 'late in a short life', days: 1, left: 0.2, says: 'its certificate ends in 1 day' },
    { name: 'on its last day', days: 0, left: 0.01, says: 'its certificate ends today' },
    {
      name: 'where its whole life is not known',
      days: 13,
      left: null,
      says: 'its certificate ends in 13 days',
    },
    { name: 'where there is none', days: null, left: null, says: null },
  ])('is told in time: $name', ({ days, left, says }) => {
    const end = endOfCertificate({ ...reached, certificateDays: days, certificateLeft: left });
    if (says === null) expect(end).toBeNull();
    else
      expect(end).toMatchObject({ status: 'warn', message: says, hint: expect.stringContaining('renew it') });
  });
});
