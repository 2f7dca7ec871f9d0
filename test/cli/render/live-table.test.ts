import { EventEmitter } from 'node:events';
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Process } from '../../../src/cli/context.js';
import { LiveTable } from '../../../src/cli/render/live-table.js';
import { Emulator } from '../../support/emulator.js';

/** A terminal as a stream, and what is seen on it. */
class Terminal extends EventEmitter {
  readonly isTTY = true;
  columns: number;
  rows: number;
  readonly #emulator: Emulator;

  constructor(columns: number, rows: number) {
    super();
    this.columns = columns;
    this.rows = rows;
    this.#emulator = new Emulator(columns, rows);
  }

  write(text: string, done?: () => void): boolean {
    void this.#emulator.write(text);
    done?.();
    return true;
  }

  async resize(columns: number, rows: number): Promise<void> {
    await this.#seen();
    this.#emulator.resize(columns, rows);
    Object.assign(this, { columns, rows });
    this.emit('resize');
  }

  async screen(): Promise<string> {
    await this.#seen();
    return this.#emulator.screen().join('\n');
  }

  async all(): Promise<string> {
    await this.#seen();
    return this.#emulator.all().join('\n');
  }

  /** The emulator has timers, too. */
  async #seen(): Promise<void> {
    const seen = this.#emulator.write('');
    await vi.advanceTimersByTimeAsync(0);
    await seen;
  }
}

/** A process that a shell can stop; `whileStopped` is what happens until it is continued. */
class Stoppable extends EventEmitter {
  readonly pid = 1;
  readonly stops: string[] = [];
  whileStopped = (): void => {};

  kill(_pid: number, signal: string): void {
    if (this.listenerCount(signal) > 0) throw new Error('a signal that has a listener stops nothing');
    this.stops.push(signal);
    this.whileStopped();
  }
}

function open(columns = 80, rows = 24) {
  const terminal = new Terminal(columns, rows);
  const process = new Stoppable();
  const table = new LiveTable({ stream: terminal, process: process as unknown as Process, color: null });
  return { terminal, process, table };
}

const good = (text: string) => ({ state: 'good' as const, text: `✓ ${text}` });
const names = (count: number) => Array.from({ length: count }, (_, index) => `row-${index + 1}`);

const tick = async (ms = 160): Promise<void> => {
  await vi.advanceTimersByTimeAsync(ms);
  await vi.dynamicImportSettled();
  await vi.advanceTimersByTimeAsync(0);
};

beforeAll(() => import('../../../src/cli/render/live-region.js'));
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'hrtime'] });
});
afterEach(() => {
  vi.useRealTimers();
});

describe('a live table', () => {
  it('shows who waits, who is at work and for how long, and what came of it', async () => {
    const { terminal, table } = open();
    table.plan(['a', 'b', 'c']);
    table.begin('a');
    table.begin('b');
    table.settle('a', good('a  model  1ms'));
    await tick();
    expect(await terminal.screen()).toBe('✓ a  model  1ms\n⠋ b\n· c  waiting');
    await tick(2_000);
    expect(await terminal.screen()).toMatch(/^✓ a {2}model {2}1ms\n. b {2}2s\n· c {2}waiting$/);
    table.stop();
    expect(await terminal.all()).toBe('');
  });

  it('is not shown where all is done at once', async () => {
    const { terminal, table } = open();
    const written = vi.spyOn(terminal, 'write');
    table.plan(['a']);
    await tick(100);
    table.stop();
    await tick(1_000);
    expect(written).not.toHaveBeenCalled();
  });

  it('leaves what is above it, and what is written meanwhile', async () => {
    const { terminal, table } = open();
    terminal.write('$ before\n');
    table.plan(names(3));
    await tick();
    table.around(() => terminal.write('⚠ a remark\n'));
    table.settle('row-2', good('row-2'));
    await tick();
    expect(await terminal.screen()).toBe('$ before\n⚠ a remark\n· row-1  waiting\n✓ row-2\n· row-3  waiting');
    table.stop();
    expect(await terminal.all()).toBe('$ before\n⚠ a remark');
  });

  it('leaves what was found when it is interrupted', async () => {
    const { terminal, table } = open();
    table.plan(names(3));
    table.begin('row-1');
    table.settle('row-2', good('row-2'));
    await tick();
    table.stop({ interrupted: true });
    expect(await terminal.all()).toBe('✓ row-2');
  });

  it('gets more rows later', async () => {
    const { terminal, table } = open();
    table.plan(names(2));
    for (const name of names(2)) table.settle(name, good(name));
    await tick();
    table.plan(['drill']);
    table.begin('drill');
    await tick();
    expect(await terminal.screen()).toMatch(/^✓ row-1\n✓ row-2\n. drill$/);
  });

  it.each([
    { columns: 40, text: 'x'.repeat(60), shown: `✓ ${'x'.repeat(36)}…` },
    { columns: 40, text: '模'.repeat(30), shown: `✓ ${'模'.repeat(18)}…` },
    { columns: 20, text: '👩‍💻'.repeat(30), shown: /^✓ .*…$/u },
  ])('cuts a row on $columns columns, and never breaks it', async ({ columns, text, shown }) => {
    const { terminal, table } = open(columns);
    table.plan(names(3));
    table.settle('row-1', good(text));
    table.settle('row-3', good(text));
    for (let time = 0; time < 5; time += 1) await tick();
    const lines = (await terminal.all()).split('\n');
    expect(lines).toHaveLength(3);
    for (const line of [lines[0], lines[2]]) expect(line).toEqual(expect.stringMatching(toPattern(shown)));
    table.stop();
    expect(await terminal.all()).toBe('');
  });

  it('with more rows than lines shows some, says how many more, and repeats nothing', async () => {
    const { terminal, table } = open(80, 10);
    terminal.write('$ before\n');
    table.plan(names(40));
    for (const name of names(40)) {
      table.begin(name);
      await tick(80);
      expect((await terminal.all()).match(/row-1\b/g)?.length ?? 1).toBe(1);
      table.settle(name, good(name));
    }
    await tick();
    const lines = (await terminal.screen()).split('\n');
    expect(lines).toHaveLength(9);
    expect(lines.slice(-2)).toEqual(['✓ row-8', '… and 32 more, 40 of 40 done']);
    table.stop();
    expect(await terminal.all()).toBe('$ before');
  });
});

describe('a terminal that gets another size', () => {
  const long = `${'x'.repeat(30)} ${'y'.repeat(60)}`;
  it.each([
    { name: 'narrower', sizes: [[40, 20]] },
    { name: 'much narrower', sizes: [[15, 20]] },
    { name: 'wider', sizes: [[120, 20]] },
    { name: 'narrower and wider', sizes: [[60, 20], [30, 20], [100, 20]] }, // biome-ignore format: pairs
    { name: 'lower', sizes: [[80, 8]] },
    { name: 'higher', sizes: [[80, 40]] },
  ])('$name has the table once, and what is above it', async ({ sizes }) => {
    const { terminal, table } = open(80, 20);
    terminal.write('$ before\n');
    table.plan(names(4));
    table.settle('row-2', good(long));
    table.settle('row-4', good(long));
    await tick();
    for (const [columns = 0, rows = 0] of sizes) {
      await terminal.resize(columns, rows);
      await tick();
      const all = (await terminal.all()).split('\n');
      expect(all).toHaveLength(5);
      expect(all[0]).toBe('$ before');
      expect(all.filter((line) => line.startsWith('✓ xxxx'))).toHaveLength(2);
    }
    table.stop();
    expect(await terminal.all()).toBe('$ before');
  });
});

describe('Ctrl-Z', () => {
  const drawn = '✓ row-1\n· row-2  waiting';
  async function stopped() {
    const at = open();
    at.terminal.write('$ majordomo\n');
    at.table.plan(names(2));
    at.table.settle('row-1', good('row-1'));
    await tick();
    at.process.whileStopped = () => at.terminal.write('[1]+ Stopped\n$ other\n$ fg\n');
    at.process.emit('SIGTSTP');
    expect(at.process.stops).toEqual(['SIGTSTP']);
    return at;
  }
  const before = `$ majordomo\n${drawn}\n[1]+ Stopped\n$ other\n$ fg`;

  it('leaves what is there, and begins anew below what the shell wrote', async () => {
    const { terminal, process, table } = await stopped();
    await tick(90);
    expect(await terminal.screen()).toBe(before);
    process.emit('SIGCONT');
    await tick();
    expect(await terminal.screen()).toBe(`${before}\n${drawn}`);
    table.stop();
    expect(await terminal.all()).toBe(before);
    expect(process.listenerCount('SIGTSTP') + process.listenerCount('SIGCONT')).toBe(0);
  });

  it('stops it again', async () => {
    const { terminal, process, table } = await stopped();
    process.emit('SIGCONT');
    await tick();
    process.emit('SIGTSTP');
    process.emit('SIGCONT');
    await tick();
    expect(process.stops).toHaveLength(2);
    table.stop();
    expect(await terminal.all()).toBe(`${before}\n${drawn}\n[1]+ Stopped\n$ other\n$ fg`);
  });

  it('goes on where no shell could continue it', async () => {
    const { terminal } = await stopped();
    await tick(250);
    expect(await terminal.screen()).toBe(`${before}\n${drawn}`);
  });

  it('that nobody told of is noticed when it is over', async () => {
    const { terminal, process, table } = open();
    table.plan(names(2));
    table.settle('row-1', good('row-1'));
    await tick();
    terminal.write('[1]+ Stopped\n$ fg\n');
    process.emit('SIGCONT');
    await tick();
    table.stop();
    expect(await terminal.all()).toBe(`${drawn}\n[1]+ Stopped\n$ fg`);
  });
});

function toPattern(shown: string | RegExp): RegExp {
  return typeof shown === 'string' ? new RegExp(`^${shown}$`, 'u') : shown;
}
