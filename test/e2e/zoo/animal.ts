import type { Zoo } from '../../fakes/zoo.js';

/** An endpoint, and the truth about it. */
export interface Animal {
  readonly name: string;
  /** Its DSN. */
  readonly start: (zoo: Zoo) => string | Promise<string>;
  /** Checked as a target instead of as a provider. */
  readonly model?: string;
  /** Whether the model is asked. */
  readonly probe?: true;
  readonly status: 'pass' | 'warn' | 'fail' | 'skip';
  readonly reached: string | null;
  readonly kind?: string;
  readonly httpStatus?: number;
  readonly says?: RegExp;
  /** What to do about it; has to be there for everything but a pass, where `null` does not stand. */
  readonly hint?: RegExp | null;
}
