import type { ModelEvent } from '../core/ports.js';

/** A stream that is opened when it is first read. Nothing stands between its events and the reader from then on. */
export function opened(open: () => Promise<AsyncIterator<ModelEvent>>): AsyncIterable<ModelEvent> {
  let events: AsyncIterator<ModelEvent> | null = null;
  const begin = async (): Promise<IteratorResult<ModelEvent>> => {
    events = await open();
    return events.next();
  };
  return {
    [Symbol.asyncIterator]: () => ({
      next: () => events?.next() ?? begin(),
      return: async (value) => events?.return?.(value) ?? { done: true, value },
    }),
  };
}
