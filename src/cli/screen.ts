import type { ChalkInstance } from 'chalk';
import type { ChainEvent } from '../core/events.js';
import type { RunFlags } from './commands/run-flags.js';
import { type ColorChoice, type Process, type TextStream, wantsColor } from './context.js';
import type { Output } from './output.js';
import { JsonRenderer, NdjsonRenderer } from './render/json.js';
import { Notices } from './render/notices.js';
import type { RunReport } from './render/run-report.js';
import { type Live, Spinner } from './render/spinner.js';
import { TextRenderer } from './render/text.js';
import { runnerReads } from './render/workflow-commands.js';

export interface RunContext {
  readonly flags: RunFlags;
  readonly process: Process;
}

export interface Renderer {
  onEvent(event: ChainEvent): void;
  end(report: RunReport): void;
}

/** Where a run shows itself: the answer on standard output, everything else on standard error. */
export interface Screen {
  readonly live: boolean;
  readonly renderer: Renderer;
  readonly notices: Notices;
  readonly spinner: Spinner | null;
}

export async function openScreen({ flags, process }: RunContext, output: Output): Promise<Screen> {
  const { stdout } = process;
  const format = flags.format ?? (stdout.isTTY ? 'pretty' : 'plain');
  // one object is told at its end, whatever comes before
  const live =
    format !== 'json' && (flags.stream === true || (flags.stream !== false && stdout.isTTY === true));
  const spinner = openSpinner({ flags, process });
  const notices = await openNotices({ flags, process, output, spinner });
  return { live, notices, spinner, renderer: rendererFor(format, { flags, process, output, live }) };
}

/** Null where there is no terminal for it, or nobody wants one. */
export function openSpinner(at: LiveContext): Spinner | null {
  const { stderr, env } = at.process;
  const colored = wantsColor({ flag: at.flags.color, env, isTTY: stderr.isTTY === true });
  return mayMove(at) ? new Spinner({ stream: stderr, process: at.process, color: colored }) : null;
}

interface LiveContext {
  readonly flags: Pick<RunFlags, 'quiet' | 'color'>;
  readonly process: Process;
}

/** Whether standard error is a terminal, with somebody in front of it, who wants to see something move. */
export function mayMove({ flags, process }: LiveContext): boolean {
  const { stderr, env } = process;
  // A pseudo-terminal nobody sized says it has no columns; a spinner would never be done counting its lines.
  const hasRoom = stderr.isTTY === true && stderr.columns !== 0 && env.TERM !== 'dumb';
  return hasRoom && flags.quiet !== true && env.CI === undefined && !runnerReads(env);
}

/** What paints a stream; null where it has no colours. */
export async function colorFor(
  { isTTY = false }: TextStream,
  choice: Pick<ColorChoice, 'flag' | 'env'>,
): Promise<ChalkInstance | null> {
  return wantsColor({ ...choice, isTTY }) ? new (await import('chalk')).Chalk({ level: 1 }) : null;
}

/** Standard error, for remarks and errors. */
export async function openNotices(at: {
  readonly flags: Pick<RunFlags, 'quiet' | 'color'>;
  readonly process: Process;
  readonly output: Output;
  readonly spinner: Live | null;
}): Promise<Notices> {
  const { flags, process, output, spinner } = at;
  const { stdout, stderr, env } = process;
  const color = await colorFor(stderr, { flag: flags.color, env });
  const oneScreen = stdout.isTTY === true && stderr.isTTY === true;
  const beforeLine = (): void => {
    output.flush();
    if (!oneScreen || output.last === '' || output.last === '\n') return;
    output.write('\n');
    output.flush();
  };
  const neutralize = runnerReads(env);
  return new Notices({ stderr, quiet: flags.quiet === true, color, spinner, neutralize, beforeLine });
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
      const neutralize = flags.sanitize !== 'never' && runnerReads(process.env);
      return new TextRenderer({ output, live, sanitize, neutralize });
    }
    default:
      return format satisfies never;
  }
}
