import { join } from 'node:path';
import { stateDirectory } from '../config/user-directories.js';
import { ConfigError, type Warning } from '../core/errors.js';
import type { HealthStore } from '../core/ports.js';
import { FileStore } from '../stores/file.js';
import { OffStore } from '../stores/off.js';

export interface StoreChoice {
  /** `--health-store`, else `MAJORDOMO_HEALTH_STORE`, else the user's file. */
  readonly chosen: string | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly platform: NodeJS.Platform;
  /** The choice is looked at, but nothing will be remembered. */
  readonly unused?: boolean;
}

export interface OpenedStore {
  /** Undefined for the memory of this process. */
  readonly store: HealthStore | undefined;
  readonly warnings: readonly Warning[];
}

/** Throws a `ConfigError` for a word that stands for no store; it may be a URL with a password and is not repeated. */
export async function openHealthStore(choice: StoreChoice): Promise<OpenedStore> {
  const { chosen = 'file', env, platform, unused = false } = choice;
  const isRedis = chosen.includes(':') && /^rediss?:/i.test(chosen);
  if (!isRedis && !['file', 'memory', 'off'].includes(chosen)) {
    throw new ConfigError(
      'health-store',
      'there is no such health store',
      'write file, memory, off or redis://HOST:PORT',
    );
  }
  if (unused) {
    if (isRedis) (await import('../stores/redis-url.js')).redisPlace(chosen);
    return { store: undefined, warnings: [] };
  }
  if (chosen === 'memory') return { store: undefined, warnings: [] };
  if (chosen === 'off') return { store: new OffStore(), warnings: [] };
  if (isRedis) {
    const { RedisStore } = await import('../stores/redis.js');
    const store = new RedisStore({ url: chosen });
    await RedisStore.load();
    return { store, warnings: [] };
  }
  const directory = stateDirectory(env, platform);
  if (directory === null) return { store: undefined, warnings: [homeless] };
  return { store: new FileStore({ path: join(directory, 'health.json') }), warnings: [] };
}

const homeless: Warning = {
  code: 'health-store',
  message: 'health is remembered in this process only: neither HOME nor XDG_STATE_HOME is set',
};
