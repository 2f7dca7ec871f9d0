import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ended, runCli, temporaryFile, token, upstream } from '../support/cli.js';
import { expectRunReport } from '../support/run-shape.js';
import { startOpenAi } from '../support/scripted-upstream.js';
import { hasTerminal, onTerminal, screenOf, seen, startOnTerminal } from '../support/terminal.js';

const frame = /[⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏]/;

describe('the terminal of these tests', () => {
  it('shows what a terminal would', () => {
    expect(screenOf('ab\rc\r\nd\u001b[1G\u001b[0Ke\u001b[2K\u001b[1Gf\u001b[?25l\r\n')).toBe('cb\nf');
    expect(screenOf('one\r\ntwo\u001b[1A\u001b[1G\u001b[0Kx')).toBe('x\ntwo');
  });
});

describe.skipIf(!hasTerminal)('on a terminal', () => {
  it('text is shown as it comes', async () => {
    let finish = (): void => {};
    const server = await upstream((_request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write(token('first '));
      finish = () => {
        response.write(token('second'));
        response.end(
          `data: ${JSON.stringify({ choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] })}\n\n`,
        );
      };
    });
    const child = startOnTerminal(['run', '-m', 'x/y', 'hi'], {
      env: { LLM_X: `openai+http://KEY@${server.host}/v1` },
    });
    const result = ended(child);
    // The server holds the rest back until the beginning was seen: only a live screen gets there.
    await new Promise<void>((resolve) => {
      let shown = '';
      child.stdout?.on('data', (text: string) => {
        shown += text;
        if (shown.includes('first ')) resolve();
      });
    });
    finish();
    expect(await seen(result)).toMatchObject({ code: 0, screen: 'first second' });
    server.close();
  });

  it('a stream that breaks leaves its text, tells why and is not spliced with another: exit 7', async () => {
    const env = { LLM_X: 'mock://?reply=one%20two%20three&fault=cut:2*', LLM_Y: 'mock://?reply=spare' };
    const { code, screen } = await onTerminal(['run', '-m', 'x/y,y/z', 'hi'], { env });
    expect(code).toBe(7);
    expect(screen).toMatch(/^one two\nmajordomo: the answer was cut after it had begun: x\/y: network \(/);
    expect(screen).not.toContain('spare');
  });

  it('a failover before the first text leaves a line above the answer', async () => {
    const env = { LLM_X: 'mock://?fault=503*&latency=300ms', LLM_Y: 'mock://?reply=spare&latency=400ms' };
    const { code, raw, screen } = await onTerminal(['run', '--retries', '0', '-m', 'x/y,y/z', 'hi'], { env });
    expect(code).toBe(0);
    expect(raw).toMatch(frame);
    expect(screen).toMatch(/^⚠ x\/y: server-error \(503, .*\) → y\/z\nspare$/);
  });

  it('a spinner names the target until the first token, and nothing is left of it', async () => {
    const { code, raw, screen } = await onTerminal(['run', '-m', 'x/y', 'hi'], {
      env: { LLM_X: 'mock://?reply=done%20now&latency=700ms&tps=5' },
    });
    expect({ code, screen }).toEqual({ code: 0, screen: 'done now' });
    expect(raw).toMatch(/[⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏]\S* x\/y/);
    expect(raw.slice(raw.indexOf('done'))).not.toMatch(frame);
    // The cursor, hidden meanwhile, is back.
    expect(raw.lastIndexOf('\u001b[?25h')).toBeGreaterThan(raw.lastIndexOf('\u001b[?25l'));
  });

  it.each([
    { name: 'with -q', words: ['-q'], env: {}, columns: 80 },
    { name: 'with TERM=dumb', words: [], env: { TERM: 'dumb' }, columns: 80 },
    { name: 'in CI', words: [], env: { CI: 'true' }, columns: 80 },
    { name: 'on a terminal without columns', words: [], env: {}, columns: 0 },
  ])('nothing spins $name', async ({ words, env, columns }) => {
    const { raw } = await onTerminal(['run', ...words, '-m', 'x/y', 'hi'], {
      env: { LLM_X: 'mock://?reply=done&latency=500ms', ...(env as Record<string, string>) },
      columns,
    });
    expect(raw).toBe('done\r\n');
  });

  it('a spinner never reaches standard output, nor a standard error that is a file', async () => {
    const env = { LLM_X: 'mock://?reply=done&latency=500ms' };
    const [out, err] = [temporaryFile('out', ''), temporaryFile('err', '')];
    const spun = await onTerminal(['run', '-m', 'x/y', 'hi'], { env, redirect: `> '${out}'` });
    expect(spun.raw).toMatch(frame);
    expect(spun.screen).toBe('');
    expect(readFileSync(out, 'utf8')).toBe('done\n');
    const still = await onTerminal(['run', '-m', 'x/y', 'hi'], { env, redirect: `2> '${err}'` });
    expect(still.raw).toBe('done\r\n');
    expect(readFileSync(err, 'utf8')).toBe('');
  });

  it('an answer into a file is whole or not at all, although standard error is a terminal', async () => {
    const out = temporaryFile('out', '');
    const env = { LLM_X: 'mock://?reply=one%20two&fault=cut:1*' };
    const { code } = await onTerminal(['run', '-m', 'x/y', 'hi'], { env, redirect: `> '${out}'` });
    expect(code).toBe(5);
    expect(readFileSync(out, 'utf8')).toBe('');
  });

  it('--no-stream shows the answer at once', async () => {
    const env = { LLM_X: 'mock://?reply=one%20two&fault=cut:1', LLM_Y: 'mock://?reply=spare' };
    const { code, screen } = await onTerminal(['run', '-q', '--no-stream', '-m', 'x/y', 'hi'], { env });
    expect({ code, screen }).toEqual({ code: 0, screen: 'one two' });
  });

  it.each([
    { name: 'are taken out of the answer', words: [], shown: 'abcd\r\n' },
    {
      name: 'stay with --sanitize never',
      words: ['--sanitize', 'never'],
      shown: 'a\u001b]52;c;aGk=\u0007b\u001b[2Jc\u202ed\r\n',
    },
  ])('control sequences $name', async ({ words, shown }) => {
    const evil = 'a\u001b]52;c;aGk=\u0007b\u001b[2Jc\u202ed';
    const server = await startOpenAi([evil.slice(0, 4), evil.slice(4, 13), evil.slice(13)]);
    const env = { LLM_X: `openai+http://KEY@${server.host}/v1` };
    const { raw } = await onTerminal(['run', '-q', ...words, '-m', 'x/y', 'hi'], { env });
    server.close();
    expect(raw).toBe(shown);
  });

  it('control sequences of a model’s name and of an error stay out of standard error', async () => {
    const evil = 'n\u001b]0;title\u0007\u001b[31m\u009b2J\r\b';
    const server = await upstream((_request, response) => {
      if (server.requests() === 1)
        response.writeHead(400).end(JSON.stringify({ error: { message: `bad ${evil}` } }));
      else {
        response.writeHead(200, { 'content-type': 'text/event-stream' });
        const choices = [{ index: 0, delta: { content: 'ok' }, finish_reason: 'stop' }];
        response.end(`data: ${JSON.stringify({ model: evil, choices })}\n\n`);
      }
    });
    const env = { LLM_X: `openai+http://KEY@${server.host}/v1` };
    const words = ['run', '-u', '-v', '--color', 'never', '-m', 'x/y', 'hi'];
    const [failed, answered] = [await onTerminal(words, { env }), await onTerminal(words, { env })];
    server.close();
    expect([failed.code, answered.code]).toEqual([4, 0]);
    expect(failed.screen).toContain('bad n');
    expect(answered.screen).toContain('served by x/y (n');
    for (const { raw } of [failed, answered])
      for (const sequence of ['title\u0007', '\u001b[31m', '\u009b', '\b'])
        expect(raw).not.toContain(sequence);
  });

  it('JSON keeps a model’s 8-bit control characters off the screen', async () => {
    const server = await startOpenAi(['a\u009b2Jb\u202e']);
    const { raw } = await onTerminal(['run', '-q', '--json', '-m', 'x/y', 'hi'], {
      env: { LLM_X: `openai+http://KEY@${server.host}/v1` },
    });
    server.close();
    expect(raw).not.toMatch(/[\u0080-\u009f\u202e]/);
    expect(JSON.parse(raw).text).toBe('a\u009b2Jb\u202e');
  });

  it('Ctrl-C typed while a spinner turns ends with 130 and restores the screen', async () => {
    const child = startOnTerminal(['run', '-m', 'x/y', 'hi'], { env: { LLM_X: 'mock://?fault=silent*' } });
    const result = ended(child);
    child.stdout?.on('data', (text: string) => frame.test(text) && child.stdin?.write('\u0003'));
    const { code, raw, screen } = await seen(result);
    expect(code).toBe(130);
    expect(screen.replace('^C', '').trim()).toBe('');
    expect(raw.lastIndexOf('\u001b[?25h')).toBeGreaterThan(raw.lastIndexOf('\u001b[?25l'));
  });

  it('SIGINT while a spinner turns leaves time for the JSON object', async () => {
    const out = temporaryFile('out', '');
    const child = startOnTerminal(['run', '--json', '-m', 'x/y', 'hi'], {
      env: { LLM_X: 'mock://?fault=silent*' },
      redirect: `> '${out}'`,
    });
    const result = ended(child);
    child.stdout?.on('data', (text: string) => frame.test(text) && child.stdin?.write('\u0003'));
    expect((await result).code).toBe(130);
    expect(expectRunReport(JSON.parse(readFileSync(out, 'utf8')))).toMatchObject({ exitCode: 130 });
  });

  it.each([
    { name: 'coloured', words: [], env: {}, colored: true },
    { name: 'not with NO_COLOR', words: [], env: { NO_COLOR: '1' }, colored: false },
    { name: 'not with TERM=dumb', words: [], env: { TERM: 'dumb' }, colored: false },
    {
      name: 'not with --color never',
      words: ['--color', 'never'],
      env: { FORCE_COLOR: '1' },
      colored: false,
    },
    { name: 'not with FORCE_COLOR=0', words: [], env: { FORCE_COLOR: '0' }, colored: false },
  ])('remarks are $name, the answer never is', async ({ words, env, colored }) => {
    const { raw } = await onTerminal(['run', ...words, '-m', 'x/y,y/z', 'hi'], {
      env: { LLM_X: 'mock://?fault=503*', LLM_Y: 'mock://?reply=plain', ...(env as Record<string, string>) },
    });
    expect(raw.includes('\u001b[33m⚠')).toBe(colored);
    expect(raw).toMatch(/(^|[^m])plain\r\n/);
  });

  it('colour is decided for each stream: remarks into a file have none', async () => {
    const err = temporaryFile('err', '');
    const env = { LLM_X: 'mock://?fault=503*', LLM_Y: 'mock://?reply=ok' };
    await onTerminal(['run', '-m', 'x/y,y/z', 'hi'], { env, redirect: `2> '${err}'` });
    expect(readFileSync(err, 'utf8')).toMatch(/^⚠ x\/y/);
    expect(readFileSync(err, 'utf8')).not.toContain('\u001b');
  });

  it('standard input that is the terminal is not read', async () => {
    const { code, screen } = await onTerminal(['run', '-m', 'x/y', 'hi'], {
      env: { LLM_X: 'mock://?reply=ok' },
    });
    expect({ code, screen }).toEqual({ code: 0, screen: 'ok' });
  });

  it('usage and attempts stand below the answer, each on a line of its own', async () => {
    const { screen } = await onTerminal(['run', '-u', '-v', '--color', 'never', '-m', 'x/y', 'hi'], {
      env: { LLM_X: 'mock://?reply=ok' },
    });
    expect(screen).toMatch(/^ok\n1\. x\/y {2}ok, .*\n1 in · 1 out · [\s\S]*served by x\/y$/);
  });
});

describe('a pipe', () => {
  it('with a failover shows no cursor movement at all', async () => {
    const env = { LLM_X: 'mock://?fault=503*&latency=300ms', LLM_Y: 'mock://?reply=ok&latency=300ms' };
    const { stdout, stderr } = await runCli(['run', '-m', 'x/y,y/z', 'hi'], { env });
    expect(stdout + stderr).not.toContain('\u001b');
    expect(stdout + stderr).not.toContain('\r');
  });
});
