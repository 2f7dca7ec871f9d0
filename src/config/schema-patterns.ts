import { type Search, searchAll } from './pattern-search.js';

/**
 * The regular expressions of a schema, each answered out of what was looked up before. A validator asks for answers at once, and
 * none of them may be had at once: it is asked again until it has asked for nothing new.
 */
export class SchemaPatterns {
  #known = new Map<string, boolean>();
  #asked = new Map<string, Search>();

  /** What the validator makes expressions of its patterns with. Throws for a pattern that is none. */
  readonly regExp = Object.assign(
    (source: string, flags: string) => {
      const name = String(new RegExp(source, flags));
      return { test: (text: string) => this.#answer({ source, flags, text }), toString: () => name };
    },
    { code: 'new RegExp' },
  );

  /** What `validate` returns when every pattern has its answer; null when it takes too long to find one out. */
  async decide<Value>(validate: () => Value): Promise<Value | null> {
    const known = new Map<string, boolean>();
    for (;;) {
      // others may be at it at the same time, though not while `validate` runs
      this.#known = known;
      this.#asked = new Map();
      const value = validate();
      const asked = this.#asked;
      if (asked.size === 0) return value;
      const found = await searchAll([...asked.values()]);
      if (found === null) return null;
      for (const [index, name] of [...asked.keys()].entries()) known.set(name, found[index] === true);
    }
  }

  /** What is not known yet is taken for a match, so that everything else is looked at, too. */
  #answer(search: Search): boolean {
    const name = JSON.stringify(search);
    const answer = this.#known.get(name);
    if (answer === undefined) this.#asked.set(name, search);
    return answer ?? true;
  }
}
