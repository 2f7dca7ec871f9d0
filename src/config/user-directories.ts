import { isAbsolute, join } from 'node:path';

type Env = Readonly<Record<string, string | undefined>>;

/**
 * Where what outlives the process is kept (https://specifications.freedesktop.org/basedir-spec/latest/); null when the
 * environment names no place for it. The directory may not exist yet.
 */
export function stateDirectory(env: Env, platform: NodeJS.Platform): string | null {
  const windows = { variable: 'LOCALAPPDATA', below: 'majordomo/State' };
  return directory(env, { platform, variable: 'XDG_STATE_HOME', inHome: '.local/state', windows });
}

/** Where the user's configuration is, by the same specification. */
export function configDirectory(env: Env, platform: NodeJS.Platform): string | null {
  const windows = { variable: 'APPDATA', below: 'majordomo' };
  return directory(env, { platform, variable: 'XDG_CONFIG_HOME', inHome: '.config', windows });
}

/**
 * Where what can be had again is kept: beside the compiled code of the program, on macOS and Windows where those systems
 * have it.
 */
export function cacheDirectory(env: Env, platform: NodeJS.Platform): string | null {
  const windows = { variable: 'LOCALAPPDATA', below: 'majordomo/Cache' };
  const inHome = platform === 'darwin' ? 'Library/Caches' : '.cache';
  return directory(env, { platform, variable: 'XDG_CACHE_HOME', inHome, windows });
}

interface Place {
  readonly platform: NodeJS.Platform;
  readonly variable: string;
  readonly inHome: string;
  readonly windows: { readonly variable: string; readonly below: string };
}

function directory(env: Env, { platform, variable, inHome, windows }: Place): string | null {
  const named = env[variable];
  if (named && isAbsolute(named)) return join(named, 'majordomo');
  if (platform === 'win32') {
    const base = env[windows.variable];
    return base ? join(base, windows.below) : null;
  }
  return env.HOME && isAbsolute(env.HOME) ? join(env.HOME, inHome, 'majordomo') : null;
}
