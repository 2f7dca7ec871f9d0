/** The process as a command sees it; tests and embedders pass their own. */
export type Process = Pick<
  NodeJS.Process,
  'argv' | 'env' | 'platform' | 'stdin' | 'stdout' | 'stderr' | 'on' | 'off'
>;

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
