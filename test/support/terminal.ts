import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { type CliResult, command, type Environment, ended, environment } from './cli.js';

/** util-linux's script runs a program in a pseudo-terminal; other systems' has other words. */
export const hasTerminal =
  process.platform === 'linux' && spawnSync('script', ['--version'], { stdio: 'ignore' }).status === 0;

export interface TerminalOptions {
  readonly env?: Environment;
  readonly columns?: number;
  /** Shell redirections after the program: `2>/dev/null`. */
  readonly redirect?: string;
  /** A line of shell before it. */
  readonly before?: string;
}

/** Starts the built program in a pseudo-terminal; what it shows comes as its standard output, keys go to its input. */
export function startOnTerminal(words: readonly string[], options: TerminalOptions = {}): ChildProcess {
  const [file, args] = command(words);
  const line = [file, ...args].map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(' ');
  const size = `stty cols ${options.columns ?? 80} rows 24`;
  const before = options.before ?? '';
  return spawn(
    'script',
    ['-qefc', `${size}; ${before} exec ${line} ${options.redirect ?? ''}`, '/dev/null'],
    {
      env: environment({ TERM: 'xterm', ...options.env }),
      stdio: ['pipe', 'pipe', 'pipe'],
    },
  );
}

export interface ScreenResult {
  readonly code: number | null;
  /** Every byte that the terminal got. */
  readonly raw: string;
  /** What a person sees at the end. */
  readonly screen: string;
}

export async function onTerminal(
  words: readonly string[],
  options: TerminalOptions = {},
): Promise<ScreenResult> {
  return seen(ended(startOnTerminal(words, options)));
}

export async function seen(result: Promise<CliResult>): Promise<ScreenResult> {
  const { code, stdout } = await result;
  return { code, raw: stdout, screen: screenOf(stdout) };
}

/** What stands on an endless screen after these bytes; as much of a terminal as spinners need. */
export function screenOf(raw: string): string {
  const lines = [''];
  let [row, column] = [0, 0];
  // biome-ignore lint/suspicious/noControlCharactersInRegex: a terminal's alphabet
  for (const [part, csi] of raw.matchAll(/\x1b\[([?\d;]*[A-Za-z])|[\s\S]/gu)) {
    if (csi !== undefined) {
      if (csi === '1G' || csi === 'G') column = 0;
      else if (/^\d*A$/.test(csi)) row = Math.max(0, row - (Number.parseInt(csi, 10) || 1));
      else if (csi === 'K' || csi === '0K') lines[row] = (lines[row] ?? '').slice(0, column);
      else if (csi === '2K') lines[row] = '';
    } else if (part === '\r') column = 0;
    else if (part === '\n') row += 1;
    else {
      const line = (lines[row] ?? '').padEnd(column);
      lines[row] = line.slice(0, column) + part + line.slice(column + 1);
      column += 1;
    }
    lines[row] ??= '';
  }
  return lines.join('\n').trimEnd();
}
