/** `health` as commander reads it, global flags included. */
export interface HealthFlags {
  readonly memory?: boolean;
  /** True for all of it. */
  readonly reset?: string | true;
  readonly format?: 'pretty' | 'plain' | 'json';
  readonly color?: 'auto' | 'always' | 'never';
  readonly config?: string;
  readonly envFile?: readonly string[];
  readonly healthStore?: string;
  readonly quiet?: boolean;
}
