import { keysInPath } from '../core/dsn/keys.js';
import type { Dsn } from '../core/dsn.js';
import { ConfigError, type Warning } from '../core/errors.js';
import { keyIn } from '../core/key-text.js';
import type {
  CredentialProof,
  CredentialSource,
  FactoryContext,
  Model,
  ModelContext,
  ModelEvent,
  ModelFinding,
  ModelRequest,
  Provider,
  Reached,
  SchemeFactory,
  TargetTuning,
  Unavailable,
} from '../core/ports.js';
import { scrubber } from '../core/secrets.js';
import { sha256 } from '../core/sha256.js';
import { dsnTuning } from '../core/tuning.js';
import { bringsKey, broughtKeyOption, broughtKeys } from './brought-keys.js';
import type { Dialect } from './dialect.js';
import { type ResolvedEndpoint, resolveEndpoint } from './endpoint.js';
import type { Connection } from './endpoint-request.js';
import type { AskedEndpoint } from './errors/hints.js';
import type { HttpClient } from './http.js';
import { type KeyPlace, noKey, plainHttpKey } from './key-faults.js';
import { thisMachine } from './machine.js';
import { opened } from './opened-stream.js';
import type { Preset } from './presets.js';
import { environmentProxySecrets } from './proxy-variables.js';

/**
 * The factory of a preset's scheme. It throws a `ConfigError` where the DSN leaves no endpoint, or where a base
 * URL's variable cannot be read; no file is read, no command run and nothing sent before `prepare`.
 */
export function endpointFactory(preset: Preset, loadDialect: () => Promise<Dialect>): SchemeFactory {
  return (name, dsn, context) => new EndpointProvider({ name, dsn, context, preset, loadDialect });
}

interface ProviderParts {
  readonly name: string;
  readonly dsn: Dsn;
  readonly context: FactoryContext;
  readonly preset: Preset;
  readonly loadDialect: () => Promise<Dialect>;
}

class EndpointProvider implements Provider {
  readonly name: string;
  readonly scheme: string;
  readonly dialect: string;
  readonly defaultModel: string | null;
  readonly models: readonly string[];
  readonly tuning: TargetTuning;
  readonly price: { readonly input: number | null; readonly output: number | null };
  readonly #parts: ProviderParts;
  readonly #place: ResolvedEndpoint;
  /** Those that need not be fetched. */
  readonly #secrets: readonly string[];
  readonly #usualVariables: readonly string[];
  readonly #source: CredentialSource;
  #key: string | undefined;
  #scrub: (text: string) => string;
  #healthKey: string | null = null;
  #connection: Promise<Connection> | null = null;
  #client: Promise<HttpClient> | null = null;

  constructor(parts: ProviderParts) {
    const { name, dsn, context, preset } = parts;
    this.#parts = parts;
    this.#place = resolveEndpoint({ dsn, preset, envLookup: context.envLookup });
    const { loopback, origin } = this.#place.endpoint;
    // the usual key of a local server is one for its maker's cloud: it is not sent around the house
    const offLimits = preset.local && (loopback || !origin.startsWith('https:'));
    // nor is it sent beside the key that the DSN itself brings, to whom it was not meant for
    this.#usualVariables = offLimits || bringsKey(dsn) ? [] : preset.keyVariables;
    this.#source = context.openCredential(dsn, this.#usualVariables);
    this.#secrets = [
      ...dsn.secrets(),
      ...keysInPath(this.#place.basePath),
      ...environmentProxySecrets(context.envLookup),
    ];
    const known = this.#knownKey();
    this.#scrub = scrubber(known === null ? this.#secrets : [...this.#secrets, known]);
    this.name = name;
    this.scheme = preset.name;
    this.dialect = preset.dialect;
    this.defaultModel = dsn.options.model;
    this.models = dsn.options.models;
    this.tuning = dsnTuning(dsn.options);
    this.price = { input: dsn.options.priceIn, output: dsn.options.priceOut };
  }

  /**
   * The same in every process for one endpoint with one key. Of a key that only a file or a command tells, its
   * place stands in: reading it here would run commands when circuits are merely looked at.
   */
  get healthKey(): string {
    this.#healthKey ??= this.#hashIdentity();
    return this.#healthKey;
  }

  get endpoint(): string {
    return this.#scrub(this.#place.display);
  }

  get endpointVariable(): string | null {
    return this.#place.variable;
  }

  get keyCommand(): boolean {
    const { dsn } = this.#parts;
    return dsn.credential() === null && dsn.options.keyCmd !== null;
  }

  warnings = (): readonly Warning[] => this.#source.warnings?.() ?? [];

  credential = (): ReturnType<CredentialSource['info']> => this.#source.info() ?? this.#brought();

  unavailable = (): Unavailable | null => {
    const problem = this.#source.problem?.() ?? null;
    if (problem !== null) return { reason: 'no-credential', ...problem };
    if (this.#source.info() === null) return this.#needsNoKey() ? null : noKey(this.#keyPlace());
    return this.#isExposed() ? plainHttpKey(this.#keyPlace()) : null;
  };

  prepare = async (options: { readonly signal: AbortSignal }): Promise<Unavailable | null> => {
    const key = await this.#readKey(options);
    return key !== null || this.#needsNoKey() ? null : noKey(this.#keyPlace());
  };

  scrub = (text: string): string => this.#scrub(text);

  async reach(context: ModelContext): Promise<Reached> {
    const [{ reachEndpoint }, connection] = await Promise.all([
      import('./reach-endpoint.js'),
      this.#connect(),
    ]);
    return reachEndpoint(connection, { context, hasKey: this.credential() !== null });
  }

  async proveCredential(context: ModelContext): Promise<CredentialProof> {
    const { proveCredential } = await import('./credential-proof.js');
    return proveCredential(await this.#connect(), context);
  }

  async *listModels(context: ModelContext): AsyncGenerator<readonly string[]> {
    const { listModels } = await import('./model-list.js');
    yield* listModels(await this.#connect(), context);
  }

  async findModel(id: string, context: ModelContext): Promise<ModelFinding> {
    const { findModel } = await import('./model-finding.js');
    return findModel(await this.#connect(), { id, context });
  }

  model(id: string): Model {
    return { id, stream: (request, context) => opened(() => this.#stream(id, { request, context })) };
  }

  async #readKey(options: { readonly signal: AbortSignal }): Promise<string | null> {
    if (this.#key !== undefined) return this.#key;
    const key = await this.#source.read(options);
    if (key === null) return null;
    this.#guardKey(key);
    this.#key = key;
    return key;
  }

  #guardKey(key: string): void {
    this.#scrub = scrubber([...this.#secrets, key]);
    if (!this.#isExposed()) return;
    const { message, hint = null } = plainHttpKey(this.#keyPlace());
    throw new ConfigError('plain-http-key', message, hint);
  }

  /** Whether a key would be sent as plain text; of a key that it sees the DSN's parser says so before. */
  #isExposed(): boolean {
    const { loopback, socketPath } = this.#place.endpoint;
    const { insecure } = this.#parts.dsn.options;
    return this.#isPlainHttp() && socketPath === null && !loopback && !insecure;
  }

  #isPlainHttp(): boolean {
    return this.#place.endpoint.origin.startsWith('http:');
  }

  #keyPlace(): KeyPlace {
    const { name, dsn, preset } = this.#parts;
    return {
      name,
      dsn,
      preset,
      usualVariables: this.#usualVariables,
      endpointVariable: this.#place.variable,
      isPlainHttp: this.#isPlainHttp(),
    };
  }

  /** The key if it can be told without reading a file or running a command. */
  #knownKey(): string | null {
    const { dsn, context } = this.#parts;
    const { keyEnv, keyFile, keyCmd } = dsn.options;
    const inline = dsn.credential();
    if (inline !== null) return inline;
    if (keyFile !== null || keyCmd !== null) return null;
    for (const variable of keyEnv === null ? this.#usualVariables : [keyEnv]) {
      const key = keyIn(context.envLookup(variable));
      if (key !== null) return key;
    }
    return null;
  }

  /** The key of one of the DSN's own headers. */
  #brought(): ReturnType<CredentialSource['info']> {
    const { dsn } = this.#parts;
    const option = broughtKeyOption(dsn);
    return option === null ? null : { source: `${dsn.variable} (${option})`, fingerprint: null };
  }

  #needsNoKey(): boolean {
    const { dsn, preset } = this.#parts;
    return preset.local || bringsKey(dsn);
  }

  #hashIdentity(): string {
    const { dsn, preset } = this.#parts;
    const { origin, socketPath, loopback } = this.#place.endpoint;
    const key = this.#knownKey() ?? dsn.options.keyFile ?? dsn.options.keyCmd;
    const identity = [
      preset.name,
      socketPath ?? origin,
      this.#place.basePath,
      key,
      ...broughtKeys(dsn),
      dsn.options.deployment,
      // one machine's loopback is another machine than its neighbour's
      loopback ? thisMachine() : null,
    ];
    return sha256(JSON.stringify(identity));
  }

  async #stream(
    id: string,
    { request, context }: { readonly request: ModelRequest; readonly context: ModelContext },
  ): Promise<AsyncIterator<ModelEvent>> {
    const [{ EndpointModel }, connection] = await Promise.all([
      import('./endpoint-model.js'),
      this.#connect(),
    ]);
    return new EndpointModel(id, connection).stream(request, context);
  }

  #asked(): AskedEndpoint {
    const { name, dsn } = this.#parts;
    const namedBy = this.#place.variable ?? (dsn.variable === name ? null : dsn.variable);
    return {
      place: `${this.endpoint}${namedBy === null ? '' : ` (${namedBy})`}`,
      basePath: this.#place.basePath,
      keySource: this.credential()?.source ?? null,
    };
  }

  #connect(): Promise<Connection> {
    const { preset, dsn, loadDialect } = this.#parts;
    this.#connection ??= loadDialect().then((dialect) => ({
      preset,
      dialect,
      dsn,
      basePath: this.#place.basePath,
      asked: () => this.#asked(),
      key: (options) => this.#readKey(options),
      scrub: (text) => this.#scrub(text),
      client: () => this.#openClient(),
    }));
    return this.#connection;
  }

  #openClient(): Promise<HttpClient> {
    const { endpoint } = this.#place;
    this.#client ??= import('./http.js').then(
      (http) => new http.HttpClient(endpoint, this.#parts.context.envLookup),
    );
    return this.#client;
  }
}
