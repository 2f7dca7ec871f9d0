import xterm from '@xterm/headless';

/** A terminal as people have it: with a size, a memory of what has left the screen, and lines that are filled anew. */
export class Emulator {
  readonly #terminal: xterm.Terminal;

  constructor(columns: number, rows: number) {
    this.#terminal = new xterm.Terminal({
      cols: columns,
      rows,
      scrollback: 1000,
      convertEol: true,
      allowProposedApi: true,
    });
  }

  write(text: string): Promise<void> {
    return new Promise((done) => this.#terminal.write(text, done));
  }

  resize(columns: number, rows: number): void {
    this.#terminal.resize(columns, rows);
  }

  /** What a person sees who scrolls up to the beginning. */
  all(): string[] {
    return this.#lines(0);
  }

  /** What is on the screen. */
  screen(): string[] {
    return this.#lines(this.#terminal.buffer.active.baseY);
  }

  #lines(from: number): string[] {
    const buffer = this.#terminal.buffer.active;
    const lines: string[] = [];
    for (let y = from; y < buffer.length; y += 1)
      lines.push(buffer.getLine(y)?.translateToString(true) ?? '');
    return lines.join('\n').trimEnd().split('\n');
  }
}
