// What a long answer costs beside curl: node bench/stream.mjs [--quick] [--node PATH]
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { compare, effort, median } from './measure.mjs';
import { curl } from './peers/curl.mjs';
import { printHead, row } from './report.mjs';
import { environment, majordomo, startServer } from './setting.mjs';

const url = await startServer();
const bench = { LLM_BENCH: `openai+http://bench@${new URL(url).host}/v1` };

printHead('Streaming');
await row('flood', () =>
  compare(majordomo(['run', '-m', 'bench/tokens-100000', 'hi'], bench), {
    argv: curl(url, 'tokens-100000'),
    env: environment(),
  }),
);
await row('latency', latency);

/** Median time from a token's sending to its arrival here, ours over curl's, in pairs. */
async function latency() {
  const ratios = [];
  for (let round = 0; round < effort.batches * 5; round++) {
    const ours = await delayMs(majordomo(['run', '--stream', '-m', 'bench/paced-300', 'hi'], bench));
    const theirs = await delayMs({ argv: curl(url, 'paced-300'), env: environment() });
    ratios.push(ours / theirs);
  }
  return { wall: median(ratios) };
}

/** Each token is the time at which it was sent; the difference to now is its delay. */
async function delayMs({ argv, env }) {
  const child = spawn(argv[0], argv.slice(1), { env, stdio: ['ignore', 'pipe', 'ignore'] });
  const delays = [];
  child.stdout.setEncoding('latin1').on('data', (text) => {
    const nowMs = performance.timeOrigin + performance.now();
    for (const [sentAtMs] of text.matchAll(/\d{13}\.?\d*/g)) delays.push(nowMs - Number(sentAtMs));
  });
  const [code] = await once(child, 'close');
  if (code !== 0 || delays.length < 250)
    throw new Error(`${argv[0]}: exit ${code}, ${delays.length} tokens seen`);
  // The first ones arrive while the program still warms up.
  return median(delays.slice(50));
}
