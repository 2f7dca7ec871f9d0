import { oneLine } from './render/sanitize.js';
import { usageMessage } from './usage-message.js';

/** What a monitoring plugin exits with that could find nothing out. To who calls it 2 means that what is monitored is down. */
export const nagiosUnknown = 3;

const command = /^(run|resolve|providers|health|completion|help)$/;

/** Whether the words ask for `health --exit-style nagios`. They are looked at raw, for when reading them failed. */
export function wantsNagios(argv: readonly string[]): boolean {
  const end = argv.indexOf('--');
  const words = end < 0 ? argv : argv.slice(0, end);
  const isAsked = words.some(
    (word, index) =>
      word === '--exit-style=nagios' || (word === 'nagios' && words[index - 1] === '--exit-style'),
  );
  return isAsked && words.find((word) => command.test(word)) === 'health';
}

/** The line of a plugin whose command line could not be read. */
export function unreadLine(message: string): string {
  return `MAJORDOMO UNKNOWN: ${pluginText(usageMessage(message.replace(/^error: /, '')))}\n`;
}

/** Text as one line of a plugin; a bar would begin data for graphs. */
export function pluginText(text: string): string {
  return oneLine(text).replaceAll('|', '/').trim();
}
