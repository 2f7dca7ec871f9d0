import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';

const program = path.join(import.meta.dirname, '../../bin/majordomo.js');
const home = mkdtempSync(path.join(os.tmpdir(), 'majordomo-e2e-'));

export interface CliResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CliOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** Written to standard input, which is then closed; without it standard input is /dev/null. */
  readonly input?: string | Uint8Array;
}

/** The words of a command line that runs the built program. */
export function command(words: readonly string[]): [string, string[]] {
  return [process.execPath, [program, ...words]];
}

/** Nothing of the environment of whoever runs the tests: no keys, no home. */
export function environment(env: Readonly<Record<string, string>> = {}): Record<string, string> {
  return { PATH: process.env.PATH ?? '', HOME: home, MAJORDOMO_CODE_CACHE: 'off', ...env };
}

export function startCli(
  words: readonly string[],
  options: { env?: Readonly<Record<string, string>>; stdio?: SpawnOptions['stdio'] } = {},
): ChildProcess {
  const [file, args] = command(words);
  return spawn(file, args, {
    env: environment(options.env),
    stdio: options.stdio ?? ['ignore', 'pipe', 'pipe'],
  });
}

export async function runCli(words: readonly string[], options: CliOptions = {}): Promise<CliResult> {
  const piped = options.input !== undefined;
  const child = startCli(words, {
    ...(options.env === undefined ? {} : { env: options.env }),
    stdio: [piped ? 'pipe' : 'ignore', 'pipe', 'pipe'],
  });
  if (piped) child.stdin?.end(options.input);
  return ended(child);
}

/** Collects what a started program prints until it ends. */
export function ended(child: ChildProcess): Promise<CliResult> {
  let [stdout, stderr] = ['', ''];
  child.stdout?.setEncoding('utf8').on('data', (text) => (stdout += text));
  child.stderr?.setEncoding('utf8').on('data', (text) => (stderr += text));
  return new Promise((resolve) => child.once('close', (code) => resolve({ code, stdout, stderr })));
}

export interface Upstream {
  readonly url: string;
  /** host:port */
  readonly host: string;
  close(): void;
}

/** A model server on loopback that does what the test says. */
export async function upstream(
  answer: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<Upstream> {
  const server: Server = createServer((request, response) => {
    request.resume().on('end', () => answer(request, response));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url: `http://${host}`,
    host,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** One event of an OpenAI chat stream. */
export function token(text: string): string {
  return `data: ${JSON.stringify({ model: 'm', choices: [{ index: 0, delta: { content: text } }] })}\n\n`;
}
