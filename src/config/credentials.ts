import { statSync } from 'node:fs';
import { join } from 'node:path';
import type { Dsn } from '../core/dsn.js';
import { ConfigError, type Warning } from '../core/errors.js';
import { keyIn, oddKey } from '../core/key-text.js';
import type { CredentialSource, EnvLookup } from '../core/ports.js';
import { fingerprint } from '../core/secrets.js';
import { orAborted } from '../core/waiting.js';
import { readFault } from './read-text.js';

const commandTimeoutMs = 10_000;
const longestKey = 64 * 1024;

/**
 * A DSN's own credential (inline, `key_env`, `key_file`, `key_cmd`), else the first of the scheme's usual
 * variables that is set. Files are read and commands run only by `read`.
 */
export function openCredential(
  dsn: Dsn,
  usualVariables: readonly string[],
  envLookup: EnvLookup,
): CredentialSource {
  const inline = dsn.credential();
  if (inline !== null) return known(dsn.variable, inline);
  const { keyEnv, keyFile, keyCmd } = dsn.options;
  if (keyEnv !== null) return fromVariables([keyEnv], envLookup);
  if (keyFile !== null) {
    const path = fromHome(keyFile, envLookup('HOME'));
    const source = later('key_file', ({ signal }) => readKeyFile(dsn.variable, { path, signal }));
    return {
      ...source,
      warnings: () => exposure(dsn.variable, path),
      problem: () => absence(dsn.variable, path),
    };
  }
  if (keyCmd !== null)
    return later('key_cmd', ({ signal }) => runKeyCommand(dsn.variable, { command: keyCmd, signal }));
  return fromVariables(usualVariables, envLookup);
}

/** The fingerprint of a key. Of `id:secret` the secret alone counts, which may be short where both together are long. */
function fingerprintOf(key: string): string | null {
  return fingerprint(key.slice(key.indexOf(':') + 1));
}

function known(source: string, key: string): CredentialSource {
  return { info: () => ({ source, fingerprint: fingerprintOf(key) }), read: async () => key };
}

function fromVariables(variables: readonly string[], envLookup: EnvLookup): CredentialSource {
  const found = (): { variable: string; key: string } | null => {
    for (const variable of variables) {
      const key = keyIn(envLookup(variable));
      if (key !== null) return { variable, key };
    }
    return null;
  };
  return {
    info: () => {
      const hit = found();
      return hit === null ? null : { source: hit.variable, fingerprint: fingerprintOf(hit.key) };
    },
    warnings: () => {
      const hit = found();
      const odd = hit === null ? null : oddKey(hit.key);
      return odd === null ? [] : [{ code: 'key-odd', message: `${hit?.variable}: its value ${odd}` }];
    },
    read: async () => found()?.key ?? null,
  };
}

type Read = CredentialSource['read'];

/**
 * A key that takes a file or a program: fetched once, for all who wait for it. Who gives up waits no longer, but
 * spoils it for nobody; when the last one gives up, the fetching ends.
 */
function later(source: string, fetch: Read): CredentialSource {
  let current: { readonly key: Promise<string | null>; readonly end: () => void; waiting: number } | null =
    null;
  const start = (): NonNullable<typeof current> => {
    const controller = new AbortController();
    const key = fetch({ signal: controller.signal });
    const started = { key, end: () => controller.abort(), waiting: 0 };
    key.catch(() => {
      if (current === started) current = null;
    });
    return started;
  };
  return {
    info: () => ({ source, fingerprint: null }),
    read: async ({ signal }) => {
      current ??= start();
      const joined = current;
      joined.waiting += 1;
      try {
        return await orAborted(joined.key, signal);
      } finally {
        joined.waiting -= 1;
        if (joined.waiting === 0 && signal.aborted) {
          if (current === joined) current = null;
          joined.end();
        }
      }
    },
  };
}

const othersMayRead = 0o004;

/** A key that every user of the machine can read is no secret. Windows keeps its permissions elsewhere. */
function exposure(variable: string, path: string): readonly Warning[] {
  try {
    const stats = statSync(path);
    if (!stats.isFile() || (stats.mode & othersMayRead) === 0 || process.platform === 'win32') return [];
  } catch {
    // that it cannot be read is told when it is read
    return [];
  }
  const message = `${variable}: every user of this machine can read its key_file; chmod 600 keeps it to yourself`;
  return [{ code: 'key-file-readable', message }];
}

/** No shell has seen the path, which would have put the home in the place of `~`. */
function fromHome(path: string, home: string | undefined): string {
  return home && path.startsWith('~/') ? join(home, path.slice(2)) : path;
}

/** That there is no such file can be seen without opening it. */
function absence(variable: string, path: string): { readonly message: string; readonly hint: string } | null {
  try {
    statSync(path);
    return null;
  } catch (error) {
    return unreadable(variable, error);
  }
}

function unreadable(variable: string, error: unknown): { readonly message: string; readonly hint: string } {
  const { code, hint } = readFault(error);
  return { message: `${variable}: the key_file cannot be read (${code})`, hint };
}

async function readKeyFile(
  variable: string,
  { path, signal }: { readonly path: string; readonly signal: AbortSignal },
): Promise<string | null> {
  const { readText } = await import('./read-text.js');
  try {
    return (await readText(path, { mostBytes: longestKey, signal })).trim() || null;
  } catch (error) {
    signal.throwIfAborted();
    const { message, hint } = unreadable(variable, error);
    throw new ConfigError('key-file', message, hint);
  }
}

async function runKeyCommand(
  variable: string,
  options: { command: string; signal: AbortSignal },
): Promise<string | null> {
  const [program, ...args] = splitWords(options.command) ?? [];
  if (program === undefined) {
    throw new ConfigError(
      'key-cmd',
      `${variable}: key_cmd is empty or has a quote without its twin`,
      'name a program and its arguments',
    );
  }
  const { execFile } = await import('node:child_process');
  const { signal } = options;
  // What the program printed, and its arguments, may hold secrets: only how it ended is told.
  const failed = (error: Ending): ConfigError =>
    new ConfigError(
      'key-cmd',
      `${variable}: key_cmd ${howItEnded(error)}`,
      args.some((word) => ofShell.test(word))
        ? 'it is run without a shell: for pipes, variables and ~ write sh -c "…"'
        : 'run the command by hand to see why',
    );
  return new Promise((resolve, reject) => {
    const limits = {
      timeout: commandTimeoutMs,
      killSignal: 'SIGKILL',
      maxBuffer: longestKey,
      signal,
    } as const;
    try {
      const child = execFile(program, args, limits, (error, stdout) => {
        if (error === null) resolve(stdout.trim() || null);
        else reject(signal.aborted ? signal.reason : failed(error));
      });
      child.stdin?.end();
    } catch (error) {
      reject(failed(error as Ending));
    }
  });
}

/** Words that mean something to a shell alone. */
const ofShell = /^(?:\|\|?|&&?|;|[12]?>{1,2}.*|<.*)$|^~\/|\$[({A-Za-z_]|`/;

type Ending = { readonly killed?: boolean | undefined; readonly code?: unknown };

function howItEnded(error: Ending): string {
  if (error.code === 'ENOENT') return 'names a program that is not there';
  if (error.code === 'E2BIG') return 'is too long to be run';
  if (error.code === 'EACCES') return 'names a program that may not be run';
  if (error.code === 'ERR_CHILD_PROCESS_STDIO_MAXBUFFER') return 'printed far too much for a key';
  if (error.killed === true) return `took more than ${commandTimeoutMs / 1000} s`;
  return typeof error.code === 'number' ? `failed with exit code ${error.code}` : 'failed';
}

/** Words as a shell splits them, quotes and backslashes included, and nothing else of a shell; null for an open quote. */
function splitWords(command: string): string[] | null {
  const words: string[] = [];
  const pattern = /\s*((?:[^\s"'\\]|\\.|"(?:[^"\\]|\\.)*"|'[^']*')+)/sy;
  const text = command.trim();
  while (pattern.lastIndex < text.length) {
    const word = pattern.exec(text)?.[1];
    if (word === undefined) return null;
    words.push(
      word.replace(/"((?:[^"\\]|\\.)*)"|'([^']*)'|\\(.)/gs, (_, double, single, escaped) =>
        double !== undefined ? double.replace(/\\(.)/gs, '$1') : (single ?? escaped),
      ),
    );
  }
  return words;
}
