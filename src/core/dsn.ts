import { readCredential } from './dsn/credential.js';
import type { DsnFields } from './dsn/fields.js';
import { isLoopback, readHost } from './dsn/host.js';
import type { DsnOptions } from './dsn/option-shape.js';
import { type QueryPair, type ReadOptions, readOptions } from './dsn/options.js';
import { cutDsn } from './dsn/parts.js';
import { readBasePath, readSocketPath } from './dsn/path.js';
import { readPlainDsn } from './dsn/plain.js';
import { readScheme, type SchemeLookup } from './dsn/scheme.js';
import { secretsOf } from './dsn/secrets.js';
import { DsnText } from './dsn/text.js';
import type { Warning } from './errors.js';
import { redacted } from './secrets.js';

export type { DsnOptions } from './dsn/option-shape.js';
export type { QueryPair } from './dsn/options.js';
export type { SchemeLookup, SchemeTraits } from './dsn/scheme.js';

/**
 * One endpoint, as a variable described it; immutable. Its secrets are behind methods and accessors: printing,
 * spreading or serialising it shows where it points and no more.
 */
export class Dsn {
  readonly variable: string;
  readonly scheme: string;
  readonly tls: boolean;
  /** Lower-cased, IDNA, IPv6 without brackets; null means the scheme's default endpoint. */
  readonly host: string | null;
  readonly port: number | null;
  /** Set with `+unix`; then `host` is null. */
  readonly socketPath: string | null;
  /** Whether host or socket can only be this machine. False when `host` and `socketPath` are null. */
  readonly loopback: boolean;
  /** Starts with `/`, no slash at its end, percent-encoded; '' for a bare `/`; null means the scheme's default. */
  readonly basePath: string | null;
  /** `headers`, `query`, `proxy`, `extra` and other holders of secrets can be read here but not enumerated. */
  readonly options: DsnOptions;
  readonly warnings: readonly Warning[];
  readonly #credential: string | null;
  readonly #queryPairs: readonly QueryPair[];
  readonly #defaultTls: boolean;
  #secrets: readonly string[] | null = null;

  /** Use {@link parseDsn}, which checks what it is given. */
  constructor(fields: DsnFields) {
    this.variable = fields.variable;
    this.scheme = fields.scheme;
    this.tls = fields.tls;
    this.host = fields.host;
    this.port = fields.port;
    this.socketPath = fields.socketPath;
    this.loopback = fields.socketPath !== null || (fields.host !== null && isLoopback(fields.host));
    this.basePath = fields.basePath;
    this.options = fields.options;
    this.warnings = fields.warnings;
    this.#credential = fields.credential;
    this.#queryPairs = fields.queryPairs;
    this.#defaultTls = fields.defaultTls;
    Object.freeze(this);
  }

  /** The inline credential, percent-decoded; null when there is none. Of a pair, `id:secret`: the first `:` divides. */
  credential(): string | null {
    return this.#credential;
  }

  /** Every `query.<name>=value`, in order, with repetitions. */
  queryPairs(): readonly QueryPair[] {
    return this.#queryPairs;
  }

  /** Every value of the DSN that must never be shown: credential, header and query values, the proxy's password. */
  secrets(): readonly string[] {
    this.#secrets ??= Object.freeze(
      secretsOf({ credential: this.#credential, options: this.options, queryPairs: this.#queryPairs }),
    );
    return this.#secrets;
  }

  /** Where it points, itself a DSN: scheme, host and port or socket, path; never credential or options. */
  display(): string {
    const { scheme, host, port, socketPath, basePath } = this;
    const path = basePath === '' ? '/' : (basePath ?? '');
    if (socketPath !== null) return `${scheme}+unix://${encodeURIComponent(socketPath)}${path}`;
    const transport = this.tls === this.#defaultTls ? '' : this.tls ? '+https' : '+http';
    const name = host?.includes(':') === true ? `[${host}]` : (host ?? '');
    return `${scheme}${transport}://${name}${port === null ? '' : `:${port}`}${path}`;
  }

  toString(): string {
    return this.display();
  }

  toJSON(): object {
    return { ...this, credential: this.#credential === null ? null : redacted };
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return `Dsn { ${this.display()} }`;
  }
}

/**
 * Reads the DSN `text` that stands in `variable`.
 *
 * `scheme["+http"|"+https"|"+unix"] "://" [credential "@"] [host[":"port]] ["/" base-path] ["?" options]`
 *
 * @throws DsnError with a stable `dsn-…` code. Its message is `VARIABLE: <what> in <part> (character N). <how to
 * mend it>`, N counting from 1 in the text as given, and repeats nothing of the text.
 */
export function parseDsn(variable: string, text: string, lookup: SchemeLookup): Dsn {
  return new Dsn(readPlainDsn(variable, text, lookup) ?? readDsn(variable, text, lookup));
}

/** The same without a short cut. */
export function readDsn(variable: string, text: string, lookup: SchemeLookup): DsnFields {
  const source = new DsnText(variable, text);
  const parts = cutDsn(source);
  const scheme = readScheme(source, parts.scheme, lookup);
  const credential = readCredential(source, parts.credential, scheme.traits);
  const unix = scheme.transport === 'unix';
  const socketPath = unix ? readSocketPath(source, parts.host) : null;
  const { host, port } = unix ? { host: null, port: null } : readHost(source, parts.host);
  const basePath = readBasePath(source, parts.path, { hasHost: host !== null || unix });
  const read = readOptions(source, parts.query, scheme.traits);

  const local = scheme.traits.local === true;
  const loopback = socketPath !== null || (host === null ? local : isLoopback(host));
  const defaultTls = !local && !loopback;
  const tls = scheme.transport === null ? defaultTls : scheme.transport === 'https';
  const credentialAt = credential === null ? null : (parts.credential?.at ?? null);
  checkOneKey(read, credentialAt);
  if (!tls && !loopback) checkPlainHttp(source, read, credentialAt);

  return {
    variable,
    scheme: scheme.name,
    tls,
    defaultTls,
    host,
    port,
    socketPath,
    basePath,
    credential,
    options: read.options,
    queryPairs: read.queryPairs,
    warnings: Object.freeze([...source.warnings]),
  };
}

function checkOneKey({ keySource }: ReadOptions, credentialAt: number | null): void {
  if (keySource === null || credentialAt === null) return;
  const mend = 'Keep either the key before the "@" or this option.';
  throw keySource.refuse('a second place of the key', mend, 'dsn-key-sources');
}

/** The credential of another machine's service must not be readable on the way there. */
function checkPlainHttp(
  source: DsnText,
  { options, credentialOption }: ReadOptions,
  credentialAt: number | null,
): void {
  if (options.insecure) return;
  const code = 'dsn-plain-http';
  const what = 'a credential that would travel over plain http to another machine';
  const mend = 'Use +https after the scheme, or add insecure=1 if you trust the network between.';
  if (credentialAt !== null) {
    throw source.error({ code, what, part: 'the credential', at: credentialAt, mend });
  }
  if (credentialOption !== null) throw credentialOption.refuse(what, mend, code);
}
