import { clearScreenDown, moveCursor } from 'node:readline';
import cliSpinners from 'cli-spinners';
import cliTruncate from 'cli-truncate';
import { createLogUpdate } from 'log-update';
import stringWidth from 'string-width';
import { reflowedBy } from './live-rows.js';

/** What turns, and how fast. */
export const { frames, interval: frameMs } = cliSpinners.dots;

/** Lines of a terminal that are drawn again and again in their place, below what is there. */
export class LiveRegion {
  readonly #stream: NodeJS.WriteStream;
  readonly #draw: ReturnType<typeof createLogUpdate>;
  #widths: readonly number[] = [];

  constructor(stream: NodeJS.WriteStream) {
    this.#stream = stream;
    this.#draw = createLogUpdate(stream);
  }

  /** Lines are cut where the terminal ends, so that each takes one of its lines. */
  draw(lines: readonly string[]): void {
    // One less: after a line that is full, erasing to its end takes its last character on many terminals.
    const width = (this.#stream.columns || 80) - 1;
    const cut = lines.map((line) => cliTruncate(line, width));
    this.#widths = cut.map((line) => stringWidth(line));
    this.#draw(cut.join('\n'));
  }

  clear(): void {
    this.#draw.clear();
    this.#widths = [];
  }

  /** The same after the terminal got another size: nearly all of them break lines that are too long now in several. */
  clearResized(): void {
    const more = reflowedBy(this.#widths, this.#stream.columns || 80);
    this.clear();
    if (more === 0) return;
    moveCursor(this.#stream, 0, -more);
    clearScreenDown(this.#stream);
  }

  /** Nothing is left of it, and the cursor is given back. */
  end(): void {
    this.clear();
    this.leave();
  }

  /** What is drawn stays, and the next time is drawn below it. Gives the cursor back. */
  leave(): void {
    this.#draw.done();
    this.#widths = [];
  }
}
