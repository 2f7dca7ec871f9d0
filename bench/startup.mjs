// What the program costs beside `node -e 0`, curl and an openai SDK script: node bench/startup.mjs [--quick] [--node PATH]
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { compare, effort, median, run } from './measure.mjs';
import { curl } from './peers/curl.mjs';
import { printHead, row } from './report.mjs';
import { environment, home, majordomo, makeCertificate, node, startServer } from './setting.mjs';

const url = await startServer();
const host = new URL(url).host;
const e0 = { argv: [node, '-e', '0'], env: environment() };
const bench = { LLM_BENCH: `openai+http://bench@${host}/v1` };
const one = majordomo(['run', '-m', 'bench/tokens-1', 'hi'], bench);
const sdk = path.join(import.meta.dirname, 'peers/openai-sdk.mjs');

printHead('Start-up');
await row('version', () => compare(majordomo(['--version']), e0));
await row('help', () => compare(majordomo(['--help']), e0));
await row('resolve', () => compare(majordomo(['resolve', 'fast'], twenty()), e0));
await row('resolve-one', () => compare(majordomo(['resolve', 'a250'], fiveHundred()), e0));
await row('resolve-all', () => compare(majordomo(['resolve'], fiveHundred()), e0));
await row('providers', () => compare(majordomo(['providers'], twenty()), e0));
await row('run', () => compare(one, e0));
await row('run-openai', () =>
  compare(one, { argv: [node, sdk, `${url}/v1`, 'tokens-1'], env: environment() }),
);
await row('run-curl', () => compare(one, { argv: curl(url, 'tokens-1'), env: environment() }));
await row('run-tls', overTls);
await row('cold', () => cold(['run', '-m', 'bench/tokens-1', 'hi']));
await row('cold-help', () => cold(['--help']));
await row('peak', peak);

/** Twenty providers and twenty aliases, `fast` over all of them. */
function twenty() {
  const numbers = Array.from({ length: 20 }, (_, index) => index + 1);
  const providers = numbers.map((n) => [`LLM_P${n}`, `openai+http://bench@127.0.0.1:${20_000 + n}/v1`]);
  const aliases = numbers.slice(1).map((n) => [`MAJORDOMO_ALIAS_A${n}`, `p${n}/model-${n}`]);
  const fast = ['MAJORDOMO_ALIAS_FAST', ['p1/model-1', ...numbers.slice(1).map((n) => `a${n}`)].join(',')];
  return Object.fromEntries([...providers, ...aliases, fast]);
}

/** A file of 500 aliases, two targets each and some over others, and of the 200 providers that they name. */
function fiveHundred() {
  const directory = path.join(home, 'large');
  const numbers = Array.from({ length: 500 }, (_, index) => index);
  const aliases = numbers.map((n) => [
    `a${n}`,
    n % 5 === 4 ? `a${n - 1},a${n - 2}` : `p${n % 200}/model,p${(7 * n) % 200}/other`,
  ]);
  const providers = numbers
    .slice(0, 200)
    .map((n) => [`p${n}`, `openai://sk-${'0'.repeat(20)}${n}@gateway-${n}.example/v1?timeout=30s&retries=2`]);
  const config = { aliases: Object.fromEntries(aliases), providers: Object.fromEntries(providers) };
  mkdirSync(path.join(directory, 'majordomo'), { recursive: true });
  const file = path.join(directory, 'majordomo/config.json');
  writeFileSync(file, JSON.stringify(config, null, 2), { mode: 0o600 });
  // with a code cache of its own, which has not learnt from other files
  return { XDG_CONFIG_HOME: directory, XDG_CACHE_HOME: path.join(directory, 'cache') };
}

async function overTls() {
  const files = makeCertificate();
  if (!files) throw new Error('no openssl to make a certificate with');
  const secure = await startServer(files);
  const certificate = encodeURIComponent(files.certificate);
  const variables = { LLM_BENCH: `openai+https://bench@${new URL(secure).host}/v1?ca_file=${certificate}` };
  return compare(majordomo(['run', '-m', 'bench/tokens-1', 'hi'], variables), {
    argv: curl(secure, 'tokens-1', bundleWith(files.certificate)),
    env: environment(),
  });
}

/**
 * The system's authorities and one more, as curl has them in daily use. Node 20 reads its own list of them in the
 * first connection whatever it is told to trust, so that a list of one would compare different work.
 */
function bundleWith(certificate) {
  const system = '/etc/ssl/certs/ca-certificates.crt';
  if (!existsSync(system)) return certificate;
  const bundle = path.join(home, 'bundle.pem');
  writeFileSync(bundle, readFileSync(system, 'utf8') + readFileSync(certificate, 'utf8'));
  return bundle;
}

/** A first run, which also writes the cache, against a run that knows of none. */
function cold(words) {
  const cache = path.join(home, 'cold');
  const subject = majordomo(words, { ...bench, XDG_CACHE_HOME: cache });
  const reference = majordomo(words, { ...bench, MAJORDOMO_CODE_CACHE: 'off' });
  return compare({ ...subject, before: () => rmSync(cache, { recursive: true, force: true }) }, reference);
}

function peak() {
  const file = path.join(home, 'peak');
  const [program, ...rest] = one.argv;
  const argv = [program, '--require', path.join(import.meta.dirname, 'peak-memory.cjs'), ...rest];
  const command = { argv, env: { ...one.env, BENCH_PEAK_FILE: file } };
  run(command);
  const peaks = Array.from({ length: effort.rounds }, () => {
    run(command);
    return Number(readFileSync(file, 'utf8'));
  });
  return { wall: median(peaks) };
}
