import { isAbsolute, join } from 'node:path';

type Env = Readonly<Record<string, string | undefined>>;

/**
 * Where what outlives the process is kept (https://specifications.freedesktop.org/basedir-spec/latest/); null when the
 * environment names no place for it. The directory may not exist yet.
 */
export function stateDirectory(env: Env, platform: NodeJS.Platform): string | null {
  const named = env.XDG_STATE_HOME;
  if (named && isAbsolute(named)) return join(named, 'majordomo');
  if (platform === 'win32') return env.LOCALAPPDATA ? join(env.LOCALAPPDATA, 'majordomo', 'State') : null;
  return env.HOME && isAbsolute(env.HOME) ? join(env.HOME, '.local/state/majordomo') : null;
}

/** Where the user's configuration is, by the same specification. */
export function configDirectory(env: Env, platform: NodeJS.Platform): string | null {
  const named = env.XDG_CONFIG_HOME;
  if (named && isAbsolute(named)) return join(named, 'majordomo');
  if (platform === 'win32') return env.APPDATA ? join(env.APPDATA, 'majordomo') : null;
  return env.HOME && isAbsolute(env.HOME) ? join(env.HOME, '.config/majordomo') : null;
}
