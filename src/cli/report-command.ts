import { CancelledError } from '../core/chain/error.js';
import { ConfigError, MajordomoError, StoreError, type Warning } from '../core/errors.js';
import { orAborted } from '../core/waiting.js';
import type { Registry } from '../registry.js';
import { systemClock } from '../system-clock.js';
import type { Process } from './context.js';
import { exitCodeOf, exitCodes } from './exit-codes.js';
import { helpWidth } from './help-layout.js';
import { Interruption } from './interruption.js';
import { Output } from './output.js';
import { visibleJson } from './render/json.js';
import { keyless } from './render/keyless.js';
import type { Notices } from './render/notices.js';
import type { CommonFacts, CommonReport } from './render/report-frame.js';
import type { Live, Spinner } from './render/spinner.js';
import { runnerReads, withoutWorkflowCommands } from './render/workflow-commands.js';
import type { Layout } from './render/wrapped.js';
import { colorFor, openNotices, openSpinner } from './screen.js';
import { type SetupFlags, setUp } from './setup.js';

/** The flags of every command that ends in one report. */
export interface ReportFlags extends SetupFlags {
  readonly format?: 'pretty' | 'plain' | 'json';
  readonly color?: 'auto' | 'always' | 'never';
  readonly quiet?: boolean;
}

interface ReportCommand<Found, Report extends CommonReport> {
  /** What moves on the terminal in place of a spinner. */
  readonly live?: Live | null;
  /** Does the work. What it throws on purpose becomes the report's error. */
  readonly find: (at: {
    readonly registry: Registry;
    readonly notices: Notices;
    readonly warnings: Warning[];
    readonly spinner: Spinner | null;
    /** Aborted by Ctrl-C, and when nobody reads any more. */
    readonly signal: AbortSignal;
  }) => Promise<Found>;
  /** How long the health store is waited for, in milliseconds; a moment by default. */
  readonly storePatienceMs?: number;
  /** What is reported beside an error. */
  readonly nothing: Found;
  /** What to exit with when nothing was thrown; 0 by default. */
  readonly exitCode?: (found: Found) => number;
  /** The same where something was thrown. */
  readonly exitCodeOfError?: (error: unknown) => number;
  readonly report: (found: Found, facts: CommonFacts & { readonly now: number }) => Report;
  /** What else becomes of the report, once it is printed. */
  readonly afterwards?: (
    report: Report,
    at: { readonly now: number; readonly output: Output },
  ) => Promise<void>;
  /** The report for people, or for programs that read lines. */
  readonly lines: (
    report: Report,
    at: {
      readonly now: number;
      readonly format: 'pretty' | 'plain';
      readonly notices: Notices;
      /** For what a person reads on standard output. */
      readonly layout: () => Promise<Layout>;
    },
  ) => readonly string[] | Promise<readonly string[]>;
}

/** Sets a registry up, lets a command look something up in it, and prints the report. Resolves to the exit code. */
export async function reportCommand<Found, Report extends CommonReport>(
  { flags, process }: { readonly flags: ReportFlags; readonly process: Process },
  command: ReportCommand<Found, Report>,
): Promise<number> {
  const interruption = new Interruption(process);
  const { signal } = interruption;
  const output = new Output(process.stdout, () => interruption.closedOutput());
  const spinner = command.live ? null : openSpinner({ flags, process });
  const live = command.live ?? spinner;
  const notices = await openNotices({ flags, process, output, spinner: live });
  const startedMs = systemClock.monotonic();
  const now = systemClock.now();
  const warnings: Warning[] = [];
  let found = command.nothing;
  let error: unknown = null;
  try {
    const { registry, warnings: early } = await orAborted(setUp(flags, process, command), signal);
    warnings.push(...early);
    try {
      found = await orAborted(command.find({ registry, notices, warnings, spinner, signal }), signal);
    } finally {
      await registry.health.close();
    }
  } catch (thrown) {
    if (signal.aborted) error = new CancelledError([]);
    else
      error =
        thrown instanceof StoreError ? new ConfigError(thrown.code, thrown.message, thrown.hint) : thrown;
    if (!(error instanceof MajordomoError)) throw error;
  } finally {
    live?.stop({ interrupted: signal.aborted });
    interruption.dispose();
  }
  const exitCode =
    error === null
      ? (command.exitCode?.(found) ?? exitCodes.done)
      : (interruption.exitCode ?? (command.exitCodeOfError ?? exitCodeOf)(error));
  const durationMs = systemClock.monotonic() - startedMs;
  const report = keyless(command.report(found, { now, warnings, error, exitCode, durationMs }));
  for (const warning of warnings) notices.notice(warning.message);
  const format = flags.format ?? (process.stdout.isTTY ? 'pretty' : 'plain');
  if (format === 'json') output.write(`${visibleJson(report, 2)}\n`);
  else if (error === null) {
    const layout = async (): Promise<Layout> => {
      const chalk = await colorFor(process.stdout, { flag: flags.color, env: process.env });
      const width = helpWidth(process.stdout);
      return { now, width, paint: (style, text) => chalk?.[style](text) ?? text };
    };
    const lines = await command.lines(report, { now, format, notices, layout });
    const clean = runnerReads(process.env) ? withoutWorkflowCommands : (line: string) => line;
    for (const line of lines) output.write(`${clean(line)}\n`);
  }
  if (error !== null && !signal.aborted) notices.failure(error);
  await command.afterwards?.(report, { now, output });
  await output.end();
  return exitCode;
}
