import type { Warning } from '../errors.js';
import type { DsnOptions } from './option-shape.js';
import type { QueryPair } from './options.js';

/** What a DSN is made of. */
export interface DsnFields {
  readonly variable: string;
  readonly scheme: string;
  readonly tls: boolean;
  /** Whether `tls` is what scheme and host stand for by themselves. */
  readonly defaultTls: boolean;
  readonly host: string | null;
  readonly port: number | null;
  readonly socketPath: string | null;
  readonly basePath: string | null;
  readonly credential: string | null;
  readonly options: DsnOptions;
  readonly queryPairs: readonly QueryPair[];
  readonly warnings: readonly Warning[];
}
