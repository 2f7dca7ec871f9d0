import { isLoopback } from '../dsn/host.js';

export interface Job<T> {
  /** The endpoint as it is shown; null where there is no server. */
  readonly endpoint: string | null;
  readonly run: () => Promise<T>;
}

/**
 * Runs all jobs: at most `most` of them at once with servers elsewhere, and one at a time with each of those. Servers on
 * this machine, and what has no server, are no burden to anybody and wait for nobody. Resolves in the order of the jobs;
 * rejects with the first rejection, when no further job is begun.
 */
export async function schedule<T>(jobs: readonly Job<T>[], most: number): Promise<T[]> {
  const results = new Array<T>(jobs.length);
  const waiting: { readonly index: number; readonly host: string }[] = [];
  const running: Promise<void>[] = [];
  const busy = new Set<string>();
  let active = 0;
  let failed = false;
  const run = async (index: number): Promise<void> => {
    try {
      results[index] = await (jobs[index] as Job<T>).run();
    } catch (error) {
      failed = true;
      throw error;
    }
  };
  const startNext = (): Promise<void> => {
    const at = waiting.findIndex(({ host }) => !busy.has(host));
    if (failed || active >= most || at < 0) return Promise.resolve();
    const [next] = waiting.splice(at, 1) as [(typeof waiting)[number]];
    busy.add(next.host);
    active += 1;
    const done = run(next.index).finally(() => {
      busy.delete(next.host);
      active -= 1;
    });
    return Promise.all([done.then(startNext), startNext()]).then(() => {});
  };
  for (const [index, { endpoint }] of jobs.entries()) {
    const host = remoteHost(endpoint);
    if (host === null) running.push(run(index));
    else waiting.push({ index, host });
  }
  await Promise.all([...running, startNext()]);
  return results;
}

/** The host of a server elsewhere; null for this machine. */
export function remoteHost(endpoint: string | null): string | null {
  const [, authority = ''] = /^https?:\/\/([^/]*)/.exec(endpoint ?? '') ?? [];
  if (authority === '') return null;
  const host = authority.replace(/:\d+$/, '').replace(/^\[|\]$/g, '');
  return isLoopback(host) ? null : host;
}
