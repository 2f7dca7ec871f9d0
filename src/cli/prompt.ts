import { isUtf8 } from 'node:buffer';
import { fstatSync } from 'node:fs';
import { UsageError } from '../core/errors.js';
import type { Process } from './context.js';

export interface PromptOptions {
  readonly words: readonly string[];
  /** False with `--no-stdin`. */
  readonly stdin: boolean;
  readonly process: Process;
  readonly signal: AbortSignal;
  /** Tells that standard input is being waited for. */
  readonly onWaiting: () => void;
  /** Tells that standard input is not UTF-8, and is therefore not sent as it is. */
  readonly onGarbled: () => void;
}

const hintAfterMs = 1000;

/**
 * The prompt: the words, standard input, or both with a blank line between. Standard input counts when it is a
 * pipe, a file or a socket, or when `-` asks for it. Throws a `UsageError` when there is nothing to ask.
 */
export async function readPrompt(options: PromptOptions): Promise<string> {
  const asked = options.words.includes('-');
  const words = options.words.filter((word) => word !== '-').join(' ');
  if (asked && !options.stdin)
    throw new UsageError(
      'prompt',
      '- asks for standard input and --no-stdin forbids it',
      'leave one of them out',
    );
  const input = options.stdin && (asked || hasInput()) ? await readInput(options, asked) : '';
  if (words.trim() !== '' && input !== '') return `${words}\n\n${input}`;
  const prompt = words.trim() === '' ? input : words;
  if (prompt.trim() === '') {
    throw new UsageError(
      'no-prompt',
      'there is nothing to ask',
      'write a prompt, or pipe one in: majordomo run -m MODEL "your question"',
    );
  }
  return prompt;
}

/** Whether standard input can be read at all: not one that is closed, and no directory. */
function isReadable(): boolean {
  try {
    return !fstatSync(0).isDirectory();
  } catch {
    return false;
  }
}

/** Whether standard input is a pipe, a file or a socket (which is what a Node parent passes); a terminal is not. */
function hasInput(): boolean {
  try {
    const stat = fstatSync(0);
    return stat.isFIFO() || stat.isFile() || stat.isSocket();
  } catch {
    return false;
  }
}

async function readInput(options: PromptOptions, asked: boolean): Promise<string> {
  const { stdin } = options.process;
  const hint = setTimeout(options.onWaiting, hintAfterMs);
  const onAbort = (): void => {
    stdin.destroy();
  };
  options.signal.addEventListener('abort', onAbort, { once: true });
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of stdin) {
      clearTimeout(hint);
      chunks.push(Buffer.from(chunk));
    }
    options.signal.throwIfAborted();
    const bytes = Buffer.concat(chunks);
    if (!isUtf8(bytes)) options.onGarbled();
    if (bytes.length === 0 && asked && !isReadable()) throw Object.assign(new Error(), { code: 'EBADF' });
    return bytes.toString('utf8');
  } catch (error) {
    options.signal.throwIfAborted();
    const code = (error as NodeJS.ErrnoException).code ?? 'unreadable';
    // opened for writing, as some parents do; nobody asked for it
    if (!asked && code === 'EBADF') return '';
    throw new UsageError(
      'stdin',
      `standard input cannot be read (${code})`,
      'use --no-stdin to leave it alone',
    );
  } finally {
    clearTimeout(hint);
    options.signal.removeEventListener('abort', onAbort);
  }
}
