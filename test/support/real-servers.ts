import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { freePort } from './free-port.js';

/**
 * Scripts that start real servers, each of which prints `ready PID URL`: beside this repository, or where MAJORDOMO_SERVERS says. They
 * fetch what they need, so that a test which wants one is skipped where it cannot be had.
 */
const folder = process.env.MAJORDOMO_SERVERS ?? path.join(import.meta.dirname, '../../../shared/servers');
const longestStartMs = 90_000;

export interface RealServer {
  /** `127.0.0.1:PORT` */
  readonly host: string;
  stop(): void;
}

/** Null where there is no such script, or where it does not start its server. */
export async function startReal(
  script: string,
  options: { readonly words?: readonly string[]; readonly env?: Readonly<Record<string, string>> } = {},
): Promise<RealServer | null> {
  const file = path.join(folder, script);
  if (!existsSync(file)) return null;
  const child = spawn('bash', [file, String(await freePort()), ...(options.words ?? [])], {
    env: { ...process.env, ...options.env },
    stdio: ['ignore', 'pipe', 'ignore'],
    timeout: longestStartMs,
  });
  let said = '';
  child.stdout.setEncoding('utf8').on('data', (text) => (said += text));
  await new Promise((resolve) => child.once('exit', resolve));
  const [, pid, host] = /^ready (\d+) http:\/\/(\S+)$/m.exec(said) ?? [];
  return pid === undefined || host === undefined ? null : { host, stop: () => process.kill(Number(pid)) };
}
