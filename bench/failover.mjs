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
const timerMs = 300;
/** Three failures in a row open a circuit, and a refused connection is tried once more each time. */
const refused = {
  name: 'refused',
  words: ['run', '-q', '-m', 'dead/x,bench/tokens-1', 'hi'],
  variables: { ...bench, LLM_DEAD: dsn(refusing) },
  failures: 2,
};
const hanging = {
  name: 'silent',
  words: ['run', '-q', '--first-token-timeout', `${timerMs}ms`, '-m', 'silent/silent,bench/tokens-1', 'hi'],
  variables: bench,
  failures: 3,
};
const direct = majordomo(['run', '-q', '--health-store', 'off', '-m', 'bench/tokens-1', 'hi'], bench);
const alone = majordomo(['run', '-q', '-m', 'bench/tokens-1', 'hi'], bench);

printHead('Failover');
await row('hops-refused', () => compare(pastDead(refusing, 'tokens-1'), direct));
await row('hops-503', () => compare(pastDead(host, 'status-503'), direct));
await row('silent', silent);
await row('remembered', () => compare(second(refused), alone));
await row('remembered-silent', () => compare(second(hanging), alone));
await row('second-refused', () => compare(second(refused), first(refused)));
await row('second-silent', () => compare(second(hanging), first(hanging)));
await row('eight', () => compare(eight(second(refused)), eight(alone)));
await row('eight-silent', () => compare(eight(second(hanging)), eight(alone)));
await row('probes', probes);

/** A chain of four dead providers and one that answers. */
function pastDead(address, model) {
  const dead = Object.fromEntries([1, 2, 3, 4].map((n) => [`LLM_DEAD${n}`, dsn(address)]));
  const spec = [...[1, 2, 3, 4].map((n) => `dead${n}/${model}`), 'bench/tokens-1'].join(',');
  return majordomo(['run', '-q', '--health-store', 'off', '-m', spec, 'hi'], { ...bench, ...dead });
}

/** As the attempt is timed in the result; the server has to have seen the request go as well. */
async function silent() {
  const words = ['run', '--json', '--health-store', 'off', '--first-token-timeout', `${timerMs}ms`];
  const command = majordomo([...words, '-m', 'silent/silent,bench/tokens-1', 'hi'], bench);
  await (await fetch(`${url}/silences`)).text();
  const attempts = Array.from({ length: effort.rounds }, () => JSON.parse(run(command).stdout).attempts[0]);
  const waited = await (await fetch(`${url}/silences`)).json();
  if (waited.length !== effort.rounds) throw new Error(`the silent target was asked ${waited.length} times`);
  return { wall: median(attempts.map(({ durationMs }) => durationMs)) - timerMs };
}

/** A run that meets the dead target for the first time. */
function first({ words, variables }) {
  const state = path.join(home, 'first');
  const before = () => rmSync(state, { recursive: true, force: true });
  return { ...majordomo(words, { ...variables, XDG_STATE_HOME: state }), before };
}

/** A run that knows of the dead target from earlier ones. */
function second({ name, words, variables, failures }) {
  const state = path.join(home, `second-${name}`);
  const command = majordomo(words, { ...variables, XDG_STATE_HOME: state });
  let openedMs = Number.NEGATIVE_INFINITY;
  const before = () => {
    // a circuit stays open for ten seconds; a run that only skips its target writes nothing
    if (performance.now() - openedMs < 6000) return;
    rmSync(state, { recursive: true, force: true });
    for (let failed = 0; failed < failures; failed += 1) run(command);
    openedMs = performance.now();
  };
  return { ...command, before };
}

/** Eight at once, with one store. */
function eight({ argv, ...command }) {
  const script = `running=
    for number in 1 2 3 4 5 6 7 8; do "$@" > /dev/null & running="$running $!"; done
    for process in $running; do wait "$process" || exit 1; done`;
  return { ...command, argv: ['sh', '-c', script, 'sh', ...argv] };
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
