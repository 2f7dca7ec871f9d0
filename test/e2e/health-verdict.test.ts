import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { jsonReply, startFake } from '../fakes/loopback.js';
import { list, Zoo, zooKey } from '../fakes/zoo.js';
import { type Environment, runCli, temporaryFile } from '../support/cli.js';
import { expectValid } from '../support/schemas.js';

const zoo = new Zoo();
afterAll(() => zoo.close());

let env: Environment = {};
beforeAll(async () => {
  const refusing = await startFake(() =>
    jsonReply(401, { error: { message: 'Incorrect API key', code: 'invalid_api_key' } }),
  );
  afterAll(() => refusing.close());
  env = {
    LLM_GOOD: 'mock://?models=a&reply=OK',
    LLM_SPARE: 'mock://?models=a&reply=OK',
    LLM_BARE: 'mock://',
    LLM_BAD: `openai+http://${zooKey}@${new URL(refusing.url).host}/v1`,
    LLM_DEAD: `openai+http://${zooKey}@127.0.0.1:1/v1`,
    LLM_OPEN: `openai+http://${zooKey}@${await zoo.api(() => list)}/v1`,
    LLM_SLOW: 'mock://?latency=5s',
    LLM_BROKEN: 'nope://',
    MAJORDOMO_ALIAS_ONE: 'dead/x',
  };
});

async function health(words: readonly string[], more: Environment = {}) {
  const { code, stdout, stderr } = await runCli(['health', '--json', ...words], { env: { ...env, ...more } });
  const report = JSON.parse(stdout);
  expectValid('health', report);
  expect(report.exitCode).toBe(code);
  return { ...report, code, stderr };
}

const codesOf = (report: { warnings: readonly { code: string }[] }) =>
  report.warnings.map(({ code }) => code);

describe.concurrent('health of a chain', () => {
  it('that ends at a wrong key says so, which --fail-on warn heeds', async () => {
    const report = await health(['bad/m,good/a']);
    expect(report).toMatchObject({ code: 0, state: 'degraded' });
    const said = 'bad/m,good/a: bad/m fails with auth, which ends the chain: good/a is not asked';
    expect(report.warnings).toMatchObject([{ code: 'chain-ends', message: expect.stringContaining(said) }]);
    expect(report.stderr).toContain(said);
    expect(await health(['--fail-on', 'warn', 'bad/m,good/a'])).toMatchObject({ code: 1 });
    expect((await health(['--drill', 'good/a,bad/m,spare/a'])).chains[0].drill).toMatchObject([
      { status: 'fail', message: expect.stringMatching(/^bad\/m: auth: .*, which ends the chain$/) },
      { status: 'pass', answeredBy: 'spare/a' },
    ]);
  });

  it('says nothing of that where the configuration lets the chain go on', async () => {
    const config = temporaryFile('majordomo.json', '{ "chain": { "advanceOnPermanent": true } }');
    const report = await health(['--drill', '--config', config, 'bad/m,good/a,spare/a']);
    expect(report).toMatchObject({ code: 0, warnings: [] });
    const [{ drill }] = (await health(['--drill', '--config', config, 'good/a,bad/m,spare/a'])).chains;
    expect(drill[0]).toMatchObject({ status: 'pass', answeredBy: 'spare/a' });
  });

  it.each([
    { words: [], code: 0 },
    { words: ['--fail-on', 'warn'], code: 1 },
    { words: ['--drill'], code: 1 },
    { words: ['--drill', '--probe'], code: 1 },
  ])('that a run refuses says so: $words', async ({ words, code }) => {
    const report = await health([...words, 'good/a,spare/a,broken/x']);
    expect(report).toMatchObject({ code, state: 'up' });
    expect(codesOf(report)).toEqual(['chain-refused']);
    expect((await runCli(['run', '-m', 'good/a,broken/x', 'hi'], { env })).code).toBe(3);
  });

  it.each([
    { optional: ['one'], code: 0, state: 'up' },
    { optional: ['dead/x'], code: 1, state: 'down' },
  ])('that is optional does not count: $optional', async ({ optional, code, state }) => {
    const words = optional.flatMap((name) => ['--optional', name]);
    const report = await health(['one', 'good', ...words]);
    expect(report).toMatchObject({ code, state, chains: [{ spec: 'one', state: 'down' }] });
    expect(report.chains[0].required).toBe(code === 1);
  });
});

describe.concurrent('health without names', () => {
  it('checks a provider whose name an alias has, too', async () => {
    const { checks, chains, code } = await health([], { MAJORDOMO_ALIAS_BAD: 'good/a' });
    const bad = checks.find(({ subject }: { subject: string }) => subject === 'bad');
    expect(bad).toMatchObject({ status: 'fail', kind: 'auth' });
    expect(chains).toEqual([]);
    expect(code).toBe(1);
  });
});

describe.concurrent('health of a provider that has no model to ask', () => {
  it.each<{ words: readonly string[]; code: number; status: string; level: string }>([
    { words: ['--probe'], code: 0, status: 'warn', level: 'generates' },
    { words: ['--level', 'model'], code: 0, status: 'warn', level: 'model' },
    { words: ['--level', 'credential'], code: 0, status: 'pass', level: 'credential' },
    { words: ['--probe', '--fail-on', 'warn'], code: 1, status: 'warn', level: 'generates' },
    { words: ['--probe', '--expect', 'contains:NEVER'], code: 1, status: 'fail', level: 'generates' },
    { words: ['--probe', '--expect', '!contains:NEVER'], code: 1, status: 'fail', level: 'generates' },
  ])('$words: $status', async ({ words, code, status, level }) => {
    const report = await health(['bare', ...words]);
    expect(report.code).toBe(code);
    expect(report.checks).toMatchObject([{ status, level }]);
    if (status === 'pass') return;
    expect(report.checks).toMatchObject([
      { message: 'there is no model to ask', hint: 'name bare/MODEL, or set model= in its DSN' },
    ]);
  });
});

describe.concurrent('health --drill', () => {
  it.each([{ words: [] }, { words: ['good'] }, { words: ['good/a'] }, { words: ['one'] }])(
    'of $words has nothing to prove: exit 3',
    async ({ words }) => {
      const report = await health(['--drill', ...words]);
      expect(report).toMatchObject({ code: 3, error: { code: 'nothing-to-drill' }, checks: [] });
    },
  );

  it('says which chains it leaves out', async () => {
    const report = await health(['--drill', '--optional', 'one', 'one', 'good/a,spare/a']);
    expect(report).toMatchObject({ code: 0, chains: [{ drill: null }, { drill: [{ status: 'pass' }] }] });
    expect(codesOf(report)).toEqual(['not-drilled']);
  });

  it('has the time that the checks have left, and no more', async () => {
    const sinceMs = Date.now();
    const words = ['--timeout', '1500ms', '--check-timeout', '1s', '--drill', '--probe'];
    const report = await health([...words, 'slow/a,slow/b,slow/c']);
    expect(Date.now() - sinceMs).toBeLessThan(4000);
    expect(report.code).toBe(6);
    expect(report.chains[0].drill).toMatchObject([
      { status: 'fail', message: expect.stringContaining('no answer within') },
      { status: 'skip', message: expect.stringContaining('not asked: the deadline was over') },
    ]);
  });

  it('that failed is critical for Nagios', async () => {
    const words = ['health', '--exit-style', 'nagios', '--drill', 'good/a,dead/x'];
    const { code, stdout } = await runCli(words, { env });
    expect(code).toBe(2);
    expect(stdout).toMatch(/^MAJORDOMO CRITICAL: good\/a,dead\/x without good\/a, dead\/x unreachable \|/);
  });

  it('says to people why nobody answers, and who only should', async () => {
    const pretty = async (...words: readonly string[]) =>
      (await runCli(['health', '--format', 'pretty', ...words], { env })).stdout;
    expect(await pretty('--drill', 'good/a,dead/x')).toMatch(
      /✗ without good\/a {2}nobody answers\n {4}dead\/x: unreachable: the server refused/,
    );
    const doubtful = await pretty('--drill', 'open/gpt-x,open/gpt-y,good/a');
    expect(doubtful).toMatch(/up {2}open\/gpt-x should answer\n/);
    const drilled = await pretty('--drill', 'good/a,open/gpt-x');
    expect(await pretty('bad/m,good/a')).toMatch(/degraded {2}nobody answers\n/);
    expect(drilled).toMatch(/without good\/a {2}open\/gpt-x should answer {2}\S+\n {4}not proven: /);
  });
});

describe.concurrent('health refuses', () => {
  it.each([
    { words: ['--max-cost', '-1', 'good/a'], says: '--max-cost must be a number of US dollars, 0 or more' },
    { words: ['--repeat', '2', '--require', '3', 'good/a'], says: '--require 3 is more than --repeat 2' },
    { words: ['--expect', 'contains:x', 'good/a'], says: '--expect: at this level nobody is asked' },
  ])('$words', async ({ words, says }) => {
    const report = await health(words);
    expect(report).toMatchObject({ code: 2, error: { message: expect.stringContaining(says) } });
  });
});
