import type { ErrorKind } from './classify.js';
import type { Dsn } from './dsn.js';
import type { ProviderError, Warning } from './errors.js';
import type { Circuit } from './health.js';

/** Time as the library sees it; injected so that tests can step through cooldowns without sleeping. */
export interface Clock {
  /** Wall time, epoch milliseconds. */
  now(): number;
  /** Monotonic time in milliseconds, for durations; its zero means nothing. */
  monotonic(): number;
  /** Calls `callback` once after `delayMs`; the returned function cancels it. */
  setTimer(delayMs: number, callback: () => void): () => void;
}

/** A number in [0, 1), for jitter. */
export type Random = () => number;

export interface Message {
  readonly role: 'user' | 'assistant';
  readonly content: string;
}

/** Options every dialect has a name for. What an API cannot express is a warning, never silently dropped. */
export interface PortableOptions {
  readonly maxTokens?: number;
  readonly temperature?: number;
  readonly topP?: number;
  readonly stop?: readonly string[];
  readonly seed?: number;
  /** Ask for a JSON object as the answer. */
  readonly json?: boolean;
}

/** One request as a model receives it. */
export interface ModelRequest {
  readonly system: string | null;
  readonly messages: readonly Message[];
  readonly options: PortableOptions;
  /** Further keys for the top of the request body, as they are. */
  readonly body: Readonly<Record<string, unknown>>;
  /** Ask the API for a whole reply instead of a stream. */
  readonly whole: boolean;
}

export interface ModelContext {
  /** Aborted when the attempt is over for any reason; the connection must be gone soon after. */
  readonly signal: AbortSignal;
  readonly clock: Clock;
  /** How long a connection (DNS, TCP, TLS) may take before it is a `timeout` of phase `connect`. */
  readonly connectTimeoutMs: number;
  /** For requests that ask no model: how long each may take, and how long the head of its response may. By default without end. */
  readonly attemptTimeoutMs?: number;
  readonly firstTokenTimeoutMs?: number;
}

export type FinishReason = 'stop' | 'length' | 'content-filter' | 'refusal' | 'tool-calls' | 'other';

/** Tokens by one convention: output includes reasoning, input includes cached. */
export interface Usage {
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly reasoningTokens: number | null;
  readonly cachedInputTokens: number | null;
}

/**
 * What a model tells while it answers.
 *
 * `response` comes once for each request, with the headers. `progress` says that something of the answer other than text came
 * (a role, a tool call): it feeds the idle timer. `malformed` is one event of the stream that could not be
 * read. `injected` says that what follows is a fault put there on purpose: it counts for nobody's health. `reworded`
 * comes after a refusal and before the request that is sent in other words instead, with a note of what was changed.
 * `finishing` says that the answer is whole and only its usage may still follow: a model that is aborted from then on
 * finishes at once. `finish` is the dialect's terminal marker and the last event: a stream that ends without it was cut.
 */
export type ModelEvent =
  | {
      readonly type: 'response';
      readonly httpStatus: number | null;
      readonly requestId: string | null;
      /** What the status alone says of a refusal whose explanation is still to be read. */
      readonly refusal?: ProviderError;
    }
  | { readonly type: 'text-delta'; readonly text: string }
  | { readonly type: 'reasoning-delta'; readonly text: string }
  | { readonly type: 'progress' }
  | { readonly type: 'malformed' }
  | { readonly type: 'injected' }
  | { readonly type: 'reworded'; readonly note: string }
  | { readonly type: 'finishing' }
  | { readonly type: 'warning'; readonly warning: Warning }
  | {
      readonly type: 'finish';
      readonly finishReason: FinishReason;
      readonly rawFinishReason: string | null;
      readonly servedModel: string | null;
      readonly usage: Usage | null;
    };

/** One model of a provider. `stream` throws a `ProviderError`, or any error, when the attempt fails. */
export interface Model {
  readonly id: string;
  stream(request: ModelRequest, context: ModelContext): AsyncIterable<ModelEvent>;
}

/** What one target may set for itself, from its DSN; an explicit flag beats it. Times in milliseconds. */
export interface TargetTuning {
  readonly attemptTimeoutMs?: number;
  readonly connectTimeoutMs?: number;
  readonly firstTokenTimeoutMs?: number;
  readonly idleTimeoutMs?: number;
  /** Retries after a transient error; 0 means none. */
  readonly retries?: number;
  readonly maxTokens?: number;
}

/** Where a credential comes from, and the last 4 characters of a key of 20 or more; never the key. */
export interface CredentialInfo {
  readonly source: string;
  readonly fingerprint: string | null;
}

/** Why a provider cannot be asked now. */
export interface Unavailable {
  readonly reason: 'no-credential';
  readonly message: string;
  /** What to do about it. */
  readonly hint?: string | null;
}

/** What it took to connect to an endpoint. In milliseconds; null for what there was not to do. */
export interface Reached {
  /** Null for an address, and for a socket of this machine. Through a proxy it is the proxy's name. */
  readonly dnsMs: number | null;
  readonly connectMs: number | null;
  readonly tlsMs: number | null;
  /** Whole days until the server's certificate ends; null without TLS. */
  readonly certificateDays: number | null;
  /** What is left of the certificate's lifetime, from 0 to 1. */
  readonly certificateLeft?: number | null;
  /** What the endpoint said where it wants a key and there is none. */
  readonly keyRefusal?: ProviderError | null;
  /** Why it may be none of an API that answered, or one in trouble. */
  readonly doubt?: ProviderError | null;
}

/** What an endpoint has shown of a credential without a token being spent. */
export interface CredentialProof {
  /** Whether it took this credential, and would have refused none: what is not proven may be good all the same. */
  readonly proven: boolean;
  /** Why it is not known. */
  readonly reason: string | null;
  readonly httpStatus: number | null;
  /** From sending the request to the head of the response, in milliseconds. */
  readonly firstByteMs: number | null;
}

/** Whether an endpoint has a model. */
export interface ModelFinding {
  /** Null where it cannot be told: no list names every deployment and every fine-tuned model, and some keys may not list. */
  readonly found: boolean | null;
  /** Why it cannot be told, or why a model that is there is none to ask. */
  readonly reason: string | null;
  /** Models of similar names that the endpoint lists. */
  readonly nearest: readonly string[];
}

/** A named connection to an endpoint that has models. Only `name` and `model` are required of custom ones. */
export interface Provider {
  readonly name: string;
  /** The model that the bare provider name stands for. */
  readonly defaultModel?: string | null;
  /** Models that its configuration names, for offering them; it may have others. */
  readonly models?: readonly string[];
  readonly scheme?: string;
  readonly dialect?: string;
  /** The endpoint as it may be shown: no credential, no query. */
  readonly endpoint?: string;
  /** The variable that named the endpoint, where its definition did not; null for none. */
  readonly endpointVariable?: string | null;
  readonly tuning?: TargetTuning;
  /** USD per million tokens. */
  readonly price?: { readonly input: number | null; readonly output: number | null };
  /** Tells one endpoint with one key from another; not reversible. The name serves where it is absent. */
  readonly healthKey?: string;
  /** Where the credential comes from; null for none. Must not run a command or ask the network. */
  readonly credential?: () => CredentialInfo | null;
  /** Its credential is what a command prints: who only wants to look must not run it. */
  readonly keyCommand?: boolean;
  /** What is odd about it as things stand, without making it unusable. */
  readonly warnings?: () => readonly Warning[];
  /** Why it cannot be asked, as far as that is known without reading a file or running a command. */
  readonly unavailable?: () => Unavailable | null;
  /** Called before the first request of a chain to this provider; fetches the credential. */
  readonly prepare?: (options: { readonly signal: AbortSignal }) => Promise<Unavailable | null>;
  /** Takes the credential, however encoded, out of a text. */
  readonly scrub?: (text: string) => string;
  /** Connects, and may ask whether anybody answers. Throws a `ProviderError`. Absent where there is nothing to connect to. */
  reach?(context: ModelContext): Promise<Reached>;
  /**
   * Asks for something that costs nothing and that only a good credential gets. Throws a `ProviderError`: of kind `auth`
   * if the endpoint says that the credential is invalid, missing or expired. Absent where there is none to prove.
   */
  proveCredential?(context: ModelContext): Promise<CredentialProof>;
  /**
   * Asks for the models, a page at a time. Throws a `ProviderError`, or a `ConfigError` when the credential cannot be read.
   * Absent where there is nobody to ask.
   */
  listModels?(context: ModelContext): AsyncIterable<readonly string[]>;
  /** Looks for a model without asking it. Throws as `listModels` does. Absent where there is nobody to ask. */
  findModel?(id: string, context: ModelContext): Promise<ModelFinding>;
  model(id: string): Model;
}

/** Looks one environment variable up; an empty value counts as unset. */
export type EnvLookup = (name: string) => string | undefined;

/** Where a provider's key is, and the way to it. */
export interface CredentialSource {
  /** For showing; runs no command and reads no file. Null when there is none to be had. */
  info(): CredentialInfo | null;
  /** What is odd about where it is kept. */
  warnings?(): readonly Warning[];
  /** Why reading it will fail, as far as that is known without doing so. */
  problem?(): { readonly message: string; readonly hint: string } | null;
  /** The key itself, or null when it is absent. Throws a `ConfigError` when its file or command fails. */
  read(options: { readonly signal: AbortSignal }): Promise<string | null>;
}

/** What a scheme's factory may use besides the DSN. */
export interface FactoryContext {
  readonly envLookup: EnvLookup;
  /** The DSN's own credential (inline, `key_env`, `key_file`, `key_cmd`), else the first of `usualVariables` that is set. */
  openCredential(dsn: Dsn, usualVariables: readonly string[]): CredentialSource;
}

/** Builds the provider called `name` from its DSN. */
export type SchemeFactory = (name: string, dsn: Dsn, context: FactoryContext) => Provider;

/** What a health store keeps under one key. */
export interface HealthEntry {
  readonly key: string;
  /** For display only; two entries may have one name. */
  readonly name: string;
  readonly scope: 'target' | 'provider';
  readonly circuit: Circuit;
  /** The kind of the last failure. */
  readonly kind: ErrorKind | null;
  readonly updatedAtMs: number;
}

export interface UpdateOptions {
  /**
   * Nothing is done, and the present entry returned, where the store cannot promise that no other process does the
   * same at this moment. For leases.
   */
  readonly exclusively?: boolean;
}

/**
 * Keeps circuits. Transitions on one key must not interleave; an entry that did not change is not written. A store that
 * cannot do its work throws, a `StoreError` if it knows why: the library then warns and goes on with memory.
 */
export interface HealthStore {
  /** The entries of these keys, in their order; undefined where nothing is known. */
  read(keys: readonly string[]): Promise<readonly (HealthEntry | undefined)[]>;
  /**
   * Puts what `transition` makes of the present entry in its place and returns it. Where it returns its
   * argument, nothing is written. `transition` is pure and may be called more than once; what it returned last counts
   * if, and only if, `update` resolves to that very object.
   */
  update(
    key: string,
    transition: (entry: HealthEntry | undefined) => HealthEntry | undefined,
    options?: UpdateOptions,
  ): Promise<HealthEntry | undefined>;
  list(): Promise<readonly HealthEntry[]>;
  /** True only if nothing is remembered. For stores that know this sooner than others can make the keys to ask for. */
  isEmpty?(): Promise<boolean>;
  /** Forgets these keys, or everything. */
  clear(keys?: readonly string[]): Promise<void>;
  /** Lets go of connections, where there are any. */
  close?(): Promise<void>;
  /** What is odd and fails nothing, each thing once. */
  takeWarnings?(): readonly Warning[];
}
