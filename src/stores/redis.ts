import type { RedisClientType } from '@redis/client';
import { StoreError } from '../core/errors.js';
import { memoryMs } from '../core/health.js';
import type { HealthEntry, HealthStore } from '../core/ports.js';
import { isEntry } from './entry.js';
import { redisPlace } from './redis-url.js';

export interface RedisStoreOptions {
  /** `redis://[[user]:password@]host[:port][/database]`, or `rediss://…` for TLS. Works with Valkey, too. */
  readonly url: string;
  /** What the names of all keys begin with. Default `majordomo:health:`. */
  readonly prefix?: string;
}

const connectTimeoutMs = 5_000;
/** A server that has said nothing for so long is left: a question that nobody waits for any more would keep the program from ending. */
const silenceMs = 15_000;
/** Somebody else's change in between sends a transition back to its start; more often than this nobody is that unlucky. */
const mostTries = 50;

/**
 * Compares and sets in one step, as scripts are atomic (https://redis.io/docs/latest/develop/programmability/eval-intro/).
 * An empty text stands for no entry. Returns 1 when it was set, 0 when somebody else was faster.
 */
const compareAndSet = `
if (redis.call('GET', KEYS[1]) or '') ~= ARGV[1] then return 0 end
if ARGV[2] == '' then redis.call('DEL', KEYS[1]) else redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3]) end
return 1`;

/**
 * Keeps circuits on a Redis or Valkey server, for a fleet of machines: one key an entry, which expires by itself. The
 * connection is made when it is first needed; `close` ends it. Throws a `ConfigError` for a URL that is none, and a
 * `StoreError` without the URL in it when the server fails.
 */
export class RedisStore implements HealthStore {
  readonly #url: string;
  readonly #prefix: string;
  readonly #place: string;
  #connection: Promise<RedisClientType> | null = null;
  #client: RedisClientType | null = null;
  /** Questions that are not answered yet. */
  #open = 0;

  constructor({ url, prefix = 'majordomo:health:' }: RedisStoreOptions) {
    this.#place = redisPlace(url);
    this.#url = url;
    this.#prefix = prefix;
  }

  /** Loads the client and makes one, which takes a while the first time, so that the server is not taken for a slow one. */
  static async load(): Promise<void> {
    const { default: redis } = await import('@redis/client');
    redis.createClient();
  }

  async read(keys: readonly string[]): Promise<readonly (HealthEntry | undefined)[]> {
    if (keys.length === 0) return [];
    const texts = await this.#ask((client) => client.mGet(keys.map((key) => this.#prefix + key)));
    return texts.map(parse);
  }

  async update(
    key: string,
    transition: (entry: HealthEntry | undefined) => HealthEntry | undefined,
  ): Promise<HealthEntry | undefined> {
    const name = this.#prefix + key;
    for (let tries = 0; tries < mostTries; tries++) {
      const text = await this.#ask((client) => client.get(name));
      const before = parse(text);
      const after = transition(before);
      if (after === before) return before;
      const wanted = after === undefined ? '' : JSON.stringify(after);
      const set = await this.#ask((client) =>
        client.eval(compareAndSet, { keys: [name], arguments: [text ?? '', wanted, String(memoryMs)] }),
      );
      if (set === 1) return after;
    }
    throw new StoreError(`${this.#place} has no end of changes`);
  }

  async list(): Promise<readonly HealthEntry[]> {
    const names = await this.#names();
    if (names.length === 0) return [];
    const texts = await this.#ask((client) => client.mGet(names));
    return texts.map(parse).filter((entry) => entry !== undefined);
  }

  async clear(keys?: readonly string[]): Promise<void> {
    const names = keys?.map((key) => this.#prefix + key) ?? (await this.#names());
    if (names.length > 0) await this.#ask((client) => client.del([...names]));
  }

  async close(): Promise<void> {
    const client = this.#client;
    this.#client = null;
    this.#connection = null;
    if (client?.isOpen) client.destroy();
  }

  async #names(): Promise<string[]> {
    const pattern = `${this.#prefix.replace(/[\\*?[\]]/g, '\\$&')}*`;
    return this.#ask(async (client) => {
      const names = new Set<string>();
      for await (const some of client.scanIterator({ MATCH: pattern, COUNT: 1_000 })) {
        for (const name of some) names.add(name);
      }
      return [...names];
    });
  }

  async #ask<T>(question: (client: RedisClientType) => Promise<T>): Promise<T> {
    const isReused = this.#connection !== null;
    this.#open += 1;
    try {
      this.#connection ??= this.#connect();
      const client = await this.#connection;
      client.ref();
      return await question(client);
    } catch (error) {
      await this.close();
      // Servers and what is before them hang up on who has been silent for a while.
      if (isReused && isHangUp(error)) return this.#ask(question);
      throw new StoreError(`${this.#place} ${whatOf(error)}`);
    } finally {
      this.#open -= 1;
      // a connection that nobody waits for keeps no program from ending
      if (this.#open === 0) this.#client?.unref();
    }
  }

  async #connect(): Promise<RedisClientType> {
    // bundled, this CommonJS package has no named exports
    const { default: redis } = await import('@redis/client');
    const client = redis.createClient({
      url: this.#url,
      disableOfflineQueue: true,
      socket: { connectTimeout: connectTimeoutMs, socketTimeout: silenceMs, reconnectStrategy: false },
    }) as RedisClientType;
    // without a listener a broken connection would end the program; who asks next is told
    client.on('error', () => {});
    this.#client = client;
    await client.connect();
    return client;
  }
}

function isHangUp(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { code } = error as NodeJS.ErrnoException;
  return (
    code === 'ECONNRESET' || code === 'EPIPE' || /Closed|Offline|Disconnect/.test(error.constructor.name)
  );
}

function parse(text: string | null): HealthEntry | undefined {
  if (text === null) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return isEntry(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Redis begins its errors with a word: WRONGPASS, NOAUTH, LOADING, OOM, READONLY. Nothing else is repeated. */
function whatOf(error: unknown): string {
  if (!(error instanceof Error)) return 'failed';
  const { code } = error as NodeJS.ErrnoException;
  const word = typeof code === 'string' ? code : /^[A-Z]{2,20}(?= )/.exec(error.message)?.[0];
  return word === undefined ? `failed (${error.constructor.name})` : `failed (${word})`;
}
