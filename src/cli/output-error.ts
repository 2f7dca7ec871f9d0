import { MajordomoError } from '../core/errors.js';

/** What was found cannot be written: standard output, or a report. The message names the place and the system's code. */
export class OutputError extends MajordomoError {
  override readonly name = 'OutputError';
}
