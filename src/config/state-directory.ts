import { isAbsolute, join } from 'node:path';

/**
 * Where what outlives the process is kept (https://specifications.freedesktop.org/basedir-spec/latest/); null when the
 * environment names no place for it. The directory may not exist yet.
 */
export function stateDirectory(
  env: Readonly<Record<string, string | undefined>>,
  platform: NodeJS.Platform,
): string | null {
  const named = env.XDG_STATE_HOME;
  if (named && isAbsolute(named)) return join(named, 'majordomo');
  if (platform === 'win32') return env.LOCALAPPDATA ? join(env.LOCALAPPDATA, 'majordomo', 'State') : null;
  return env.HOME && isAbsolute(env.HOME) ? join(env.HOME, '.local/state/majordomo') : null;
}
