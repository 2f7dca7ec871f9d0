import { writeSync } from 'node:fs';
import type { StandardStreams } from './standard-streams.js';

/** Exit code of a bug of ours. */
export const bugExitCode = 70;

/**
 * Waits for `main` and ends the process with its exit code, once all output is written. Nothing that was left open (an
 * idle connection, a timer) is waited for; ending at once also spares Node its tidying up, a twentieth of a short
 * run. `afterwards` is called last, only after success.
 */
export function finish(
  process: NodeJS.Process,
  main: Promise<number>,
  { streams, afterwards }: { readonly streams: StandardStreams; readonly afterwards: () => void },
): void {
  let settled = false;
  // Until main has said otherwise: an event loop that runs dry before must not look like success.
  process.exitCode = bugExitCode;
  process.on('exit', (code) => {
    if (!settled && code === bugExitCode) printError('majordomo: internal error: ended without an answer\n');
    if (settled && code === 0) afterwards();
  });
  main.then(
    (code) => {
      settled = true;
      process.exitCode = code;
      void leave(process, streams);
    },
    (error) => {
      settled = true;
      reportBug(process, error);
    },
  );
}

/**
 * Writing is synchronous for files, and for pipes except on Windows: as a rule nothing is pending any more. Then the process
 * ends in the same turn of the event loop: in the next one V8 would tidy up first.
 */
async function leave(process: NodeJS.Process, streams: StandardStreams): Promise<void> {
  for (const stream of streams.pending()) {
    // A reader that goes away now does not change what main has found.
    stream.on('error', () => {});
    await new Promise<void>((resolve) => stream.write('', () => resolve()));
  }
  process.exit();
}

/**
 * Ends the process with the exit code of a bug. Prints the kind of error and where it happened but not its message, and no
 * cause: words that are not ours may quote a key.
 */
export function reportBug(process: NodeJS.Process, error: unknown): void {
  printError(`majordomo: internal error, please report these lines:\n${describeBug(error)}\n`);
  process.exit(bugExitCode);
}

/** The lines of a bug report: name, code and stack frames of an error, nothing of its message. */
export function describeBug(error: unknown): string {
  if (!(error instanceof Error)) return `  thrown: ${typeof error}`;
  const code = (error as NodeJS.ErrnoException).code;
  const stack = error.stack ?? '';
  const frames = stack
    .slice(stack.indexOf(error.message) + error.message.length)
    .split('\n')
    .filter((line) => /^ {4}at \P{Cc}+$/u.test(line));
  return [`  ${error.name}${typeof code === 'string' ? ` (${code})` : ''}`, ...frames].join('\n');
}

function printError(text: string): void {
  try {
    writeSync(2, text);
  } catch {
    // Nobody is reading; the exit code still tells.
  }
}
