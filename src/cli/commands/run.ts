import { CancelledError } from '../../core/chain-error.js';
import type { ChainRequest, StreamOptions } from '../../core/chain-parts.js';
import type { Warning } from '../../core/errors.js';
import type { Answer, Attempt, ChainEvent } from '../../core/events.js';
import type { Chain } from '../../index.js';
import { type Process, wantsColor } from '../context.js';
import { defaultModel } from '../default-model.js';
import { exitCodeOf, exitCodes } from '../exit-codes.js';
import { Interruption } from '../interruption.js';
import { Output } from '../output.js';
import { readPrompt } from '../prompt.js';
import { errorLines } from '../render/error-lines.js';
import { JsonRenderer, NdjsonRenderer } from '../render/json.js';
import { Notices } from '../render/notices.js';
import { type RunReport, runReport } from '../render/run-report.js';
import { Spinner } from '../render/spinner.js';
import { TextRenderer } from '../render/text.js';
import { trailLines, usageLine } from '../render/trail.js';
import { requestOptions } from '../request-options.js';
import { setUp } from '../setup.js';
import type { RunFlags } from './run-flags.js';

interface RunContext {
  readonly flags: RunFlags;
  readonly process: Process;
}

interface Renderer {
  onEvent(event: ChainEvent): void;
  end(report: RunReport): void;
}

/** `majordomo run`: reads flags, builds the chain, lets renderers tell what happens. Resolves to the exit code. */
export async function run(words: readonly string[], context: RunContext): Promise<number> {
  const { process } = context;
  const interruption = new Interruption(process);
  const output = new Output(process.stdout, () => interruption.closedOutput());
  const screen = await openScreen(context, output);
  try {
    const report = await answer(words, { ...context, interruption, screen });
    screen.spinner?.stop();
    screen.renderer.end(report);
    await output.end();
    return output.closed ? exitCodes.done : report.exitCode;
  } catch (error) {
    // Only standard output itself can fail here: a full disk.
    const code = (error as NodeJS.ErrnoException).code;
    if (code === undefined) throw error;
    screen.notices.line(`majordomo: standard output cannot be written (${code})`, 'red');
    return exitCodes.bug;
  } finally {
    screen.spinner?.stop();
    interruption.dispose();
  }
}

interface Screen {
  readonly live: boolean;
  readonly renderer: Renderer;
  readonly notices: Notices;
  readonly spinner: Spinner | null;
}

async function openScreen({ flags, process }: RunContext, output: Output): Promise<Screen> {
  const { stdout, stderr, env } = process;
  const format = flags.json === true ? 'json' : (flags.format ?? (stdout.isTTY ? 'pretty' : 'plain'));
  const live = flags.stream === true || (flags.stream !== false && stdout.isTTY === true);
  const quiet = flags.quiet === true;
  const colored = wantsColor({ flag: flags.color, env, isTTY: stderr.isTTY === true });
  const color = colored ? new (await import('chalk')).Chalk({ level: 1 }) : null;
  const spinner =
    stderr.isTTY === true && !quiet && env.TERM !== 'dumb' ? new Spinner(stderr, colored) : null;
  const notices = new Notices({ stderr, quiet, color, spinner });
  return { live, notices, spinner, renderer: rendererFor(format, { flags, process, output, live }) };
}

function rendererFor(
  format: NonNullable<RunFlags['format']>,
  at: RunContext & { output: Output; live: boolean },
): Renderer {
  const { flags, process, output, live } = at;
  switch (format) {
    case 'json':
      return new JsonRenderer(output);
    case 'ndjson':
      return new NdjsonRenderer(output);
    case 'pretty':
    case 'plain': {
      const sanitize =
        flags.sanitize === 'always' || (flags.sanitize === 'auto' && process.stdout.isTTY === true);
      const neutralize = flags.sanitize !== 'never' && process.env.GITHUB_ACTIONS === 'true';
      return new TextRenderer({ output, live, sanitize, neutralize });
    }
    default:
      return format satisfies never;
  }
}

interface Asking extends RunContext {
  readonly interruption: Interruption;
  readonly screen: Screen;
}

async function answer(words: readonly string[], asking: Asking): Promise<RunReport> {
  const { flags, interruption, screen } = asking;
  const { notices } = screen;
  const startedMs = performance.now();
  const attempts: Attempt[] = [];
  const warnings: Warning[] = [];
  let spec = '';
  let found: Answer | null = null;
  let error: unknown = null;
  try {
    const prepared = await prepare(words, asking);
    spec = prepared.chain.spec;
    for (const warning of prepared.warnings) {
      warnings.push(warning);
      notices.notice(warning.message);
    }
    for await (const event of prepared.chain.stream(prepared.request, prepared.options)) {
      if (event.type === 'attempt-end') attempts.push(event.record);
      if (event.type === 'warning') warnings.push(event.warning);
      if (event.type === 'chain-end') found = event.answer;
      follow(event, screen);
    }
  } catch (thrown) {
    error = interruption.signal.aborted ? new CancelledError(attempts) : thrown;
  }
  screen.spinner?.stop();
  const exitCode = error === null ? exitCodes.done : (interruption.exitCode ?? exitCodeOf(error));
  if (flags.verbose === true) for (const line of trailLines(attempts)) notices.line(line, 'dim');
  if (found !== null && flags.usage === true) notices.line(usageLine(found), 'dim');
  if (error !== null && !interruption.signal.aborted) {
    for (const [index, line] of errorLines(error).entries())
      notices.line(line, index === 0 ? 'red' : undefined);
  }
  const durationMs = performance.now() - startedMs;
  return runReport({ spec, answer: found, error, attempts, warnings, exitCode, durationMs });
}

interface Prepared {
  readonly chain: Chain;
  readonly request: ChainRequest;
  readonly options: StreamOptions;
  readonly warnings: readonly Warning[];
}

async function prepare(
  words: readonly string[],
  { flags, process, interruption, screen }: Asking,
): Promise<Prepared> {
  const { system, maxTokens, temperature } = flags;
  const options = requestOptions(flags.option ?? []);
  const setup = await setUp(flags, process.env);
  const spec = flags.model ?? defaultModel(setup);
  const chain = setup.registry.parse(spec);
  const prompt = await readPrompt({
    words,
    stdin: flags.stdin,
    process,
    signal: interruption.signal,
    onWaiting: () => screen.notices.notice('waiting for standard input to end; --no-stdin leaves it alone'),
  });
  const request: ChainRequest = {
    ...options,
    prompt,
    ...(system === undefined ? {} : { system }),
    ...(maxTokens === undefined ? {} : { maxTokens }),
    ...(temperature === undefined ? {} : { temperature }),
    whole: flags.stream === false,
  };
  return {
    chain,
    request,
    options: streamOptions(flags, { screen, interruption }),
    warnings: setup.warnings,
  };
}

function streamOptions(flags: RunFlags, at: { screen: Screen; interruption: Interruption }): StreamOptions {
  const { screen } = at;
  const text = screen.renderer instanceof TextRenderer;
  const given = {
    transientRetries: flags.retries,
    maxAttempts: flags.maxAttempts,
    timeoutMs: flags.timeout,
    attemptTimeoutMs: flags.attemptTimeout,
    firstTokenTimeoutMs: flags.firstTokenTimeout,
    idleTimeoutMs: flags.idleTimeout,
    advanceOnPermanent: flags.advanceOnPermanent,
  };
  const set = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  return {
    ...set,
    failover: flags.failover,
    signal: at.interruption.signal,
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
