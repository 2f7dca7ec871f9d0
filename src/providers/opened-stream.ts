import type { ModelEvent } from '../core/ports.js';

const over = { done: true, value: undefined } as const;

/** A stream that is opened when it is first read. Nothing stands between its events and the reader from then on. */
export function opened(open: () => Promise<AsyncIterator<ModelEvent>>): AsyncIterable<ModelEvent> {
  return {
    [Symbol.asyncIterator]: () => {
      let opening: Promise<AsyncIterator<ModelEvent>> | null = null;
      let events: AsyncIterator<ModelEvent> | null = null;
      let left = false;
      const begin = async (): Promise<IteratorResult<ModelEvent>> => {
        if (left) return over;
        opening ??= open();
        const found = await opening;
        // who has left in the meantime must not be billed for a request
        if (left) return over;
        events = found;
        return events.next();
      };
      return {
        next: () => events?.next() ?? begin(),
        return: async (value) => {
          left = true;
          return events?.return?.(value) ?? { done: true, value };
        },
      };
    },
  };
}
