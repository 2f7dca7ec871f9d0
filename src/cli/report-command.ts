import { CancelledError } from '../core/chain/error.js';
import { ConfigError, MajordomoError, StoreError, type Warning } from '../core/errors.js';
import { isPrintableAscii } from '../core/printable-ascii.js';
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
import { type SetupFlags, type SetupOptions, setUp } from './setup.js';

/** The flags of every command that ends in one report. */
export interface ReportFlags extends SetupFlags {
  readonly format?: 'pretty' | 'plain' | 'json';
  readonly color?: 'auto' | 'always' | 'never';
  readonly quiet?: boolean;
}

export interface Delivery {
  readonly text: string;
  readonly error: MajordomoError | null;
}

interface ReportCommand<Found, Report extends CommonReport> extends SetupOptions {
  /** What moves on the terminal in place of a spinner. */
  readonly live?: Live | null;
  /** Does the work. What it throws on purpose becomes the report's error. */
  readonly find: (at: {
    readonly registry: Registry;
    readonly notices: Notices;
    readonly warnings: Warning[];
    readonly spinner: Spinner | null;
    /** By Ctrl-C, and when nobody reads any more. */
    readonly interruption: Interruption;
  }) => Promise<Found>;
  /** Looks at flags before anything is set up; what it throws on purpose becomes the report's error. */
  readonly prepare?: () => void;
  /** What is reported beside an error: what had been found before it, if anything. */
  readonly nothing: () => Found;
  /** What to exit with when nothing was thrown; 0 by default. */
  readonly exitCode?: (found: Found) => number;
  /** The same where something was thrown. */
  readonly exitCodeOfError?: (error: unknown) => number;
  /** Whether a warning is about what was asked for expressly, which `-q` does not mute. */
  readonly isWanted?: (warning: Warning) => boolean;
  readonly report: (found: Found, facts: CommonFacts & { readonly now: number }) => Report;
  /**
   * Puts the report where else it belongs, before it is printed: what goes wrong there is an error of its own, unless there is one
   * already. Returns what follows on standard output.
   */
  readonly deliver?: (report: Report, at: { readonly now: number }) => Promise<Delivery>;
  /** What is still to be told where an error is printed in place of the lines. */
  readonly beside?: (report: Report) => readonly string[];
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
  /**
   * In place of `lines` for programs that read lines, where there may be thousands: of what was found itself, since to make a
   * report of that takes as long as to find it. What looks like a key is taken out.
   */
  readonly plain?:
    | ((found: Found, at: { readonly now: number; readonly notices: Notices }) => string[])
    | undefined;
}

/** How long what was interrupted has to tidy up, in milliseconds. */
const partingMs = 200;

function settledWithin(work: Promise<unknown>, mostMs: number): Promise<void> {
  return new Promise((resolve) => {
    const cancel = systemClock.setTimer(mostMs, resolve);
    const done = (): void => {
      cancel();
      resolve();
    };
    work.then(done, done);
  });
}

/** Sets a registry up, lets a command look something up in it, and prints the report. Resolves to the exit code. */
export async function reportCommand<Found, Report extends CommonReport>(
  { flags, process }: { readonly flags: ReportFlags; readonly process: Process },
  command: ReportCommand<Found, Report>,
): Promise<number> {
  const interruption = new Interruption(process);
  const output = new Output(process.stdout, () => interruption.closedOutput());
  const spinner = command.live ? null : openSpinner({ flags, process });
  const live = command.live ?? spinner;
  const notices = await openNotices({ flags, process, output, spinner: live });
  const startedMs = systemClock.monotonic();
  const now = systemClock.now();
  const warnings: Warning[] = [];
  let found: Found | null = null;
  let error: unknown = null;
  try {
    command.prepare?.();
    const { registry, warnings: early } = await interruption.orStopped(setUp(flags, process, command));
    warnings.push(...early);
    const finding = command.find({ registry, notices, warnings, spinner, interruption });
    try {
      found = await interruption.orStopped(finding);
    } finally {
      // what was broken off gives back what it has of the memory, and tells what it has spent
      if (interruption.stopped) await settledWithin(finding, partingMs);
      await registry.health.close();
    }
  } catch (thrown) {
    if (interruption.stopped) error = new CancelledError([]);
    else
      error =
        thrown instanceof StoreError ? new ConfigError(thrown.code, thrown.message, thrown.hint) : thrown;
    if (!(error instanceof MajordomoError)) throw error;
  } finally {
    live?.stop({ interrupted: interruption.stopped });
    interruption.dispose();
  }
  const facts = found ?? command.nothing();
  const codeOf = (thrown: unknown): number => (command.exitCodeOfError ?? exitCodeOf)(thrown);
  let exitCode =
    error === null ? (command.exitCode?.(facts) ?? exitCodes.done) : (interruption.exitCode ?? codeOf(error));
  const durationMs = systemClock.monotonic() - startedMs;
  let report: Report | null = null;
  const reported = (): Report => {
    report ??= keyless(command.report(facts, { now, warnings, error, exitCode, durationMs }));
    return report;
  };
  const delivered = await command.deliver?.(reported(), { now });
  if (delivered?.error && error === null) {
    error = delivered.error;
    // a negative verdict stays one
    exitCode = exitCode === exitCodes.done ? codeOf(error) : exitCode;
    report = null;
  }
  for (const warning of warnings) {
    if (command.isWanted?.(warning) === true) notices.remark(warning.message);
    else notices.notice(warning.message);
  }
  const format = flags.format ?? (process.stdout.isTTY ? 'pretty' : 'plain');
  const hold = (lines: readonly string[]): void => {
    const clean = runnerReads(process.env) ? lines.map(withoutWorkflowCommands) : lines;
    output.hold(clean.length === 0 ? '' : `${clean.join('\n')}\n`);
  };
  if (format === 'json') {
    output.hold(`${visibleJson(reported(), 2)}\n`);
  } else if (error === null || delivered?.error === error) {
    const layout = async (): Promise<Layout> => {
      const chalk = await colorFor(process.stdout, { flag: flags.color, env: process.env });
      const width = helpWidth(process.stdout);
      const columns = await columnsOf(reported());
      return { now, width, columns, paint: (style, text) => chalk?.[style](text) ?? text };
    };
    if (format === 'plain' && command.plain !== undefined)
      hold(keyless(command.plain(facts, { now, notices })));
    else hold(await command.lines(reported(), { now, format, notices, layout }));
  }
  if (error !== null) {
    if (!interruption.stopped) notices.failure(error);
    for (const line of command.beside?.(reported()) ?? []) notices.line(line);
  }
  if (delivered !== undefined) output.hold(delivered.text);
  await output.end();
  return exitCode;
}

/** What of a report is told takes one column a character, but for letters and signs from all over the world. */
async function columnsOf(report: unknown): Promise<(text: string) => number> {
  if (isPrintableAscii(JSON.stringify(report))) return (text) => text.length;
  return (await import('string-width')).default;
}
