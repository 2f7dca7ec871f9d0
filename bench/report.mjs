import { effort } from './measure.mjs';
import { nodeMajor } from './setting.mjs';

/** The budgets: what a figure may be on Node 20, on 24, and what to aim at on 20. */
export const budgets = {
  version: { what: '`--version` / e0', limits: [1.15, 1.15, 1.0] },
  help: { what: '`--help` / e0', limits: [1.45, 1.4, 1.25] },
  resolve: { what: '`resolve fast` (20 providers, 20 aliases) / e0', limits: [1.45, 1.4, 1.25] },
  'resolve-one': {
    what: '`resolve` of one of 500 aliases over 200 providers (JSON file) / e0',
    limits: [1.45, 1.4, 1.25],
  },
  'resolve-all': { what: '`resolve` of all of them, a thousand targets / e0', limits: [1.45, 1.4, 1.25] },
  providers: { what: '`providers` / e0', limits: [1.45, 1.4, 1.25] },
  run: { what: 'one-token `run` in a pipe / e0', limits: [2.6, 2.6, 2.0] },
  'run-openai': { what: 'the same / an openai SDK script', limits: [0.33, 0.5, 0.25] },
  'run-curl': { what: 'the same / curl', limits: null },
  'run-tls': { what: 'the same over HTTPS, verified / curl', limits: [3.5, 2.5, 2.6] },
  cold: { what: 'first `run` with a cold code cache / with none', limits: [1.1, 1.1, 1.0] },
  'cold-help': { what: 'first `--help` with a cold code cache / with none', limits: [1.1, 1.1, 1.0] },
  peak: { what: 'peak memory of a one-token `run`, MiB', limits: [56, 66, 52] },
  flood: { what: '100,000 tokens / curl', limits: [4, 4, 3.2] },
  latency: { what: 'added latency a token, p50 / curl’s', limits: [6, 6, 4] },
  'hops-refused': { what: 'four dead hops (refused) / direct', limits: [1.25, 1.25, 1.1] },
  'hops-503': { what: 'four dead hops (503) / direct', limits: [1.25, 1.25, 1.1] },
  silent: { what: 'a silent target: ms past the configured timer', limits: [25, 25, 5] },
  remembered: { what: 'second run past a remembered refused target / none', limits: [1.05, 1.05, 1.02] },
  'remembered-silent': {
    what: 'second run past a remembered silent target / none',
    limits: [1.05, 1.05, 1.02],
  },
  'second-refused': { what: 'second run past a refused target / first', limits: null },
  'second-silent': { what: 'second run past a silent target (300 ms) / first', limits: null },
  eight: { what: '8 second runs at once past a refused target, one store / none', limits: null },
  'eight-silent': { what: '8 second runs at once past a silent target, one store / none', limits: null },
  'soak-time': { what: 'time an attempt, last 2,000 of 20,000 / those up to 10,000', limits: null },
  'soak-heap': { what: 'heap in use after 20,000 attempts / after 10,000', limits: null },
  'soak-peak': { what: 'peak memory after 20,000 attempts / after 10,000', limits: null },
  probes: { what: '64 probes of 100 ms in `health` − one probe, ms', limits: [100, 100, 50] },
};

/** Prints the head of the table. */
export function printHead(title) {
  const note = effort.batches === 1 ? ' (--quick: rough figures)' : '';
  console.log(`${title}, Node ${nodeMajor}${note}\n`);
  console.log('| what | wall | CPU | budget | stretch (20) | |\n| --- | --- | --- | --- | --- | --- |');
}

/** Measures one row and prints it; a row that cannot be measured says why and does not end the program. */
export async function row(name, measure) {
  const { what, limits } = budgets[name];
  const budget = limits?.[nodeMajor === 20 ? 0 : 1];
  const cells = [budget ?? '–', limits?.[2] ?? '–'];
  try {
    const { wall, cpu = null } = await measure();
    const verdict = budget === undefined ? '' : wall <= budget ? 'within' : '**over**';
    console.log(
      `| ${what} | ${wall.toFixed(2)} | ${cpu?.toFixed(2) ?? '–'} | ${cells.join(' | ')} | ${verdict} |`,
    );
  } catch (error) {
    console.log(
      `| ${what} | – | – | ${cells.join(' | ')} | not measured: ${error.message.replace(/[\n|]+/g, ' ').slice(0, 200)} |`,
    );
  }
}
