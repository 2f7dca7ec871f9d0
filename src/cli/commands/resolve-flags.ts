import type { SetupFlags } from '../setup.js';

/** `resolve` as commander reads it, global flags included. */
export interface ResolveFlags extends SetupFlags {
  readonly format?: 'pretty' | 'plain' | 'json';
  readonly color?: 'auto' | 'always' | 'never';
  readonly quiet?: boolean;
}
