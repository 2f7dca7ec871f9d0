import { writeSync } from 'node:fs';

/** Exit code of a bug of ours. */
const bugExitCode = 70;

/** How long something left open (a socket, a timer) may keep the process after its work is done. */
const drainMs = 250;

/**
 * Waits for `main` and lets the process end by itself with its exit code, so that nothing still being written is
 * cut; what is left open cannot hold it for more than a moment. `afterwards` is called last, only after success.
 */
export function finish(process: NodeJS.Process, main: Promise<number>, afterwards: () => void): void {
  let settled = false;
  // Until main has said otherwise: an event loop that runs dry before must not look like success.
  process.exitCode = bugExitCode;
  process.once('exit', (code) => {
    if (!settled && code === bugExitCode) printError('majordomo: internal error: ended without an answer\n');
    if (settled && code === 0) afterwards();
  });
  main.then(
    (code) => {
      settled = true;
      process.exitCode = code;
      leaveSoon(process);
    },
    (error) => {
      settled = true;
      reportBug(process, error);
    },
  );
}

function leaveSoon(process: NodeJS.Process): void {
  const timer = setTimeout(() => {
    // On Windows pipes are written asynchronously; elsewhere nothing is pending here.
    if (process.stdout.writableLength > 0 || process.stderr.writableLength > 0) leaveSoon(process);
    else process.exit();
  }, drainMs);
  timer.unref();
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
