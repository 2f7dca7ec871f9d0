import { type Failure, MajordomoError, type Warning } from '../../core/errors.js';
import { version } from '../../version.js';

/** What every command's JSON has. */
export interface CommonReport {
  /** `majordomo/run@1`. */
  readonly schema: string;
  readonly version: string;
  readonly warnings: readonly Warning[];
  readonly error: Failure | null;
  readonly exitCode: number;
  readonly durationMs: number;
}

export interface CommonFacts {
  readonly warnings: readonly Warning[];
  /** Null for none. */
  readonly error: unknown;
  readonly exitCode: number;
  readonly durationMs: number;
}

/** All of it but the schema's name. */
export function commonReport(facts: CommonFacts): Omit<CommonReport, 'schema'> {
  return {
    version,
    warnings: facts.warnings,
    error: facts.error === null ? null : failureOf(facts.error),
    exitCode: facts.exitCode,
    durationMs: Math.round(facts.durationMs),
  };
}

/** An error as JSON. Of a bug only the kind is told: words that are not ours may quote a key. */
function failureOf(error: unknown): Failure {
  if (error instanceof MajordomoError) return error.toJSON();
  const what = error instanceof Error ? error.name : 'something that is no error';
  return {
    code: 'bug',
    kind: null,
    class: null,
    message: `internal error: ${what}`,
    hint: 'please report this',
  };
}
