import { ControlFilter } from '../../core/control-filter.js';
import { isPrintableAscii } from '../../core/printable-ascii.js';

/** Takes control sequences and line breaks out of one short text: a message, a model's name. */
export function oneLine(text: string): string {
  if (isPrintableAscii(text)) return text;
  return new ControlFilter().push(text.replace(/[\r\n\t]+/g, ' '));
}
