import fc from 'fast-check';
import { beforeAll, expect, it } from 'vitest';
import {
  type ChainConfig,
  ChainError,
  drillChain,
  type ErrorKind,
  foreseenDrill,
  ProviderError,
  type ProviderErrorOptions,
  Registry,
} from '../../../src/index.js';
import { ManualClock } from '../../support/manual-clock.js';
import { type Script, says, scriptedProvider } from '../../support/scripted-provider.js';

type Does = 'answers' | 'keyless' | ProviderErrorOptions;

interface Scene {
  /** Each target's provider, by its number, and what the target does each time it is asked. */
  readonly targets: readonly { readonly provider: number; readonly does: Does }[];
  /** Of each provider, as a DSN says it. */
  readonly retries: readonly (number | null)[];
  readonly threshold: number;
  readonly config: ChainConfig;
}

const down: Does = { kind: 'server-error', message: 'down', httpStatus: 503 };

const failures = fc.oneof(
  fc
    .constantFrom<ErrorKind>('unreachable', 'network', 'timeout', 'quota', 'misconfigured')
    .map((kind) => ({ kind })),
  fc.constant({ kind: 'timeout' as const, phase: 'connect' as const }),
  fc
    .constantFrom<ErrorKind>('overloaded', 'server-error', 'model-not-found', 'context-length')
    .map((kind) => ({ kind, httpStatus: 500 })),
  fc
    .constantFrom(0, 2_000, 30_000)
    .map((retryAfterMs) => ({ kind: 'rate-limit' as const, retryAfterMs, httpStatus: 429 })),
  fc.constantFrom<ErrorKind>('auth', 'bad-request').map((kind) => ({ kind, httpStatus: 400 })),
);

const scenes: fc.Arbitrary<Scene> = fc.record({
  targets: fc.array(
    fc.record({
      provider: fc.nat({ max: 2 }),
      does: fc.oneof(
        { weight: 2, arbitrary: fc.constant<Does>('answers') },
        { weight: 1, arbitrary: fc.constant<Does>('keyless') },
        { weight: 6, arbitrary: failures.map((failure): Does => ({ message: 'it fails', ...failure })) },
      ),
    }),
    { minLength: 2, maxLength: 7 },
  ),
  retries: fc.array(fc.constantFrom(null, 0, 1, 2, 9), { minLength: 3, maxLength: 3 }),
  threshold: fc.integer({ min: 1, max: 4 }),
  config: fc.record({
    maxAttempts: fc.constantFrom(1, 2, 3, 5, 10),
    advanceOnPermanent: fc.boolean(),
    hedgeMs: fc.constantFrom(null, 1_000),
    transientRetries: fc.constantFrom(-1, 0, 2),
  }),
});

/** A chain whose targets do as told; the first `failed` of them are down. A key is a provider's, so a keyless target has its own. */
function rig({ targets, retries, threshold, config }: Scene, failed = 0) {
  const clock = new ManualClock();
  const registry = new Registry({ env: {}, clock, chain: config, health: { threshold }, random: () => 0.5 });
  const named = targets.map(({ provider, does }, index) => {
    const name = does === 'keyless' ? `k${index}` : `p${provider}`;
    return { name, model: `m${index}`, does: index < failed ? down : does, provider };
  });
  for (const { name, provider, does } of named) {
    const own = named.filter((other) => other.name === name);
    const models = Object.fromEntries(own.map((other) => [other.model, [scriptOf(other.does)] as const]));
    const missing = does === 'keyless' ? ({ reason: 'no-credential', message: 'set K' } as const) : null;
    const tuning = { retries: retries[provider] ?? null };
    registry.registerProvider({
      ...scriptedProvider(name, { models }, { clock, seen: [] as never }),
      prepare: async () => missing,
      ...(tuning.retries !== null && { tuning: { retries: tuning.retries } }),
    });
  }
  const spec = named.map(({ name, model }) => `${name}/${model}`).join(',');
  return { clock, registry, chain: registry.parse(spec), spec };
}

function scriptOf(does: Does): Script {
  if (does === 'answers' || does === 'keyless') return says('OK');
  return [{ type: 'fail', error: new ProviderError(does) }];
}

/** Who answers a run, its first targets being down. */
async function servedBy(scene: Scene, failed: number): Promise<string | null> {
  const { clock, chain } = rig(scene, failed);
  const run = chain.generate({ prompt: 'Hi' }).catch((error: unknown) => {
    if (!(error instanceof ChainError)) throw error;
    return { servedBy: null };
  });
  return (await clock.drive(run)).servedBy;
}

// loaded with the first check, which no manual clock knows of
beforeAll(() => new Registry({ env: {} }).check(['mock']));

it('what is said of a chain, and each step of its drill, foreseen or made, is what a run does', async () => {
  await fc.assert(
    fc.asyncProperty(scenes, async (scene) => {
      const { clock, registry, chain, spec } = rig(scene);
      const report = await clock.drive(registry.check([spec], { level: 'generates' }));
      const answered = await servedBy(scene, 0);
      expect(report.chains.map(({ answeredBy }) => answeredBy)).toEqual([answered]);
      const [verdict] = report.chains;
      const codes = report.warnings.map(({ code }) => code);
      const isSilent = answered === null && verdict?.firstHealthy !== null;
      expect(codes.length).toBe(isSilent ? 1 : 0);
      if (isSilent && codes[0] === 'attempts-used-up') expect(verdict?.state).toBe('down');

      const results = new Map(report.checks.map((check) => [check.subject, check]));
      const priceOf = async () => 0;
      const { signal } = new AbortController();
      const options = { request: { prompt: 'Hi' }, clock, signal, timeoutMs: 600_000, priceOf };
      const made = await clock.drive(drillChain(chain, options));
      const foreseen = await foreseenDrill(chain, results);
      const expected = await Promise.all(
        scene.targets.slice(1).map((_, index) => servedBy(scene, index + 1)),
      );
      const nameOf = ({ answeredBy }: { answeredBy: string | null }) => answeredBy;
      expect({ made: made.map(nameOf), foreseen: foreseen.map(nameOf) }).toEqual({
        made: expected,
        foreseen: expected,
      });
    }),
    { numRuns: 300 },
  );
});
