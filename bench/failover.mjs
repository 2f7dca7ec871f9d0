// What failures cost beside an undisturbed run: node bench/failover.mjs [--quick] [--node PATH]
import { rmSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { compare, effort, median, run } from './measure.mjs';
import { printHead, row } from './report.mjs';
import { home, majordomo, startServer } from './setting.mjs';

const url = await startServer();
const host = new URL(url).host;
const dsn = (address) => `openai+http://bench@${address}/v1`;
const refusing = `127.0.0.1:${await closedPort()}`;
const bench = { LLM_BENCH: dsn(host), LLM_SILENT: dsn(host) };
const direct = majordomo(['run', '-q', '--health-store', 'off', '-m', 'bench/tokens-1', 'hi'], bench);

printHead('Failover');
await row('hops-refused', () => compare(pastDead(refusing, 'tokens-1'), direct));
await row('hops-503', () => compare(pastDead(host, 'status-503'), direct));
await row('silent', silent);
await row('remembered', remembered);
await row('probes', probes);

/** A chain of four dead providers and one that answers. */
function pastDead(address, model) {
  const dead = Object.fromEntries([1, 2, 3, 4].map((n) => [`LLM_DEAD${n}`, dsn(address)]));
  const spec = [...[1, 2, 3, 4].map((n) => `dead${n}/${model}`), 'bench/tokens-1'].join(',');
  return majordomo(['run', '-q', '--health-store', 'off', '-m', spec, 'hi'], { ...bench, ...dead });
}

/** The server tells how long it was waited for; what is over the timer is ours. */
async function silent() {
  const timerMs = 300;
  const words = ['run', '-q', '--health-store', 'off', '--first-token-timeout', `${timerMs}ms`];
  const command = majordomo([...words, '-m', 'silent/silent,bench/tokens-1', 'hi'], bench);
  await (await fetch(`${url}/silences`)).text();
  for (let round = 0; round < effort.rounds; round++) run(command);
  const waited = await (await fetch(`${url}/silences`)).json();
  if (waited.length !== effort.rounds) throw new Error(`the silent target was asked ${waited.length} times`);
  return { wall: median(waited) - timerMs };
}

/** The store is made anew for each round, since a circuit is probed again after its cooldown. */
function remembered() {
  const variables = { ...bench, LLM_DEAD: dsn(refusing), XDG_STATE_HOME: path.join(home, 'remembered') };
  const command = majordomo(['run', '-q', '-m', 'dead/x,bench/tokens-1', 'hi'], variables);
  const before = () => {
    rmSync(variables.XDG_STATE_HOME, { recursive: true, force: true });
    // Three failures in a row open a circuit, and a refused connection is tried once more each time.
    for (let failed = 0; failed < 4; failed += 2) run(command);
  };
  const alone = majordomo(['run', '-q', '-m', 'bench/tokens-1', 'hi'], bench);
  return compare({ ...command, before }, alone);
}

function probes() {
  const many = Object.fromEntries(
    Array.from({ length: 64 }, (_, n) => [`LLM_N${n}`, `openai+http://bench@${host}/slow/v1`]),
  );
  const names = Object.keys(many).map((variable) => variable.slice(4).toLowerCase());
  const all = majordomo(['health', ...names], many);
  const single = majordomo(['health', 'n0'], many);
  const differences = Array.from({ length: effort.rounds }, () => run(all).wallMs - run(single).wallMs);
  return { wall: median(differences) };
}

async function closedPort() {
  const server = net.createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}
