import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { afterAll } from 'vitest';
import { type OpenAiFake, type OpenAiFakeOptions, startOpenAiFake } from '../fakes/openai.js';

const program = path.join(import.meta.dirname, '../../bin/majordomo.js');
const home = mkdtempSync(path.join(os.tmpdir(), 'majordomo-e2e-'));
afterAll(() => rmSync(home, { recursive: true, force: true }));

export type Environment = Readonly<Record<string, string>>;

export interface CliResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CliOptions {
  readonly env?: Environment;
  /** Written to standard input, which is then closed; without it standard input is /dev/null. */
  readonly input?: string | Uint8Array;
}

/** The words of a command line that runs the built program. */
export function command(words: readonly string[]): [string, string[]] {
  return [process.execPath, [program, ...words]];
}

/** Nothing of the environment of whoever runs the tests: no keys, no home, and nothing that another test has left. */
export function environment(env: Environment = {}): Record<string, string> {
  return {
    PATH: process.env.PATH ?? '',
    HOME: home,
    MAJORDOMO_CODE_CACHE: 'off',
    MAJORDOMO_HEALTH_STORE: 'memory',
    ...env,
  };
}

export function startCli(
  words: readonly string[],
  options: { env?: Environment; stdio?: SpawnOptions['stdio'] } = {},
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

/** Runs a line of bash in which `"$@"` is the program and its words: for redirections and pipes. */
export function runInShell(
  line: string,
  words: readonly string[],
  env: Environment = {},
): Promise<CliResult> {
  const [file, args] = command(words);
  return ended(
    spawn('bash', ['-c', line, 'bash', file, ...args], {
      env: environment(env),
      stdio: ['ignore', 'pipe', 'pipe'],
    }),
  );
}

/** Collects what a started program prints until it ends; `code` is null when a signal killed it. */
export function ended(child: ChildProcess): Promise<CliResult> {
  let [stdout, stderr] = ['', ''];
  child.stdout?.setEncoding('utf8').on('data', (text) => (stdout += text));
  child.stderr?.setEncoding('utf8').on('data', (text) => (stderr += text));
  return new Promise((resolve) => child.once('close', (code) => resolve({ code, stdout, stderr })));
}

/** A file that goes away with the tests' home. */
export function temporaryFile(name: string, text: string | Uint8Array): string {
  const file = path.join(mkdtempSync(path.join(home, 'file-')), name);
  writeFileSync(file, text);
  return file;
}

export interface Upstream {
  readonly url: string;
  /** host:port */
  readonly host: string;
  /** How many requests have come. */
  readonly requests: () => number;
  close(): void;
}

/** A model server on loopback that does what the test says. */
export async function upstream(
  answer: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<Upstream> {
  let requests = 0;
  const server: Server = createServer((request, response) => {
    requests += 1;
    request.resume().on('end', () => answer(request, response));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url: `http://${host}`,
    host,
    requests: () => requests,
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

export interface FakeRun extends CliResult {
  /** The bodies of the requests that came, parsed. */
  readonly bodies: readonly Readonly<Record<string, unknown>>[];
}

/**
 * Runs `majordomo run -m x/gpt-4.1-nano` and these words against a strict fake of OpenAI's API, as `LLM_X`; `start`
 * is for tests with their own way to start it.
 */
export async function runWithFake(
  words: readonly string[],
  options: CliOptions & {
    readonly fake?: OpenAiFakeOptions;
    readonly model?: string;
    readonly start?: (words: readonly string[], env: Environment) => Promise<CliResult>;
  } = {},
): Promise<FakeRun> {
  const fake = await startOpenAiFake(options.fake ?? {});
  const all = ['run', '-m', options.model ?? 'x/gpt-4.1-nano', ...words];
  const env = { LLM_X: fakeDsn(fake), ...options.env };
  try {
    const result = await (options.start?.(all, env) ?? runCli(all, { ...options, env }));
    return { ...result, bodies: fake.requests.map(({ body }) => JSON.parse(body)) };
  } finally {
    await fake.close();
  }
}

function fakeDsn(fake: OpenAiFake): string {
  return `openai+http://sk-fake-0123456789abcdefghij@127.0.0.1:${fake.port}/v1`;
}
