import { ControlFilter } from '../../core/control-filter.js';
import type { ChainEvent } from '../../core/events.js';
import type { Output } from '../output.js';
import type { RunReport } from './run-report.js';
import { WorkflowCommandFilter } from './workflow-commands.js';

export interface TextOptions {
  readonly output: Output;
  /** Show text as it comes; otherwise the whole answer or nothing. */
  readonly live: boolean;
  /** Take control sequences out of the answer. */
  readonly sanitize: boolean;
  /** Make workflow commands of GitHub Actions harmless. */
  readonly neutralize: boolean;
}

/** The answer as text on standard output, ended by a newline. */
export class TextRenderer {
  readonly #options: TextOptions;
  readonly #control: ControlFilter | null;
  readonly #commands: WorkflowCommandFilter | null;

  constructor(options: TextOptions) {
    this.#options = options;
    this.#control = options.sanitize ? new ControlFilter() : null;
    this.#commands = options.neutralize ? new WorkflowCommandFilter() : null;
  }

  onEvent(event: ChainEvent): void {
    if (this.#options.live && event.type === 'text-delta') this.#write(event.text);
  }

  end(report: RunReport): void {
    const { output, live } = this.#options;
    if (!live) this.#write(report.text);
    output.write(this.#commands?.end() ?? '');
    if (output.last !== '' && output.last !== '\n') output.write('\n');
  }

  #write(text: string): void {
    const controlled = this.#control?.push(text) ?? text;
    this.#options.output.write(this.#commands?.push(controlled) ?? controlled);
  }
}
