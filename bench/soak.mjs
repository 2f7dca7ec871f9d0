// Whether memory and time stay flat over 10,000 attempts in one process, after 10,000 others: node bench/soak.mjs [--quick] [--node PATH]
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { effort } from './measure.mjs';
import { printHead, row } from './report.mjs';
import { environment, home, node, startServer } from './setting.mjs';

if (process.argv[2] === '--inside') await inside(process.argv[3], Number(process.argv[4]));
else await outside();

async function outside() {
  const url = await startServer();
  const attempts = effort.batches === 1 ? 4000 : 20_000;
  const argv = ['--expose-gc', import.meta.filename, '--inside', new URL(url).host, String(attempts)];
  const result = spawnSync(node, argv, { env: environment({ XDG_STATE_HOME: path.join(home, 'soak') }) });
  if (result.status !== 0) throw new Error(result.stderr.toString());
  const { timeMs, heapBytes, rssBytes } = JSON.parse(result.stdout);
  printHead(`Soak, ${attempts} attempts`);
  await row('soak-time', () => ({ wall: grown(timeMs) }));
  await row('soak-heap', () => ({ wall: grown(heapBytes) }));
  await row('soak-peak', () => ({ wall: grown(rssBytes) }));
}

/** Tenths of the work. Every chain meets an error, a retry, a cut stream and an answer. */
async function inside(host, attempts) {
  const { FileStore, Registry, stateDirectory } = await import('../dist/lib/index.js');
  const dsn = `openai+http://bench@${host}/v1`;
  const env = { LLM_A: dsn, LLM_B: dsn, LLM_C: dsn };
  const store = new FileStore({ path: path.join(stateDirectory(process.env), 'health.json') });
  // no circuit is to open: every attempt is to be made
  const health = { store, threshold: 1_000_000 };
  const registry = new Registry({ envLookup: (name) => env[name], health });
  const chain = registry.parse('a/status-503,b/cut-3,c/tokens-5');
  const told = { timeMs: [], heapBytes: [], rssBytes: [] };
  for (let tenth = 0; tenth < 10; tenth += 1) {
    const sinceMs = performance.now();
    for (let made = 0; made < attempts / 10; )
      made += (await chain.generate({ prompt: 'hi' })).attempts.length;
    told.timeMs.push(performance.now() - sinceMs);
    globalThis.gc();
    told.heapBytes.push(process.memoryUsage().heapUsed);
    told.rssBytes.push(process.resourceUsage().maxRSS * 1024);
  }
  console.log(JSON.stringify(told));
  process.exit();
}

/** The last tenth against the fifth: until then the compilers and the heap find their size. */
function grown(figures) {
  return figures[9] / figures[4];
}
