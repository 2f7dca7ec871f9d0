import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { freePort } from './free-port.js';

/** Whether this machine has a `redis-server`: the tests that need one are skipped, visibly, where it has none. */
export const hasRedis = (() => {
  try {
    execFileSync('redis-server', ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
})();

export interface RedisServer {
  readonly port: number;
  readonly process: ChildProcess;
  stop(): void;
}

/** A real server on loopback that keeps nothing on the disk; `options` are words of its command line. */
export async function startRedis(options: (port: number) => readonly string[] = plain): Promise<RedisServer> {
  const port = await freePort();
  const folder = mkdtempSync(path.join(os.tmpdir(), 'majordomo-redis-'));
  const common = ['--save', '', '--appendonly', 'no', '--bind', '127.0.0.1', '--dir', folder];
  const child = spawn('redis-server', [...common, ...options(port)], { stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  await new Promise<void>((resolve, reject) => {
    child.stdout.setEncoding('utf8').on('data', (text) => {
      said += text;
      if (said.includes('Ready to accept connections')) resolve();
    });
    child.once('exit', () => reject(new Error(`redis-server ended: ${said}`)));
  });
  return {
    port,
    process: child,
    stop: () => {
      child.removeAllListeners('exit');
      child.kill('SIGKILL');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function plain(port: number): readonly string[] {
  return ['--port', String(port)];
}
