import type { ReportFlags } from '../report-command.js';

/** `health` as commander reads it, global flags included. */
export interface HealthFlags extends ReportFlags {
  readonly memory?: boolean;
  /** True for all of it. */
  readonly reset?: string | true;
}
