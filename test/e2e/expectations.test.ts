import { describe, expect, it } from 'vitest';
import { runCli, temporaryFile } from '../support/cli.js';
import { expectRunReport } from '../support/run-shape.js';

const env = {
  LLM_M1: `mock://?reply=${encodeURIComponent('{"name":"Ann"}')}&price_in=1&price_out=1`,
  LLM_DEAD: 'mock://?fault=503*',
};
const run = (...words: string[]) => runCli(['run', '-m', 'm1/x', ...words, 'hi'], { env });
const schema = temporaryFile(
  'schema.json',
  '{"type":"object","required":["name"],"properties":{"age":{"type":"integer"}}}',
);

describe.concurrent('run --expect', () => {
  it.each([
    { expects: ['contains:Ann'], code: 0 },
    {
      expects: ['!contains:Bob', 'regex:/ann/i', 'served-by:m1', 'latency:60s', 'first-token:60s', 'cost:1'],
      code: 0,
    },
    { expects: [`json-schema:${schema}`], code: 0 },
    { expects: ['contains:Bob'], code: 1, says: '✗ expected contains:Bob: {"name":"Ann"}' },
    { expects: ['contains:Ann', 'served-by:m2'], code: 1, says: '✗ expected served-by:m2: m1/x' },
    { expects: ['contain:x'], code: 2, says: 'did you mean contains?' },
    {
      expects: [`json-schema:${temporaryFile('typo.json', '{"requierd":["name"]}')}`],
      code: 3,
      says: 'did you mean required?',
    },
    { expects: ['json-schema:/none'], code: 3, says: '/none cannot be read' },
  ])('$expects: exit $code', async ({ expects, code, says = '' }) => {
    const result = await run(...expects.flatMap((each) => ['--expect', each]));
    expect(result.code).toBe(code);
    expect(result.stderr).toContain(says);
    // an answer was got and is printed, whatever was expected of it
    expect(result.stdout).toBe(code < 2 ? '{"name":"Ann"}\n' : '');
  });

  it('judges the answer in JSON, too', async () => {
    const { code, stdout } = await run('--json', '--expect', 'contains:Bob', '--expect', 'contains:Ann');
    expect(code).toBe(1);
    const report = JSON.parse(stdout);
    expectRunReport(report);
    expect(report).toMatchObject({ exitCode: 1, error: null });
    expect(report.expectations).toEqual([
      { text: 'contains:Bob', passed: false, actual: '{"name":"Ann"}' },
      { text: 'contains:Ann', passed: true, actual: '{"name":"Ann"}' },
    ]);
  });

  it.each(['regex:^(a+)+$', `json-schema:${temporaryFile('slow.json', '{"pattern":"^(a+)+$"}')}`])(
    'gives up on an expression that takes exponential time: %s',
    async (expectation) => {
      const reply = encodeURIComponent(
        JSON.stringify(`${'a'.repeat(60)}!`).slice(expectation.startsWith('regex') ? 1 : 0),
      );
      const hostile = { LLM_M1: `mock://?reply=${reply}` };
      const words = ['run', '-m', 'm1/x', '--expect', expectation, 'hi'];
      const { code, stderr } = await runCli(words, { env: hostile });
      expect(code).toBe(1);
      expect(stderr).toMatch(/takes too long on this answer\n$/);
    },
  );

  it('says that an answer is empty', async () => {
    const silent = { LLM_M1: 'mock://?reply=' };
    const { code, stderr } = await runCli(['run', '-m', 'm1/x', '--expect', 'contains:x', 'hi'], {
      env: silent,
    });
    expect(code).toBe(1);
    expect(stderr).toContain('✗ expected contains:x: empty\n');
  });

  it('is read before anything is sent', async () => {
    const { stdout, stderr } = await run('--json', '--expect', 'cost:cheap');
    expect(JSON.parse(stdout)).toMatchObject({ exitCode: 2, attempts: [], expectations: [] });
    expect(stderr).toContain('cost is no price');
  });

  it('says nothing of an answer that did not come', async () => {
    const { code, stderr } = await runCli(['run', '-q', '-m', 'dead/x', '--expect', 'contains:x', 'hi'], {
      env,
    });
    expect(code).toBe(5);
    expect(stderr).not.toContain('expected');
  });

  it('cannot judge the cost of an answer without prices', async () => {
    const { code, stderr } = await runCli(['run', '-m', 'mock/x', '--expect', 'cost:1', 'hi'], { env });
    expect(code).toBe(1);
    expect(stderr).toContain(
      '✗ expected cost:1: no price of the model is known: put price_in and price_out into its DSN',
    );
  });
});
