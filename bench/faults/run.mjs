// Runs one scenario in one dialect and judges it.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { home, majordomo } from '../setting.mjs';
import { key, startPair, usage, wholeText } from './server.mjs';

/** Divides the waits of the catalogue; what is counted in whole seconds by a protocol (Retry-After) stays as it is. */
export const profiles = { quick: 20, full: 1 };

/** Starting the program and reading its code may take so long without being a fault of the chain, in milliseconds. */
const startMs = 2_500;

export async function score(scenario, { wire, live, divisor }) {
  const ms = (catalogueMs) => catalogueMs / divisor;
  const pair = await startPair(wire, (answer, asked) => scenario.primary(answer, asked, ms));
  try {
    const sinceMs = performance.now();
    const ended = await run(command(pair, { wire, live, ms }));
    const durationMs = performance.now() - sinceMs;
    // what is over is closed in this very moment
    for (let waits = 0; pair.open() > 0 && waits < 20; waits++) await sleep(10);
    return judge(scenario, facts({ ended, durationMs, pair, live, ms }));
  } finally {
    pair.close();
  }
}

/**
 * S15: 503 for 60 s, then healthy; a request every 4 s, each a new process. Few attempts while the circuit is open, and
 * back within 30 s.
 */
export async function scoreRecovery({ wire, live, divisor }) {
  const ms = (catalogueMs) => catalogueMs / divisor;
  const beganMs = performance.now();
  const pair = await startPair(wire, (answer) => {
    if (performance.now() - beganMs < ms(60_000)) answer.refuse(503);
    else answer.whole();
  });
  const state = mkdtempSync(path.join(home, 'state-'));
  const config = path.join(state, 'config.json');
  writeFileSync(
    config,
    JSON.stringify({ health: { cooldown: `${ms(10_000)}ms`, maxCooldown: `${ms(600_000)}ms` } }),
  );
  try {
    const { argv, env } = command(pair, {
      wire,
      live,
      ms,
      more: ['--config', config, '--health-store', 'file'],
    });
    const runs = [];
    for (let index = 0; index < 20; index++) {
      const dueMs = beganMs + index * Math.max(ms(4_000), 250);
      await sleep(Math.max(0, dueMs - performance.now()));
      const ended = await run({ argv, env: { ...env, XDG_STATE_HOME: state } });
      runs.push({ ...facts({ ended, durationMs: 0, pair, live, ms }), atMs: performance.now() - beganMs });
    }
    const well = runs.filter(({ atMs }) => atMs > ms(60_000));
    const back = well.find(({ text, p }) => text === p);
    const down = pair.log.filter(({ name, atMs }) => name === 'p' && atMs < ms(60_000)).length;
    return judge(
      {
        required: [
          ['all 20 answered', () => runs.every((at) => at.answered)],
          ['back within 30 s', () => back !== undefined && back.atMs - ms(60_000) <= ms(30_000) + startMs],
        ],
        // three open the circuit, then one look per cooldown
        advisory: [['few attempts on the dead target', () => down <= 10]],
      },
      {},
    );
  } finally {
    pair.close();
    rmSync(state, { recursive: true, force: true });
  }
}

function command(pair, { wire, live, ms, more = [] }) {
  const dsn = (place) => `${wire.dialect}+http://${key}@${place}`;
  const timers = { 'first-token-timeout': 10_000, 'idle-timeout': 30_000, 'attempt-timeout': 30_000 };
  return majordomo(
    [
      'run',
      '--no-stdin',
      ...['--health-store', 'memory', '--retries', '2', '-m', 'first/p-model,second/f-model'],
      ...Object.entries(timers).flatMap(([name, value]) => [`--${name}`, `${ms(value)}ms`]),
      ...(live ? ['--stream', '-u'] : ['--format', 'json']),
      ...more,
      'hello',
    ],
    { LLM_FIRST: dsn(pair.first), LLM_SECOND: dsn(pair.second) },
  );
}

function facts({ ended, durationMs, pair, live, ms }) {
  const run = live ? null : JSON.parse(ended.stdout);
  // an answer gets a newline at its end
  const text = live ? ended.stdout.replace(/\n$/, '') : run.text;
  const [p, f] = [wholeText('p'), wholeText('f')];
  const times = (name) => pair.log.filter((entry) => entry.name === name).map(({ atMs }) => atMs);
  const counted = { inputTokens: usage.input, outputTokens: usage.output };
  return {
    ...ended,
    run,
    text,
    p,
    f,
    live,
    ms,
    startMs,
    durationMs,
    answered: ended.code === 0 && (text === p || text === f),
    asked: times('p'),
    spare: times('f'),
    refused: pair.log.filter(({ accepted }) => !accepted).length,
    open: pair.open(),
    usage: live
      ? ended.stderr.includes('7 in') && ended.stderr.includes('60 out')
      : Object.entries(counted).every(([name, value]) => run.usage?.[name] === value),
    served: live
      ? ended.stderr.includes('served by second/f-model')
      : run.servedBy === 'second/f-model' && run.servedModel === 'f-model',
  };
}

function judge({ required, advisory }, at) {
  const missed = (checks) => checks.filter(([, holds]) => !holds(at)).map(([what]) => what);
  const broken = missed(required);
  const advised = missed(advisory);
  const clean = at.code === undefined || at.code === 0 || (at.text === '' && at.code < 70) || at.code === 7;
  const verdict =
    broken.length > 0
      ? clean && at.answered === false
        ? 'safe'
        : 'fail'
      : advised.length > 0
        ? 'partial'
        : 'pass';
  return { verdict, missed: [...broken, ...advised], at };
}

function run({ argv: [file, ...words], env }) {
  const child = spawn(file, words, { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let [stdout, stderr] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text) => (stderr += text));
  const timer = setTimeout(() => child.kill('SIGKILL'), 150_000);
  return new Promise((resolve) =>
    child.on('close', (code) => {
      clearTimeout(timer);
      resolve({ code, stdout, stderr });
    }),
  );
}

function sleep(delayMs) {
  return new Promise((resolve) => setTimeout(resolve, delayMs));
}
