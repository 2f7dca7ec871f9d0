import { healthReport } from '../../src/cli/render/health-report.js';
import { memoryReport } from '../../src/cli/render/memory-report.js';
import { providersReport } from '../../src/cli/render/providers-report.js';
import { resolveReport } from '../../src/cli/render/resolve-report.js';
import { runReport } from '../../src/cli/render/run-report.js';
import type { CheckResult } from '../../src/core/check/result.js';
import type { ChainVerdict } from '../../src/core/check/verdict.js';
import { ProviderError, type Warning } from '../../src/core/errors.js';
import type { ChainEvent } from '../../src/core/events.js';
import type { ProviderInfo } from '../../src/core/provider-info.js';
import type { Resolution } from '../../src/core/resolution.js';
import type { Source } from '../../src/core/source.js';
import { answer, attempt, limited } from '../cli/render/attempt-record.js';

const warnings: readonly Warning[] = [{ code: 'empty-answer', message: 'the answer is empty' }];
const facts = {
  warnings,
  error: new ProviderError({ kind: 'rate-limit', message: 'too many requests', hint: 'wait' }),
  exitCode: 5,
  durationMs: 12,
  now: 1_000,
};
const env: Source = { kind: 'env', key: 'LLM_M1' };
const credential = { source: 'LLM_M1', fingerprint: 'WXYZ' };

const run = {
  ...runReport({
    ...facts,
    spec: 'm1/a',
    answer: answer({ reasoning: 'Hm.' }),
    attempts: [limited(), attempt()],
  }),
  expectations: [{ text: 'contains hello', passed: true, actual: null }],
};

const resolution: Resolution = {
  spec: 'fast',
  error: facts.error,
  tree: [
    {
      name: 'fast',
      kind: 'alias',
      source: { kind: 'flag', key: '--alias' },
      shadows: [env],
      children: [{ name: 'm1/a', kind: 'target', source: null, shadows: [], children: [] }],
    },
  ],
  duplicates: ['m1/a'],
  targets: [
    {
      target: 'm1/a',
      provider: 'm1',
      model: 'a',
      scheme: 'openai',
      endpoint: 'https://h/v1',
      endpointVariable: null,
      source: env,
      credential,
      circuit: { state: 'closed', generation: 0, failures: 1 },
      usable: true,
      notes: warnings,
    },
  ],
};
const resolve = resolveReport({
  ...facts,
  resolutions: [resolution],
  diff: { file: 'production.env', resolutions: [resolution] },
});

const circuit = {
  state: 'open',
  generation: 1,
  failures: 3,
  openings: 1,
  untilMs: 9_000,
  byRetryAfter: false,
} as const;
const memory = memoryReport({
  ...facts,
  entries: [{ key: 'k', name: 'm1/a', scope: 'target', circuit, kind: 'rate-limit', updatedAtMs: 900 }],
});

const invalid: ProviderInfo = {
  name: 'm2',
  scheme: null,
  dialect: null,
  endpoint: null,
  endpointVariable: null,
  source: env,
  shadows: [env],
  credential: null,
  status: 'invalid',
  problem: 'LLM_M2: an unknown scheme',
  hint: null,
  warnings: [],
  defaultModel: null,
  models: [],
  tuning: {},
  price: { input: null, output: null },
  circuit: null,
  provider: null,
};
const ready: ProviderInfo = {
  ...invalid,
  name: 'm1',
  scheme: 'openai',
  dialect: 'openai',
  endpoint: 'https://h/v1',
  endpointVariable: 'OPENAI_BASE_URL',
  credential,
  status: 'ready',
  problem: null,
  warnings,
  defaultModel: 'a',
  models: ['a'],
  tuning: {
    attemptTimeoutMs: 1,
    connectTimeoutMs: 2,
    firstTokenTimeoutMs: 3,
    idleTimeoutMs: 4,
    retries: 0,
    maxTokens: 9,
  },
  price: { input: 1, output: 0.5 },
  circuit,
};
const listing = {
  provider: 'm1',
  models: ['b'],
  error: new ProviderError({ kind: 'timeout', message: 'too slow', hint: 'wait' }),
  durationMs: 9,
};
const providers = providersReport({
  ...facts,
  providers: [
    { info: ready, listing, aliases: ['fast'] },
    { info: invalid, listing: null, aliases: [] },
  ],
  ignored: [{ key: 'LLM_MODEL', reason: 'it is no DSN' }],
  folded: 2,
  matches: () => true,
});

const check: CheckResult = {
  subject: 'm1/a',
  provider: 'm1',
  required: true,
  status: 'fail',
  level: 'generates',
  levelReached: 'model',
  kind: 'quota',
  httpStatus: 429,
  message: 'no credits left',
  expected: 'a',
  hint: 'pay',
  durationMs: 12,
  certificateDays: 40,
  phases: { dnsMs: 1.2, connectMs: 2, tlsMs: 3, firstByteMs: 4 },
  generated: [
    {
      text: 'OK',
      usage: { inputTokens: 1, outputTokens: 1, reasoningTokens: null, cachedInputTokens: null },
      finishReason: 'stop',
      costUsd: 0.1,
      firstTokenMs: 1,
      durationMs: 2,
    },
  ],
  repeats: { passed: 4, total: 5 },
  expectations: [{ text: 'contains:hello', passed: true, actual: 'hi' }],
};
const { generated } = check;
const steps = [
  {
    failed: ['m1/a'],
    status: 'pass' as const,
    answeredBy: 'm2/b',
    message: null,
    durationMs: 3,
    usd: 0.1,
    generated,
  },
  {
    failed: ['m1/a', 'm2/b'],
    status: 'skip' as const,
    answeredBy: null,
    message: 'not asked',
    durationMs: 0,
    usd: null,
    generated: [],
  },
];
const chain: ChainVerdict = {
  spec: 'fast',
  required: true,
  state: 'down',
  firstHealthy: 'm1/a',
  answeredBy: 'm1/a',
  targets: ['m1/a'],
  drill: steps,
};
const found = { state: 'down', checks: [check], chains: [chain], warnings, cutShort: false } as const;
const health = healthReport({ ...facts, found });

const events: readonly ChainEvent[] = [
  { type: 'attempt-start', attempt: 1, target: 'm1/a', atMs: 1, beside: 'm2/a' },
  { type: 'text-delta', attempt: 1, text: 'hel' },
  { type: 'reasoning-delta', attempt: 1, text: 'Hm.' },
  { type: 'attempt-end', attempt: 1, record: limited(), nextTarget: 'm1/a', waitMs: 1, hint: null },
  { type: 'warning', warning: { code: 'empty-answer', message: 'the answer is empty' } },
];

/** Values that each schema accepts, in which every object that it knows of is to be found. */
export const samples: Readonly<Record<string, readonly unknown[]>> = {
  run: [run],
  resolve: [resolve],
  memory: [memory],
  health: [health],
  providers: [providers],
  'run-events': [...events, run],
};
