/** What the parser has to know of a scheme. */
export interface SchemeTraits {
  /** A server one runs oneself: http is the default and no credential is the rule. */
  readonly local?: boolean;
  /** `required`: an empty credential before `@` is refused; `pair`: `id:secret` is wanted. Default `optional`. */
  readonly credential?: 'required' | 'optional' | 'pair';
  /** Options beside the common ones; `any` leaves their checking to the factory. Default none. */
  readonly options?: readonly string[] | 'any';
}

export interface DsnOptions {
  readonly model: string | null;
  readonly models: readonly string[];
  readonly keyEnv: string | null;
  readonly keyFile: string | null;
  readonly keyCmd: string | null;
  readonly attemptTimeoutMs: number | null;
  readonly connectTimeoutMs: number | null;
  readonly firstTokenTimeoutMs: number | null;
  readonly idleTimeoutMs: number | null;
  readonly retries: number | null;
  readonly maxTokens: number | null;
  readonly headers: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string>>;
  readonly apiVersion: string | null;
  readonly deployment: string | null;
  readonly org: string | null;
  readonly project: string | null;
  readonly region: string | null;
  readonly proxy: string | null;
  readonly caFile: string | null;
  readonly insecure: boolean;
  /** USD per million tokens. */
  readonly priceIn: number | null;
  readonly priceOut: number | null;
  /** Options that only the scheme knows, percent-decoded. */
  readonly extra: Readonly<Record<string, string>>;
}

// placeholder for the class: see below
export declare class Dsn {
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
  /** Starts with `/`, no slash at its end; '' for a bare `/`; null means the scheme's default. */
  readonly basePath: string | null;
  readonly options: DsnOptions;
  readonly warnings: readonly import('./errors.js').Warning[];
  /** The inline credential, percent-decoded; null when there is none. */
  credential(): string | null;
  /** Every value of the DSN that must never be shown: credential, header and query values, the proxy's password. */
  secrets(): readonly string[];
}
