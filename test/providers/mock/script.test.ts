import { describe, expect, it } from 'vitest';
import { dispositions } from '../../../src/core/classify.js';
import { ConfigError } from '../../../src/core/errors.js';
import { faults } from '../../../src/providers/mock/faults.js';
import { FaultScript, parseFaultScript } from '../../../src/providers/mock/script.js';

const plain = { status: null, tokens: 0, durationMs: null, phase: null, count: 1 };

describe('a step of a script', () => {
  it.each([
    { text: 'ok', step: { name: 'ok' } },
    { text: '503', step: { name: 'http-status', status: 503 } },
    { text: '307', step: { name: 'http-status', status: 307 } },
    { text: '429:2', step: { name: 'http-status', status: 429, durationMs: 2000 } },
    { text: '429:2s', step: { name: 'http-status', status: 429, durationMs: 2000 } },
    { text: '429:0.5', step: { name: 'http-status', status: 429, durationMs: 500 } },
    { text: '429:0', step: { name: 'http-status', status: 429, durationMs: 0 } },
    { text: '503:1500ms*2', step: { name: 'http-status', status: 503, durationMs: 1500, count: 2 } },
    { text: '503*', step: { name: 'http-status', status: 503, count: Number.POSITIVE_INFINITY } },
    { text: 'rate-limit:72h', step: { name: 'rate-limit', durationMs: 259_200_000 } },
    { text: 'overloaded:3', step: { name: 'overloaded', durationMs: 3000 } },
    { text: 'server-error:3', step: { name: 'server-error', durationMs: 3000 } },
    { text: 'timeout', step: { name: 'timeout', phase: 'first-token' } },
    { text: 'timeout:connect', step: { name: 'timeout', phase: 'connect' } },
    { text: 'timeout:idle*3', step: { name: 'timeout', phase: 'idle', count: 3 } },
    { text: 'silent', step: { name: 'silent' } },
    { text: 'silent:120s', step: { name: 'silent', durationMs: 120_000 } },
    { text: 'late:20s', step: { name: 'late', durationMs: 20_000 } },
    { text: 'busy:1m', step: { name: 'busy', durationMs: 60_000 } },
    { text: 'slow:50ms', step: { name: 'slow', durationMs: 50 } },
    { text: 'outage:60s', step: { name: 'outage', durationMs: 60_000 } },
    { text: 'cut', step: { name: 'cut', tokens: 1 } },
    { text: 'cut:40', step: { name: 'cut', tokens: 40 } },
    { text: 'truncate', step: { name: 'truncate', tokens: 1 } },
    { text: 'truncate:0', step: { name: 'truncate', tokens: 0 } },
    { text: 'stall', step: { name: 'stall', tokens: 1 } },
    { text: 'stall:20', step: { name: 'stall', tokens: 20 } },
    { text: 'stall:20:30s', step: { name: 'stall', tokens: 20, durationMs: 30_000 } },
    { text: 'garble', step: { name: 'garble', tokens: 1 } },
    { text: 'garble:10', step: { name: 'garble', tokens: 10 } },
    { text: 'error-in-stream', step: { name: 'error-in-stream', tokens: 0 } },
    { text: 'error-in-stream:5', step: { name: 'error-in-stream', tokens: 5 } },
    { text: 'refusal', step: { name: 'refusal', tokens: 0 } },
    { text: 'refusal:5', step: { name: 'refusal', tokens: 5 } },
    { text: 'html', step: { name: 'html', status: 502 } },
    { text: 'html:200', step: { name: 'html', status: 200 } },
    { text: 'html:504', step: { name: 'html', status: 504 } },
  ])('$text is read', ({ text, step }) => {
    expect(parseFaultScript(text)).toEqual([{ ...plain, ...step }]);
  });

  it.each(
    Object.entries(faults)
      .filter(([, row]) => row.argument !== 'wait')
      .map(([name]) => ({ name })),
  )('$name stands alone, with a count or for ever', ({ name }) => {
    const [once, twice, ever] = parseFaultScript(`${name},${name}*2,${name}*`);
    expect([once, twice, ever]).toMatchObject([
      { name, count: 1 },
      { name, count: 2 },
      { name, count: Number.POSITIVE_INFINITY },
    ]);
  });

  it('has a name for every kind of error that a provider may cause', () => {
    const kinds = Object.keys(dispositions).filter((kind) => kind !== 'cancelled');
    expect(Object.keys(faults)).toEqual(expect.arrayContaining(kinds));
  });

  it('may have spaces around it', () => {
    expect(parseFaultScript(' 503 , ok').map((step) => step.name)).toEqual(['http-status', 'ok']);
  });
});

const mistakes = [
  { text: '', what: 'no fault', at: [1, 1], mend: 'Name one' },
  { text: '503,,ok', what: 'no fault', at: [2, 5], mend: 'single commas' },
  { text: '503,', what: 'no fault', at: [2, 5], mend: 'single commas' },
  { text: ',503', what: 'no fault', at: [1, 1], mend: 'single commas' },
  { text: 'rest', what: 'an unknown fault', at: [1, 1], mend: 'Did you mean reset?' },
  { text: 'ok, Slient', what: 'an unknown fault', at: [2, 5], mend: 'Did you mean silent?' },
  {
    text: 'sk-canary-0123456789',
    what: 'an unknown fault',
    at: [1, 1],
    mend: 'Known are HTTP statuses and ok,',
  },
  { text: 'cancelled', what: 'an unknown fault', at: [1, 1], mend: 'Known are HTTP statuses' },
  { text: 'http-status', what: 'an unknown fault', at: [1, 1], mend: 'Known are HTTP statuses' },
  { text: 'constructor', what: 'an unknown fault', at: [1, 1], mend: 'Known are HTTP statuses' },
  { text: ':2', what: 'an unknown fault', at: [1, 1], mend: 'Known are HTTP statuses' },
  { text: '*', what: 'an unknown fault', at: [1, 1], mend: 'Known are HTTP statuses' },
  { text: '200', what: 'an HTTP status out of range', at: [1, 1], mend: 'from 300 to 599' },
  { text: '600', what: 'an HTTP status out of range', at: [1, 1], mend: 'from 300 to 599' },
  { text: '5030000000000', what: 'an HTTP status out of range', at: [1, 1], mend: 'from 300 to 599' },
  { text: '-503', what: 'an unknown fault', at: [1, 1], mend: 'Known are HTTP statuses' },
  { text: '429:', what: 'an unreadable Retry-After', at: [1, 1], mend: '429:2' },
  { text: '429:-1', what: 'an unreadable Retry-After', at: [1, 1], mend: '429:2' },
  { text: '429:canary', what: 'an unreadable Retry-After', at: [1, 1], mend: '429:2' },
  { text: '429:2:3', what: 'an unreadable Retry-After', at: [1, 1], mend: '429:2' },
  { text: '503*0', what: 'an unreadable count', at: [1, 1], mend: '*3' },
  { text: '503*canary', what: 'an unreadable count', at: [1, 1], mend: '*3' },
  { text: 'reset*1.5', what: 'an unreadable count', at: [1, 1], mend: '*3' },
  { text: 'reset*2*3', what: 'an unreadable count', at: [1, 1], mend: '*3' },
  { text: 'reset*-1', what: 'an unreadable count', at: [1, 1], mend: '*3' },
  { text: '503*,ok', what: 'a fault that is never reached', at: [2, 6], mend: 'Only the last step' },
  { text: 'reset:2', what: 'an argument', at: [1, 1], mend: 'takes none' },
  { text: 'auth:', what: 'an argument', at: [1, 1], mend: 'takes none' },
  { text: 'late', what: 'a fault without a readable duration', at: [1, 1], mend: 'late:20s' },
  { text: 'late:20', what: 'a fault without a readable duration', at: [1, 1], mend: 'with its unit' },
  { text: 'silent:canary', what: 'a fault without a readable duration', at: [1, 1], mend: 'with its unit' },
  { text: 'outage', what: 'a fault without a readable duration', at: [1, 1], mend: 'outage:60s' },
  { text: 'outage:60s*2', what: 'an outage with a count', at: [1, 1], mend: 'by its duration' },
  { text: 'outage:60s*', what: 'an outage with a count', at: [1, 1], mend: 'by its duration' },
  { text: 'cut:canary', what: 'an unreadable number of tokens', at: [1, 1], mend: 'from 0 to 1000000' },
  { text: 'cut:', what: 'an unreadable number of tokens', at: [1, 1], mend: 'from 0 to 1000000' },
  { text: 'cut:-1', what: 'an unreadable number of tokens', at: [1, 1], mend: 'from 0 to 1000000' },
  { text: 'garble:0', what: 'an unreadable number of tokens', at: [1, 1], mend: 'from 1 to 1000000' },
  { text: 'stall::30s', what: 'an unreadable number of tokens', at: [1, 1], mend: 'from 0 to 1000000' },
  { text: 'stall:20:30', what: 'a fault without a readable duration', at: [1, 1], mend: 'with its unit' },
  { text: 'html:201', what: 'an HTTP status out of range', at: [1, 1], mend: 'from 300 to 599' },
  {
    text: 'timeout:canary',
    what: 'an unknown timer',
    at: [1, 1],
    mend: 'connect, first-token, idle, attempt',
  },
];

describe('a mistake in a script', () => {
  it.each(mistakes)('"$text" is refused as $what', ({ text, what, at: [step, character], mend }) => {
    const parse = (): unknown => parseFaultScript(text, { subject: 'LLM_M1', part: 'the option fault' });
    expect(parse).toThrow(ConfigError);
    expect(parse).toThrow(expect.objectContaining({ code: 'fault-script' }));
    expect(parse).toThrow(`LLM_M1: ${what} in the option fault, step ${step} (character ${character}). `);
    expect(parse).toThrow(mend);
    expect(parse).not.toThrow(/canary/);
  });

  it('names the script where nobody said whose it is', () => {
    expect(() => parseFaultScript('rest')).toThrow(
      'fault script: an unknown fault in its text, step 1 (character 1).',
    );
  });
});

/** The names of the faults that requests at these times meet. */
function met(script: string, timesMs: readonly number[]): (string | number)[] {
  const faultScript = new FaultScript(parseFaultScript(script));
  return timesMs.map((timeMs) => {
    const step = faultScript.next(timeMs);
    return step.status ?? step.name;
  });
}

describe('successive requests', () => {
  it.each([
    { script: '503', requests: [503, 'ok', 'ok'] },
    { script: '429:2,503', requests: [429, 503, 'ok', 'ok'] },
    { script: 'ok,reset*2', requests: ['ok', 'reset', 'reset', 'ok'] },
    { script: '503*', requests: [503, 503, 503, 503, 503] },
    { script: 'reset,503*', requests: ['reset', 503, 503, 503] },
    { script: '503*3,ok*2,429', requests: [503, 503, 503, 'ok', 'ok', 429, 'ok'] },
  ])('meet $script in its order', ({ script, requests }) => {
    expect(met(script, Array(requests.length).fill(0))).toEqual(requests);
  });

  it.each([
    {
      script: 'outage:60s',
      times: [1000, 30_000, 60_999, 61_000],
      requests: ['outage', 'outage', 'outage', 'ok'],
    },
    { script: 'outage:0s', times: [0], requests: ['ok'] },
    {
      script: 'ok,outage:5s,429',
      times: [0, 100_000, 104_999, 105_000, 105_001],
      requests: ['ok', 'outage', 'outage', 429, 'ok'],
    },
    {
      script: 'outage:5s,outage:5s',
      times: [0, 5000, 9999, 10_000],
      requests: ['outage', 'outage', 'outage', 'ok'],
    },
  ])('meet $script at $times ms', ({ script, times, requests }) => {
    expect(met(script, times)).toEqual(requests);
  });
});
