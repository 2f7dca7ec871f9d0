import { ChainError, type ChainOutcome } from '../core/chain/error.js';
import { ConfigError, UsageError } from '../core/errors.js';
import { OutputError } from './output-error.js';

/** What the exit codes mean; they never change within a major version. */
export const exitCodes = {
  done: 0,
  negative: 1,
  usage: 2,
  configuration: 3,
  permanent: 4,
  exhausted: 5,
  deadline: 6,
  partial: 7,
  bug: 70,
  output: 74,
  interrupted: 130,
  terminated: 143,
} as const;

/** The same in words, for commands to say in their help. */
export const exitMeanings = {
  done: 'done',
  negative: 'a check failed',
  usage: 'wrong usage',
  configuration: 'the configuration is wrong or lacks something: nothing was sent',
  permanent: 'permanent: nobody can serve this request as it is',
  exhausted: 'exhausted: some failure may pass, safe to run again',
  deadline: 'the deadline ended it',
  partial: 'cut after text had been shown',
  bug: 'a bug of majordomo',
  output: 'standard output or a report cannot be written: a full disk, for example',
  interrupted: 'interrupted (SIGINT)',
  terminated: 'terminated (SIGTERM)',
} as const satisfies Record<keyof typeof exitCodes, string>;

const exitCodeOfChain = {
  exhausted: exitCodes.exhausted,
  permanent: exitCodes.permanent,
  deadline: exitCodes.deadline,
  partial: exitCodes.partial,
  'no-credential': exitCodes.configuration,
  cancelled: exitCodes.interrupted,
} as const satisfies Record<ChainOutcome, number>;

/** The exit code for an error that ended a command. */
export function exitCodeOf(error: unknown): number {
  if (error instanceof ChainError) return exitCodeOfChain[error.outcome];
  if (error instanceof UsageError) return exitCodes.usage;
  if (error instanceof ConfigError) return exitCodes.configuration;
  if (error instanceof OutputError) return exitCodes.output;
  return exitCodes.bug;
}
