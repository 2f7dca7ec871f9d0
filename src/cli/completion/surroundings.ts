import { statSync } from 'node:fs';
import { join } from 'node:path';
import { MajordomoError } from '../../core/errors.js';
import type { Process } from '../context.js';
import type { Pair } from '../flags.js';
import { type Setup, type SetupFlags, setUp } from '../setup.js';

type At = Pick<Process, 'env' | 'platform' | 'cwd'>;

/** The flags that decide what is configured, as they stand on a command line that is not finished. */
export function setupFlags(
  given: ReadonlyMap<string, readonly string[]>,
  env: Process['env'],
): SetupFlags & { readonly healthStore: 'memory' } {
  const files = (flag: string): readonly string[] =>
    (given.get(flag) ?? []).map((path) => fromHome(path, env)).filter(isFile);
  const config = files('--config').at(-1);
  const envFile = files('--env-file');
  return {
    ...(config !== undefined && { config }),
    ...(envFile.length > 0 && { envFile }),
    alias: (given.get('--alias') ?? []).flatMap(pair),
    // no other is opened: one may be on the network
    healthStore: 'memory',
  };
}

/** A shell has not had its turn at the word yet. */
function fromHome(path: string, { HOME }: Process['env']): string {
  return HOME && path.startsWith('~/') ? join(HOME, path.slice(2)) : path;
}

/** Reading anything else could wait for ever, or take from somebody what they meant for the command. */
function isFile(path: string): boolean {
  try {
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

function pair(text: string): readonly Pair[] {
  const equals = text.indexOf('=');
  return equals < 1 ? [] : [{ key: text.slice(0, equals).trim(), value: text.slice(equals + 1) }];
}

/** What a configuration is made of. */
interface Sources {
  readonly flags: SetupFlags;
  readonly at: At;
}

/** What can be left out of it when it is broken somewhere. */
const omissions: readonly ((sources: Sources) => Sources)[] = [
  ({ flags, at }) => ({ flags, at: { ...at, cwd: nowhere } }),
  ({ flags: { alias: _, ...flags }, at }) => ({ flags, at }),
  ({ flags: { envFile: _, ...flags }, at }) => ({ flags, at }),
  ({ flags: { config: _, ...flags }, at }) => ({ flags, at }),
  ({ flags, at }) => ({ flags, at: { ...at, env: withoutHome(at.env) } }),
];

/**
 * Sets up as much as can be: where something is wrong, first without one of its sources, then with nothing but the
 * environment. Nobody is told: this is for a prompt that is being typed.
 */
export async function setUpWhatCanBe(flags: SetupFlags, at: At): Promise<Setup> {
  const all: Sources = { flags, at };
  const tries = [all, ...omissions.map((omit) => omit(all))];
  for (const sources of tries) {
    try {
      return await setUp(sources.flags, sources.at);
    } catch (error) {
      if (!(error instanceof MajordomoError)) throw error;
    }
  }
  const bare = omissions.reduce((sources, omit) => omit(sources), all);
  return setUp(bare.flags, bare.at);
}

/** A directory that is gone has no project above it. */
function nowhere(): never {
  throw new Error('nowhere');
}

/** Without what leads to the user's file. */
function withoutHome(env: Process['env']): Process['env'] {
  const { HOME: _, XDG_CONFIG_HOME: __, APPDATA: ___, ...rest } = env;
  return rest;
}
