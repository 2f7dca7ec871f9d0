import { afterEach, describe, expect, it } from 'vitest';
import { Emulator } from '../support/emulator.js';
import { hasShell, ShellSession } from '../support/shell-session.js';

const env = { LLM_FAST: 'mock://?latency=300ms', LLM_SILENT: 'mock://?fault=silent*', PS1: '$ ' };
const frame = /[⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏]\S* silent\/a/;
/** It tells a terminal beforehand how to paste. */
const prompt = /\[\?2004h\$ $/;

/** What stands on the screen below the command, without times. */
async function linesFrom(command: string, { screen }: ShellSession): Promise<readonly string[]> {
  const emulator = new Emulator(200, 50);
  await emulator.write(screen);
  const lines = emulator.all();
  const first = lines.indexOf(`$ ${command}`);
  return lines.slice(first + 1).map((line) => line.replace(/\d+(\.\d+)?m?s\b/g, 'N').trimEnd());
}

const hasCursor = ({ screen }: ShellSession): boolean =>
  screen.lastIndexOf('\u001b[?25h') > screen.lastIndexOf('\u001b[?25l');

describe.skipIf(!hasShell('bash'))('Ctrl-Z', () => {
  let session: ShellSession;
  afterEach(() => session.end());

  it('gives a shell the terminal, and a table begins anew when it is continued', async () => {
    session = await ShellSession.start('bash', env);
    const command = 'majordomo health --probe --color never fast/a silent/a';
    await session.press(`${command}\r`, /✓ fast\/a/);
    await session.press('\u001a', prompt);
    expect(hasCursor(session)).toBe(true);
    await session.press('echo on""e\r', /\rone\r/);
    await session.press('fg\r', frame);
    await session.press('\u0003', prompt);
    const lines = await linesFrom(command, session);
    expect(lines.slice(0, 2)).toEqual([
      '✓ fast/a  generates  N',
      expect.stringMatching(/^. silent\/a( {2}N)?$/),
    ]);
    expect(lines).toContain('one');
    const after = lines.findIndex((line) => line.endsWith('fg'));
    expect(lines[after + 1]).toBe(command);
    expect(lines.slice(after + 2, after + 4)).toEqual([
      '✓ fast/a  generates  N',
      expect.stringMatching(/^spent/),
    ]);
    expect(hasCursor(session)).toBe(true);
  });

  it('stops the spinner of a run, too', async () => {
    session = await ShellSession.start('bash', env);
    const command = 'majordomo run --color never -m silent/a hi';
    await session.press(`${command}\r`, frame);
    await session.press('\u001a', prompt);
    expect(hasCursor(session)).toBe(true);
    await session.press('echo on""e\r', /\rone\r/);
    await session.press('fg\r', frame);
    await session.press('\u0003', prompt);
    const lines = await linesFrom(command, session);
    expect(lines.join('\n')).not.toMatch(frame);
    expect(lines.slice(-3, -1)).toEqual(['$ fg', command]);
    expect(lines).toContain('one');
    expect(hasCursor(session)).toBe(true);
  });
});
