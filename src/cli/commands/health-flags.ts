import type { Level } from '../../core/check/level.js';
import type { FailOn } from '../../core/check/verdict.js';
import type { Pair } from '../flags.js';
import type { ReportFlags } from '../report-command.js';

/** `health` as commander reads it, global flags included. Times in milliseconds. */
export interface HealthFlags extends ReportFlags {
  readonly memory?: boolean;
  /** True for all of it. */
  readonly reset?: string | true;
  readonly level?: Level;
  readonly probe?: boolean;
  readonly required?: readonly string[];
  readonly optional?: readonly string[];
  readonly failOn?: FailOn;
  readonly jobs?: number;
  readonly timeout?: number;
  readonly checkTimeout?: number;
  readonly expect?: readonly string[];
  readonly repeat?: number;
  readonly require?: number;
  readonly report?: readonly Pair[];
  readonly exitStyle?: 'nagios';
  /** In US dollars. */
  readonly maxCost?: number;
  readonly drill?: boolean;
  readonly record?: boolean;
}
