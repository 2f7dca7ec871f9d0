import type { ChalkInstance } from 'chalk';
import { withoutKeyWords } from '../../core/dsn/keys.js';
import { formatDuration } from '../../core/duration.js';
import type { Attempt, ChainEvent } from '../../core/events.js';
import type { TextStream } from '../context.js';
import { errorLines } from './error-lines.js';
import { oneLine } from './sanitize.js';
import type { Live } from './spinner.js';
import { withoutWorkflowCommands } from './workflow-commands.js';

export interface NoticesOptions {
  readonly stderr: TextStream;
  readonly quiet: boolean;
  readonly color: ChalkInstance | null;
  readonly spinner: Live | null;
  /** Make workflow commands of GitHub Actions harmless: its runner reads both streams. */
  readonly neutralize: boolean;
  /** Called before each line, so that it does not land in the middle of the answer on the same screen. */
  readonly beforeLine: () => void;
}

/** `sign`: the first character alone is yellow; a line of it is hard to read on a light screen. */
type Style = 'sign' | 'red' | 'dim';

/** Everything said on standard error. Each text is made harmless here: most of it was written by a server. */
export class Notices {
  readonly #options: NoticesOptions;

  constructor(options: NoticesOptions) {
    this.#options = options;
    // A reader of standard error that went away is no reason to end.
    options.stderr.on('error', () => {});
  }

  /** A remark that `-q` mutes. */
  notice(text: string): void {
    if (!this.#options.quiet) this.remark(text);
  }

  /** One that it does not. */
  remark(text: string): void {
    this.line(`⚠ ${text}`, 'sign');
  }

  line(text: string, style?: Style): void {
    const { color, neutralize, spinner, stderr } = this.#options;
    const known = withoutKeyWords(oneLine(text));
    const clean = neutralize ? withoutWorkflowCommands(known) : known;
    const painted = style === undefined || color === null ? clean : paintedLine(clean, style, color);
    this.#options.beforeLine();
    const write = (): void => {
      stderr.write(`${painted}\n`);
    };
    if (spinner === null) write();
    else spinner.around(write);
  }

  /** Why there is no result. */
  failure(error: unknown, options: { readonly attemptsTold?: boolean } = {}): void {
    for (const [index, line] of errorLines(error, options).entries())
      this.line(line, index === 0 ? 'red' : undefined);
  }

  onEvent(event: ChainEvent): void {
    if (event.type === 'warning') this.notice(event.warning.message);
    if (event.type === 'attempt-start' && event.beside !== null) {
      this.notice(`${event.beside}: the first token is late → ${event.target} is asked beside it`);
    }
    if (event.type !== 'attempt-end') return;
    const { record, nextTarget, waitMs, hint } = event;
    if (record.outcome === 'ok' || record.outcome === 'cancelled') return;
    if (nextTarget === null) return;
    const wait = waitMs > 0 ? ` in ${formatDuration(waitMs)}` : '';
    const again = record.next === 'retry' ? ' again' : '';
    this.notice(`${record.target}: ${whatHappened(record)} → ${nextTarget}${again}${wait}`);
    // A wrong setting stays wrong until somebody mends it: it is told loudly, although the chain goes on.
    if (record.outcome === 'misconfigured' && hint !== null) this.notice(`  ${hint}`);
  }
}

function paintedLine(line: string, style: Style, color: ChalkInstance): string {
  return style === 'sign' ? `${color.yellow(line.charAt(0))}${line.slice(1)}` : color[style](line);
}

/** `rate-limit (429, retry after 30s)`. */
function whatHappened(record: Attempt): string {
  const details: string[] = [];
  if (record.outcome === 'skipped') {
    if (record.retryAfterMs !== null) details.push(`free in ${formatDuration(record.retryAfterMs)}`);
    if (record.message !== null) details.push(record.message);
    return `skipped, ${record.reason ?? ''}${details.length === 0 ? '' : ` (${details.join(', ')})`}`;
  }
  if (record.injected) details.push('injected');
  if (record.httpStatus !== null) details.push(String(record.httpStatus));
  if (record.retryAfterMs !== null) details.push(`retry after ${formatDuration(record.retryAfterMs)}`);
  else if (record.message !== null) details.push(record.message.slice(0, 200));
  return `${record.outcome}${details.length === 0 ? '' : ` (${details.join(', ')})`}`;
}
