/** The process as a command sees it; tests and embedders pass their own. */
export interface Process
  extends Pick<NodeJS.Process, 'argv' | 'env' | 'platform' | 'cwd' | 'on' | 'off' | 'kill' | 'pid'> {
  readonly stdin: AsyncIterable<Uint8Array | string> & { destroy(): unknown };
  readonly stdout: TextStream;
  readonly stderr: TextStream;
}

/** What is asked of a standard stream; every stream of Node has it. */
export interface TextStream {
  readonly isTTY?: boolean;
  /** The size of a terminal. */
  readonly columns?: number;
  readonly rows?: number;
  /** `written` is called when the text, and all before it, has left or cannot leave any more. */
  write(text: string, written?: () => void): unknown;
  /** The same with the last text of all: nothing else is held up where it waits for its reader. */
  writeLast?(text: string): unknown;
  on(event: 'error', listener: (error: NodeJS.ErrnoException) => void): unknown;
}

export interface ColorChoice {
  readonly flag: 'auto' | 'always' | 'never' | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly isTTY: boolean;
}

/** Whether a stream is coloured: `--color`, `NO_COLOR`, `FORCE_COLOR`, `TERM=dumb`, then whether it is a terminal. */
export function wantsColor(choice: ColorChoice): boolean {
  const { flag, env, isTTY } = choice;
  if (flag === 'always') return true;
  if (flag === 'never') return false;
  if (env.NO_COLOR) return false;
  if (env.FORCE_COLOR !== undefined && env.FORCE_COLOR !== '')
    return env.FORCE_COLOR !== '0' && env.FORCE_COLOR !== 'false';
  if (env.TERM === 'dumb') return false;
  return isTTY;
}
