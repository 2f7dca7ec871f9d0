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

describe.concurrent('health of a chain whose attempts end before a healthy target', () => {
  const spent = temporaryFile('majordomo.json', '{ "chain": { "maxAttempts": 2 } }');
  const six = 'busy/a,busy/b,busy/c,busy/d,busy/e,good/a';
  const more = { LLM_BUSY: 'mock://?fault=503*', LLM_EAGER: 'mock://?fault=503*&retries=9' };
  const once = { LLM_BUSY: 'mock://?fault=503*&retries=0' };
  it.each<{ words: readonly string[]; spec: string; also?: Environment; answers: boolean }>([
    { words: [], spec: six, answers: false },
    { words: [], spec: six, also: once, answers: true },
    { words: [], spec: 'busy/a,busy/b,busy/c,busy/d,good/a', answers: true },
    { words: ['--config', spent], spec: 'busy/a,good/a', answers: false },
    { words: ['--config', spent], spec: 'busy/a,good/a', also: once, answers: true },
    // its circuit opens at the third failure, which ends the retries
    { words: [], spec: 'eager/a,good/a', answers: true },
  ])('$words $spec $also: a run answers $answers', async ({ words, spec, also, answers }) => {
    const at = { ...more, ...also };
    const run = await runCli(['run', ...words, '-m', spec, 'hi'], { env: { ...env, ...at } });
    expect(run.code).toBe(answers ? 0 : 5);
    const report = await health([...words, '--probe', spec], at);
    expect(report).toMatchObject({ code: answers ? 0 : 1 });
    expect(report.chains).toMatchObject([
      {
        state: answers ? 'degraded' : 'down',
        firstHealthy: 'good/a',
        answeredBy: answers ? 'good/a' : null,
      },
    ]);
    const said = expect.stringMatching(/ end before good\/a is asked: .*retries=0/);
    expect(report.warnings).toEqual(answers ? [] : [{ code: 'attempts-used-up', message: said }]);
  });

  it.each([{ level: [] }, { level: ['--probe'] }])('is what a drill shows: $level', async ({ level }) => {
    const spec = ['a', 'b', 'c', 'd', 'e', 'f'].map((name) => `good/${name}`).join(',');
    const [{ drill }] = (await health([...level, '--drill', spec], { LLM_GOOD: 'mock://?reply=OK' })).chains;
    expect(drill.map(({ answeredBy }: { answeredBy: string | null }) => answeredBy)).toEqual([
      'good/b',
      'good/c',
      'good/d',
      'good/e',
      null,
    ]);
    expect(drill[4]).toMatchObject({
      status: 'fail',
      message: expect.stringMatching(
        /^the 10 attempts that chain.maxAttempts allows end before good\/f is asked: /,
      ),
    });
  });
});

describe.concurrent('health with a limit of what may be spent', () => {
  const priced = (usd: number) => `mock://?reply=OK&price_in=${usd}&price_out=${usd}`;
  const more = { LLM_A: priced(1), LLM_B: priced(1), LLM_FREE: priced(0) };
  it.each<{ words: readonly string[]; state: string; code: number; nagios: number }>([
    { words: ['a/a'], state: 'up', code: 6, nagios: 3 },
    { words: ['a/a,b/a'], state: 'up', code: 6, nagios: 3 },
    { words: ['dead/x,a/a'], state: 'degraded', code: 6, nagios: 3 },
    { words: ['dead/x,dead/y'], state: 'down', code: 1, nagios: 2 },
    { words: ['free/a'], state: 'up', code: 0, nagios: 0 },
    { words: ['free/a,a/a'], state: 'up', code: 6, nagios: 3 },
  ])('of nothing, $words: $state, exit $code', async ({ words, state, code, nagios }) => {
    const paid = ['--probe', '--max-cost', '0', ...words];
    expect(await health(paid, more)).toMatchObject({ state, code });
    const plugin = await runCli(['health', '--exit-style', 'nagios', ...paid], { env: { ...env, ...more } });
    expect(plugin.code).toBe(nagios);
    const junit = await runCli(['health', '-q', '--report', 'junit=-', ...paid], {
      env: { ...env, ...more },
    });
    expect(junit.stdout.includes('no target of the chain is healthy')).toBe(state === 'down');
  });

  it('tells what is used up from what nobody knows the price of', async () => {
    const [, second] = (await health(['--probe', '--max-cost', '1', 'good/a', 'a/a'], more)).checks;
    expect(second).toMatchObject({ status: 'skip', hint: expect.stringContaining('price_in') });
    const [, after] = (await health(['--probe', '--max-cost', '0.000001', 'a/a', 'b/a'], more)).checks;
    expect(after).toMatchObject({ status: 'skip', hint: 'allow more with --max-cost' });
  });

  it('is not cut short once enough have passed', async () => {
    const words = ['--probe', '--repeat', '5', '--require', '2', '--max-cost', '0.00001', 'a/a'];
    const report = await health(words, more);
    expect(report).toMatchObject({ code: 0, checks: [{ status: 'pass', repeats: { passed: 2, total: 5 } }] });
    words[4] = '3';
    expect(await health(words, more)).toMatchObject({ code: 6, checks: [{ status: 'skip' }] });
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
    const unasked = await pretty('--drill', '--level', 'configured', 'dead/x,good/a');
    expect(unasked).toMatch(/ up {2}dead\/x should answer\n/);
    expect(unasked).toMatch(
      /without dead\/x {2}good\/a should answer {2}\S+\n {4}not proven: no more than configured/,
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
