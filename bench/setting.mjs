import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';

const root = path.join(import.meta.dirname, '..');

/** What follows `--name` on the command line. */
export function option(name, fallback) {
  const index = process.argv.indexOf(`--${name}`);
  return index === -1 ? fallback : process.argv[index + 1];
}

/** The Node that everything is measured with. */
export const node = option('node', process.execPath);

/** The command line measured; any program that takes the same words will do. */
export const cli = path.resolve(option('cli', path.join(root, 'bin/majordomo.js')));

export const nodeMajor = Number(spawnSync(node, ['-p', 'process.versions.node.split(".")[0]']).stdout);

export const home = mkdtempSync(path.join(os.tmpdir(), 'majordomo-bench-'));
process.on('exit', () => rmSync(home, { recursive: true, force: true }));

/**
 * A clean environment: no variable of the person who measures reaches the programs. NODE_EXTRA_CA_CERTS above all stays
 * out: it makes every Node start slower, and so flatters all ratios to one.
 */
export function environment(variables = {}) {
  return {
    PATH: process.env.PATH,
    HOME: home,
    XDG_CACHE_HOME: path.join(home, 'cache'),
    XDG_STATE_HOME: path.join(home, 'state'),
    XDG_CONFIG_HOME: path.join(home, 'config'),
    ...variables,
  };
}

export function majordomo(words, variables = {}) {
  return { argv: [node, cli, ...words], env: environment(variables) };
}

/** Starts the mock server; it ends with this process. */
export async function startServer({ certificate, key } = {}) {
  const parameters = certificate ? [certificate, key] : [];
  const child = spawn(process.execPath, [path.join(import.meta.dirname, 'mock-server.mjs'), ...parameters], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: environment(),
  });
  const [line] = await once(createInterface({ input: child.stdout }), 'line');
  child.unref();
  child.stdin.unref();
  child.stdout.unref();
  return line.replace('ready ', '');
}

/** A certificate for 127.0.0.1 made on the spot; null where there is no openssl. */
export function makeCertificate() {
  const certificate = path.join(home, 'certificate.pem');
  const key = path.join(home, 'key.pem');
  spawnSync('openssl', [
    'req',
    '-x509',
    '-newkey',
    'rsa:2048',
    '-nodes',
    '-days',
    '2',
    '-subj',
    '/CN=127.0.0.1',
    '-addext',
    'subjectAltName=IP:127.0.0.1',
    '-keyout',
    key,
    '-out',
    certificate,
  ]);
  return existsSync(certificate) ? { certificate, key } : null;
}
