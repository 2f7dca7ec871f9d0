import { Writable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { Output } from '../../src/cli/output.js';
import { reportUsageAsJson } from '../../src/cli/usage-json.js';
import { expectRunReport } from '../support/run-shape.js';

async function printed(argv: readonly string[], message = "error: unknown option '--x'"): Promise<string> {
  let text = '';
  const stream = new Writable({
    write(chunk, _encoding, done) {
      text += String(chunk);
      done();
    },
  });
  const output = new Output(stream, () => {});
  reportUsageAsJson({ command: 'run', output, argv, message, hint: 'h' });
  await output.end();
  return text;
}

describe('a usage error', () => {
  it.each([
    { argv: ['run', '--json', '--x'], lines: 'many' },
    { argv: ['--json', 'run', '--x'], lines: 'many' },
    { argv: ['run', '--x', '--format', 'json'], lines: 'many' },
    { argv: ['run', '--x', '--format=json'], lines: 'many' },
    { argv: ['run', '--format', 'ndjson', '--x'], lines: 'one' },
    { argv: ['run', '--format=ndjson', '--x'], lines: 'one' },
  ])('is an object for $argv', async ({ argv, lines }) => {
    const text = await printed(argv);
    const report = expectRunReport(JSON.parse(text));
    expect(report).toMatchObject({
      exitCode: 2,
      error: { code: 'usage', kind: null, class: null, message: "unknown option '--x'", hint: 'h' },
    });
    expect(text.trimEnd().includes('\n')).toBe(lines === 'many');
  });

  it.each([
    { argv: ['run', '--x'] },
    { argv: ['run', '--format', 'plain', '--x'] },
    { argv: ['run', '--x', '--', '--json'] },
    { argv: ['run', '--x', '--', '--format', 'json'] },
    { argv: ['run', '--x', '--format'] },
  ])('is no object for $argv', async ({ argv }) => {
    expect(await printed(argv)).toBe('');
  });

  it('is one line without control sequences', async () => {
    const text = await printed(
      ['run', '--json'],
      "error: unknown option '--\u001b[2Jx'\n(Did you mean --y?)",
    );
    expect(JSON.parse(text).error.message).toBe("unknown option '--x' (Did you mean --y?)");
  });
});
