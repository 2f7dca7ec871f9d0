import type { Pair } from '../flags.js';

/** `run` as commander reads it, global flags included. */
export interface RunFlags {
  readonly model?: string;
  readonly system?: string;
  readonly option?: readonly Pair[];
  readonly maxTokens?: number;
  readonly temperature?: number;
  readonly stream?: boolean;
  readonly stdin: boolean;
  readonly timeout?: number;
  readonly attemptTimeout?: number;
  readonly firstTokenTimeout?: number;
  readonly idleTimeout?: number;
  readonly hedge?: number;
  readonly inject?: readonly Pair[];
  readonly expect?: readonly string[];
  readonly retries?: number;
  readonly maxAttempts?: number;
  readonly advanceOnPermanent?: boolean;
  readonly failover: boolean;
  readonly usage?: boolean;
  readonly verbose?: boolean;
  readonly sanitize: 'auto' | 'always' | 'never';
  readonly format?: 'pretty' | 'plain' | 'json' | 'ndjson';
  readonly color?: 'auto' | 'always' | 'never';
  readonly config?: string;
  readonly envFile?: readonly string[];
  readonly alias?: readonly Pair[];
  readonly healthStore?: string;
  readonly quiet?: boolean;
}
