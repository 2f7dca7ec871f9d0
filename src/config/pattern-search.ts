import { within } from './bounded.js';

/** An expression, and the text that it is looked for in. */
export interface Search {
  readonly source: string;
  readonly flags: string;
  readonly text: string;
}

/** Long enough for nearly all, and too short for the clocks of what is measured meanwhile to be wrong by much. */
const quickMs = 25;
const mostMs = 1000;

/**
 * Whether each expression is found in its text; null when it takes longer than a second to find out: what a stranger wrote meets
 * an expression that takes exponential time for it. What is not found out at once is looked for in a thread of its own.
 */
export async function searchAll(searches: readonly Search[]): Promise<readonly boolean[] | null> {
  const found = within(quickMs, () =>
    searches.map(({ source, flags, text }) => text.search(new RegExp(source, flags)) >= 0),
  );
  return found?.value ?? searchInThread(searches);
}

/** The thread's program is a text, since the command line is one bundle and has no file for it. */
const program = `
const { parentPort, workerData } = require('node:worker_threads');
parentPort.postMessage(workerData.map(({ source, flags, text }) => text.search(new RegExp(source, flags)) >= 0));
`;

async function searchInThread(searches: readonly Search[]): Promise<readonly boolean[] | null> {
  const { Worker } = await import('node:worker_threads');
  const worker = new Worker(program, { eval: true, workerData: searches, execArgv: [] });
  let timer: NodeJS.Timeout | undefined;
  try {
    return await new Promise((resolve, reject) => {
      worker.once('message', resolve).once('error', reject);
      // its start does not count
      worker.once('online', () => {
        timer = setTimeout(() => resolve(null), mostMs);
      });
    });
  } finally {
    clearTimeout(timer);
    await worker.terminate();
  }
}
