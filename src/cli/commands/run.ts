import { CancelledError } from '../../core/chain/error.js';
import type { ChainRequest, StreamOptions } from '../../core/chain/parts.js';
import type { Chain } from '../../core/chain.js';
import { placedError } from '../../core/error-place.js';
import { UsageError, type Warning } from '../../core/errors.js';
import type { Answer, Attempt, ChainEvent } from '../../core/events.js';
import type { Expectation, ExpectationResult } from '../../core/expectation.js';
import { foundBy, judgeAll } from '../../core/judgements.js';
import { shown } from '../../core/shown.js';
import { orAborted } from '../../core/waiting.js';
import type { Registry } from '../../registry.js';
import { systemClock } from '../../system-clock.js';
import { defaultModel } from '../default-model.js';
import { exitCodeOf, exitCodes } from '../exit-codes.js';
import type { Pair } from '../flags.js';
import { Interruption } from '../interruption.js';
import { Output } from '../output.js';
import { OutputError } from '../output-error.js';
import { readPrompt } from '../prompt.js';
import { type RunReport, runReport } from '../render/run-report.js';
import { TextRenderer } from '../render/text.js';
import { trailLines, usageLine } from '../render/trail.js';
import { lookalikes, requestOptions, strangers } from '../request-options.js';
import { openScreen, type RunContext, type Screen } from '../screen.js';
import { fromFlag, setUp } from '../setup.js';

/** `majordomo run`: reads flags, builds the chain, lets renderers tell what happens. Resolves to the exit code. */
export async function run(words: readonly string[], context: RunContext): Promise<number> {
  const { process } = context;
  const interruption = new Interruption(process);
  const output = new Output(process.stdout, () => interruption.closedOutput());
  const screen = await openScreen(context, output);
  try {
    const ended = await ask(words, { ...context, interruption, screen });
    // A reader that goes away only now has no say any more: a chain that failed has failed.
    const interrupted = interruption.signal.aborted;
    screen.spinner?.stop();
    // Nothing is left to abort, and no handler could run while a reader that does not read blocks the writing.
    interruption.dispose();
    screen.renderer.end(ended.report);
    await output.end();
    if (!interrupted) tell(ended, { ...context, screen });
    return ended.report.exitCode;
  } catch (error) {
    // standard output itself: a full disk
    if (!(error instanceof OutputError)) throw error;
    screen.notices.line(`majordomo: ${error.message}`, 'red');
    return exitCodes.output;
  } finally {
    screen.spinner?.stop();
    interruption.dispose();
  }
}

interface Ended {
  readonly report: RunReport;
  readonly answer: Answer | null;
  readonly error: unknown;
  /** In the order of those in the report. */
  readonly expectations: readonly Expectation[];
}

/** What is said when the answer stands: attempts, usage, and why there is none. */
function tell(
  { report, answer, error, expectations }: Ended,
  { flags, screen }: RunContext & { screen: Screen },
): void {
  const { notices } = screen;
  if (flags.verbose === true) for (const line of trailLines(report.attempts)) notices.line(line, 'dim');
  if (answer !== null && flags.usage === true) notices.line(usageLine(answer), 'dim');
  for (const [index, result] of report.expectations.entries()) {
    const found = foundBy(result) ?? expectations[index]?.whenUnknown ?? 'not known';
    if (!result.passed) notices.line(`✗ expected ${result.text}: ${found}`, 'red');
  }
  // the lines of -v are the attempts
  if (error !== null) notices.failure(error, { attemptsTold: flags.verbose === true });
}

interface Asking extends RunContext {
  readonly interruption: Interruption;
  readonly screen: Screen;
}

async function ask(words: readonly string[], asking: Asking): Promise<Ended> {
  const { interruption, screen } = asking;
  const startedMs = systemClock.monotonic();
  const attempts: Attempt[] = [];
  const warnings: Warning[] = [];
  let spec = '';
  let found: Answer | null = null;
  let error: unknown = null;
  let registry: Registry | null = null;
  let expectations: readonly Expectation[] = [];
  let judged: readonly ExpectationResult[] = [];
  try {
    const { signal } = interruption;
    const setup = await orAborted(setUp(asking.flags, asking.process), signal);
    registry = setup.registry;
    const warn = (warning: Warning): void => {
      warnings.push(warning);
      screen.notices.notice(warning.message);
    };
    setup.warnings.forEach(warn);
    const named = asking.flags.model;
    const chosen = named === undefined ? defaultModel(setup) : { spec: named, place: null };
    spec = chosen.spec;
    const chain = await drilled(parsed(setup.registry, chosen), asking.flags.inject);
    expectations = await readExpectations(asking.flags.expect);
    const request = await readRequest(words, { ...asking, warn });
    for (const warning of [...lookalikes(request), ...strangers(request, chain.targets)]) warn(warning);
    for await (const event of chain.stream(request, streamOptions(asking))) {
      if (event.type === 'attempt-end') attempts.push(event.record);
      if (event.type === 'warning') warnings.push(event.warning);
      if (event.type === 'chain-end') found = event.answer;
      follow(event, screen);
    }
    if (found !== null) judged = await judge(expectations, { answer: found, registry });
  } catch (thrown) {
    error = interruption.signal.aborted ? new CancelledError(attempts) : thrown;
  } finally {
    await registry?.health.close();
  }
  const isMet = judged.every(({ passed }) => passed);
  const done = isMet ? exitCodes.done : exitCodes.negative;
  const exitCode = error === null ? done : (interruption.exitCode ?? exitCodeOf(error));
  const durationMs = systemClock.monotonic() - startedMs;
  const facts = { spec, answer: found, error, attempts, warnings, expectations: judged };
  const report = runReport({ ...facts, exitCode, durationMs });
  return { report, answer: found, error, expectations };
}

/** With `--expect`: read before anything is sent, and loaded only then. */
async function readExpectations(texts: readonly string[] = []): Promise<readonly Expectation[]> {
  if (texts.length === 0) return [];
  const { readExpectation } = await import('../../config/expectations.js');
  return Promise.all(texts.map(readExpectation));
}

/** Where the price of an answer matters and its DSN does not tell it, the catalogue is asked. */
async function judge(
  expectations: readonly Expectation[],
  { answer, registry }: { readonly answer: Answer; readonly registry: Registry },
): Promise<readonly ExpectationResult[]> {
  const slash = answer.servedBy.indexOf('/');
  const provider = registry.provider(answer.servedBy.slice(0, slash));
  let { costUsd } = answer;
  if (costUsd === null && expectations.some(({ needsCost }) => needsCost)) {
    const { cataloguePrice } = await import('../../providers/catalogue.js');
    const endpoint = provider?.endpoint ?? null;
    costUsd = await cataloguePrice({
      endpoint,
      model: answer.servedBy.slice(slash + 1),
      usage: answer.usage,
    });
  }
  return judgeAll(expectations, { ...answer, costUsd, scrub: provider?.scrub });
}

const notUtf8: Warning = {
  code: 'stdin-not-utf8',
  message: 'standard input is not UTF-8 throughout: what is not was replaced by �',
};

/** The chain of a spec; what is wrong with one that nobody has typed now is told with its place. */
function parsed(registry: Registry, { spec, place }: { spec: string; place: string | null }): Chain {
  try {
    return registry.parse(spec);
  } catch (error) {
    throw placedError(error, place);
  }
}

/** With `--inject`: what is injected is loaded only then. */
async function drilled(chain: Chain, faults: readonly Pair[] | undefined): Promise<Chain> {
  if (faults === undefined) return chain;
  const { injectFaults } = await import('../../providers/inject.js');
  const twice = faults.find(({ key }, index) => faults.findIndex((other) => other.key === key) !== index);
  if (twice !== undefined) {
    throw new UsageError(
      'inject',
      `--inject names ${shown(twice.key)} twice`,
      'write its faults as one script: 429:2,503',
    );
  }
  try {
    return injectFaults(chain, Object.fromEntries(faults.map(({ key, value }) => [key, value])));
  } catch (error) {
    throw fromFlag(error);
  }
}

async function readRequest(
  words: readonly string[],
  { flags, process, interruption, screen, warn }: Asking & { readonly warn: (warning: Warning) => void },
): Promise<ChainRequest> {
  const { system, maxTokens, temperature } = flags;
  const options = requestOptions(flags.option ?? []);
  const prompt = await readPrompt({
    words,
    stdin: flags.stdin,
    process,
    signal: interruption.signal,
    onWaiting: () => screen.notices.notice('waiting for standard input to end; --no-stdin leaves it alone'),
    onGarbled: () => warn(notUtf8),
  });
  return {
    ...options,
    prompt,
    ...(system === undefined ? {} : { system }),
    ...(maxTokens === undefined ? {} : { maxTokens }),
    ...(temperature === undefined ? {} : { temperature }),
    whole: flags.stream === false,
  };
}

function streamOptions({ flags, screen, interruption }: Asking): StreamOptions {
  const text = screen.renderer instanceof TextRenderer;
  const given = {
    transientRetries: flags.retries,
    maxAttempts: flags.maxAttempts,
    timeoutMs: flags.timeout,
    attemptTimeoutMs: flags.attemptTimeout,
    firstTokenTimeoutMs: flags.firstTokenTimeout,
    idleTimeoutMs: flags.idleTimeout,
    hedgeMs: flags.hedge,
    advanceOnPermanent: flags.advanceOnPermanent,
  };
  const set = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  return {
    ...set,
    failover: flags.failover,
    signal: interruption.signal,
    commit: text && screen.live ? 'first-text' : 'finish',
  };
}

function follow(event: ChainEvent, { renderer, notices, spinner, live }: Screen): void {
  if (event.type === 'attempt-start') spinner?.show(event.target);
  if (event.type === 'reasoning-delta') spinner?.show('thinking');
  if (event.type === 'text-delta' && live) spinner?.stop();
  notices.onEvent(event);
  renderer.onEvent(event);
}
