import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** Rounds of a batch and batches of a figure; `--quick` is for trying the programs out, not for figures. */
export const effort = process.argv.includes('--quick')
  ? { rounds: 7, batches: 1 }
  : { rounds: 41, batches: 3 };

/**
 * Runs two commands in turn and compares them. Only ratios mean anything on a shared machine, and only those of
 * neighbours in time: the median of the paired ratios of a batch, then the median of the batches.
 *
 * A command is `{ argv, env, before }`; `before` runs untimed ahead of each round.
 * Returns `{ wall, cpu }`; `cpu` is null where the system does not tell the CPU time of children.
 */
export function compare(subject, reference) {
  for (const command of [subject, reference]) run(command);
  const batches = Array.from({ length: effort.batches }, () => batch(subject, reference));
  return {
    wall: median(batches.map(({ wall }) => wall)),
    cpu: batches[0].cpu === null ? null : median(batches.map(({ cpu }) => cpu)),
  };
}

function batch(subject, reference) {
  const ratios = [];
  const cpuMs = { subject: 0, reference: 0 };
  for (let round = 0; round < effort.rounds; round++) {
    const measured = {};
    // Who goes first alternates, so that neither always inherits a warm machine.
    const order = round % 2 ? ['subject', 'reference'] : ['reference', 'subject'];
    for (const side of order) {
      measured[side] = run(side === 'subject' ? subject : reference);
      cpuMs[side] += measured[side].cpuMs ?? Number.NaN;
    }
    ratios.push(measured.subject.wallMs / measured.reference.wallMs);
  }
  const cpu = cpuMs.subject / cpuMs.reference;
  return { wall: median(ratios), cpu: Number.isNaN(cpu) ? null : cpu };
}

/** Runs a command to its end; throws when it fails, for a program that fails early would look fast. */
export function run({ argv, env, before, exitCode = 0 }) {
  before?.();
  const cpuBeforeMs = childrenCpuMs();
  const sinceMs = performance.now();
  const result = spawnSync(argv[0], argv.slice(1), {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
    maxBuffer: 256 * 2 ** 20,
  });
  const wallMs = performance.now() - sinceMs;
  if (result.error) throw result.error;
  if (result.status !== exitCode) {
    throw new Error(
      `${argv.join(' ').slice(0, 200)}: exit ${result.status}\n${result.stderr.toString().slice(0, 2000)}`,
    );
  }
  const cpuAfterMs = childrenCpuMs();
  return { wallMs, cpuMs: cpuAfterMs === null ? null : cpuAfterMs - cpuBeforeMs, stdout: result.stdout };
}

/**
 * CPU time of all children so far, from /proc. It counts in ticks of 10 ms, but as a running total of exact
 * times: over a batch the rounding cancels out.
 */
function childrenCpuMs() {
  try {
    const fields = readFileSync('/proc/self/stat', 'latin1').split(') ')[1].split(' ');
    return (Number(fields[13]) + Number(fields[14])) * 10;
  } catch {
    return null;
  }
}

export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
