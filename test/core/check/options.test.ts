import { describe, expect, it } from 'vitest';
import { type HealthCheckOptions, Purse, Registry, UsageError } from '../../../src/index.js';

const expectation = { text: 'x', needsCost: false, whenUnknown: null, judge: () => expect.unreachable() };
const notANumber = Number.NaN;

describe('options with which less would be checked than it seems', () => {
  it.each<{ options: HealthCheckOptions; says: string }>([
    ...[0, -1, 1.5, notANumber, '2' as never].flatMap((value) => [
      { options: { repeat: value, atLeast: 1 }, says: 'repeat must be a whole number from 1' },
      { options: { jobs: value }, says: 'jobs must be' },
      { options: { repeat: 3, atLeast: value }, says: 'atLeast must be' },
    ]),
    ...[0, -1, notANumber, Number.POSITIVE_INFINITY, '5s' as never].flatMap((value) => [
      { options: { timeoutMs: value }, says: 'timeoutMs must be a number of milliseconds above 0' },
      { options: { checkTimeoutMs: value }, says: 'checkTimeoutMs must be' },
    ]),
    ...[-1, notANumber, '1' as never].map((maxCostUsd) => ({
      options: { maxCostUsd },
      says: 'maxCostUsd must be a number of US dollars, 0 or more',
    })),
    ...['au/a' as never, null as never, {} as never, [1] as never].flatMap((list) => [
      { options: { required: list }, says: 'required must be a list of names' },
      { options: { optional: list }, says: 'optional must be a list of names' },
    ]),
    { options: { expectations: 'x' as never, level: 'generates' }, says: 'expectations must be a list' },
    { options: { maxCostUsd: 0, purse: new Purse(5) }, says: 'maxCostUsd and purse are two limits' },
    { options: null as never, says: 'the options must be an object' },
    { options: 'level' as never, says: 'the options must be an object' },
    { options: { repeat: 2, atLeast: 3 }, says: 'atLeast 3 is more than repeat 2' },
    { options: { atLeast: 2 }, says: 'atLeast 2 is more than repeat 1' },
    { options: { level: 'modell' as never }, says: 'level must be one of' },
    { options: { expectations: [expectation] }, says: 'expectations: ' },
    { options: { expectations: [expectation], level: 'model' }, says: 'expectations: ' },
  ])('are refused at once: $options', async ({ options, says }) => {
    const registry = new Registry({ env: {} });
    // also before it is known that nobody has the name
    const error = await registry.check(['nobody'], options).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(UsageError);
    expect(error).toMatchObject({ code: 'check-options', message: expect.stringContaining(says) });
  });

  it.each(['ok/a', null, {}, ['ok/a', 1]])('names have to be a list: %s', async (names) => {
    const error = await new Registry({ env: {} }).check(names as never).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(UsageError);
    expect(error).toMatchObject({ code: 'check-options', message: 'the names must be a list' });
  });

  it('are not those that are left open, or at their bounds', async () => {
    const registry = new Registry({ env: {} });
    const options = { repeat: 2, atLeast: 2, jobs: 1, maxCostUsd: 0, timeoutMs: undefined as never };
    const { state } = await registry.check(['mock'], options);
    expect(state).toBe('up');
  });

  it.each([-1, notANumber, undefined as never])('a purse of %s is none', (limitUsd) => {
    expect(() => new Purse(limitUsd)).toThrow(UsageError);
  });
});
