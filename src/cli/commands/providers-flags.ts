import type { ReportFlags } from '../report-command.js';

export interface ProvidersFlags extends ReportFlags {
  readonly all?: boolean;
  readonly models?: boolean;
  readonly filter?: string;
  /** In milliseconds. */
  readonly timeout?: number;
}
