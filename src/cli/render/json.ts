import type { ChainEvent } from '../../core/events.js';
import type { Output } from '../output.js';
import type { RunReport } from './run-report.js';

// What JSON leaves as it is and a terminal may obey: DEL, 8-bit control characters, characters that reorder text.
// And what the runner of GitHub Actions obeys anywhere in a line, JSON or not: `##[`.
const unescaped = /[\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]|#(?=#\[)/g;

/** Half a character, which many readers of JSON refuse. JSON has it escaped, and nothing else that begins so. */
const half = /\\ud[89a-f]/;

/**
 * A value as JSON that may be shown on any terminal, and read by anybody: the same value, in visible characters only. Half a
 * character becomes U+FFFD.
 */
export function visibleJson(value: unknown, indent = 0): string {
  const json = JSON.stringify(value, null, indent);
  return (half.test(json) ? JSON.stringify(value, wholeCharacters, indent) : json).replace(
    unescaped,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

function wholeCharacters(_key: string, value: unknown): unknown {
  return typeof value === 'string' ? value.replace(/\p{Cs}/gu, '\ufffd') : value;
}

/** One object at the end. */
export class JsonRenderer {
  readonly #output: Output;

  constructor(output: Output) {
    this.#output = output;
  }

  onEvent(): void {}

  end(report: RunReport): void {
    this.#output.write(`${visibleJson(report, 2)}\n`);
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
    this.#output.write(`${visibleJson(event)}\n`);
  }

  end(report: RunReport): void {
    this.#output.write(`${visibleJson(report)}\n`);
  }
}
