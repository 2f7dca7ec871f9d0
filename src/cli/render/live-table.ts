import type { ChalkInstance } from 'chalk';
import { formatDuration } from '../../core/duration.js';
import { systemClock } from '../../system-clock.js';
import type { Process, TextStream } from '../context.js';
import { Suspension } from '../suspension.js';
import type { LiveRegion } from './live-region.js';
import { fittingRows, type LiveRow } from './live-rows.js';
import type { Live } from './spinner.js';

/** Before this nothing is shown: where all is done at once a table would only flicker. */
const showAfterMs = 150;

export interface LiveTableOptions {
  /** A terminal. */
  readonly stream: TextStream;
  readonly process: Process;
  readonly color: ChalkInstance | null;
}

/**
 * A row for each thing to do, on a terminal: who waits, who is being worked at, and what came of it. It goes away at the end, when
 * the result is printed in its place.
 */
export class LiveTable implements Live {
  readonly #stream: NodeJS.WriteStream;
  readonly #process: Process;
  readonly #color: ChalkInstance | null;
  readonly #rows = new Map<string, LiveRow>();
  #region: LiveRegion | null = null;
  #frames: readonly string[] = [];
  #frame = 0;
  #timer: NodeJS.Timeout | null = null;
  #stopped = false;
  #suspension: Suspension | null = null;
  /** The terminal is somebody else's for the moment. */
  #isAway = false;

  constructor({ stream, process, color }: LiveTableOptions) {
    // a terminal is always a stream of Node
    this.#stream = stream as NodeJS.WriteStream;
    this.#process = process;
    this.#color = color;
  }

  /** Adds a row for each name, in their order. Names and texts are made harmless by who gives them. */
  plan(names: readonly string[]): void {
    // another number of lines is drawn anew
    this.#region?.clear();
    for (const name of names) this.#rows.set(name, { name, state: 'waiting', text: '', sinceMs: 0 });
    if (!this.#stopped) this.#timer ??= setTimeout(() => void this.#start(), showAfterMs);
  }

  begin(name: string): void {
    this.#rows.set(name, { name, state: 'running', text: '', sinceMs: systemClock.monotonic() });
  }

  settle(name: string, end: Pick<LiveRow, 'text'> & { readonly state: 'good' | 'bad' }): void {
    this.#rows.set(name, { name, sinceMs: 0, ...end });
  }

  /** Writes something else on the same screen, above the table. */
  around(write: () => void): void {
    this.#region?.clear();
    write();
    this.#draw();
  }

  /** Nothing is left of it; after an interruption what was found until then stays. */
  stop({ interrupted = false }: { readonly interrupted?: boolean } = {}): void {
    this.#stopped = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#suspension?.dispose();
    if (this.#region === null) return;
    this.#stream.off('resize', this.#onResize);
    this.#region.end();
    this.#region = null;
    if (!interrupted) return;
    for (const { text } of this.#settled()) this.#stream.write(`${text}\n`);
  }

  async #start(): Promise<void> {
    const { LiveRegion, frames, frameMs } = await import('./live-region.js');
    if (this.#stopped) return;
    this.#frames = frames;
    this.#region = new LiveRegion(this.#stream);
    this.#stream.on('resize', this.#onResize);
    this.#suspension = new Suspension(this.#process, this.#view);
    this.#timer = setInterval(() => {
      this.#frame += 1;
      this.#draw();
    }, frameMs);
    this.#draw();
  }

  #draw(): void {
    if (this.#region === null || this.#isAway) return;
    const rows = [...this.#rows.values()];
    // the cursor stands on a line of its own
    const { shown, left } = fittingRows(rows, (this.#stream.rows || 24) - 1);
    const lines = shown.map((row) => this.#line(row));
    if (left > 0) {
      const done = `${this.#settled().length} of ${rows.length} done`;
      lines.push(this.#dim(`… and ${left} more, ${done}`));
    }
    this.#region.draw(lines);
  }

  #settled(): readonly LiveRow[] {
    return [...this.#rows.values()].filter(({ state }) => state === 'good' || state === 'bad');
  }

  #line({ name, state, text, sinceMs }: LiveRow): string {
    switch (state) {
      case 'waiting':
        return this.#dim(`· ${name}  waiting`);
      case 'running': {
        const sign = this.#frames[this.#frame % this.#frames.length] ?? '';
        const seconds = Math.floor((systemClock.monotonic() - sinceMs) / 1000);
        const lasts = seconds === 0 ? '' : `  ${this.#dim(formatDuration(seconds * 1000))}`;
        return `${this.#color?.cyan(sign) ?? sign} ${name}${lasts}`;
      }
      case 'good':
      case 'bad':
        return text;
      default:
        return state satisfies never;
    }
  }

  #dim(text: string): string {
    return this.#color?.dim(text) ?? text;
  }

  readonly #view = {
    leave: (): void => {
      this.#region?.leave();
      this.#isAway = true;
    },
    enter: (): void => {
      this.#isAway = false;
      this.#draw();
    },
  };

  readonly #onResize = (): void => {
    this.#region?.clearResized();
    this.#draw();
  };
}
