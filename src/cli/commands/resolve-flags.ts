import type { ReportFlags } from '../report-command.js';

export interface ResolveFlags extends ReportFlags {
  /** A dotenv file. */
  readonly diff?: string;
}
