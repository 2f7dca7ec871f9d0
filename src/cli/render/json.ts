import type { ChainEvent } from '../../core/events.js';
import type { Output } from '../output.js';
import type { RunReport } from './run-report.js';

/** One object at the end. */
export class JsonRenderer {
  readonly #output: Output;

  constructor(output: Output) {
    this.#output = output;
  }

  onEvent(): void {}

  end(report: RunReport): void {
    this.#output.write(`${JSON.stringify(report, null, 2)}\n`);
  }
}

/** One event a line as it happens; the last line is the report, which is authoritative. */
export class NdjsonRenderer {
  readonly #output: Output;

  constructor(output: Output) {
    this.#output = output;
  }

  onEvent(event: ChainEvent): void {
    if (event.type === 'chain-end') return;
    this.#output.write(`${JSON.stringify(event)}\n`);
  }

  end(report: RunReport): void {
    this.#output.write(`${JSON.stringify(report)}\n`);
  }
}
