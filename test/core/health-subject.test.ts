import { expect, it } from 'vitest';
import { healthSubject } from '../../src/core/health-subject.js';
import type { Provider } from '../../src/core/ports.js';

it('what is remembered of a target can be copied, key and all', () => {
  const target = { target: 'm1/x', provider: 'm1', model: 'x' };
  const subject = healthSubject(target, { healthKey: 'k1' } as Provider);
  const expected = { provider: { key: 'k1', name: 'm1' }, target: { key: 'k1 x', name: 'm1/x' } };
  expect(JSON.parse(JSON.stringify(subject))).toEqual(expected);
  expect({ ...subject.target }).toEqual(expected.target);
});
