import type { Command } from 'commander';
import { asBashReads } from '../completion/bash-words.js';
import { needsOf, offerAt } from '../completion/candidates.js';
import { type Cursor, readCursor } from '../completion/cursor.js';
import { type Facts, noFacts } from '../completion/facts.js';
import type { ShellName } from '../completion/shell-names.js';
import { replyFor } from '../completion/shells.js';
import type { Process } from '../context.js';
import { exitCodes } from '../exit-codes.js';
import { Output } from '../output.js';

/**
 * `majordomo complete SHELL -- WORD…`, called by the scripts: prints what may stand in the place of the last word. Whatever
 * is wrong with the configuration is not told, since it would land in a prompt.
 */
export async function completionCandidates(
  shell: ShellName,
  at: { readonly program: Command; readonly words: readonly string[]; readonly process: Process },
): Promise<number> {
  const words = shell === 'bash' ? at.words.map(asBashReads) : at.words;
  const cursor = readCursor(at.program, words);
  const facts = await factsFor(cursor, at.process);
  const output = new Output(at.process.stdout, () => {});
  output.hold(replyFor(shell, offerAt(cursor, facts)));
  await output.end();
  return exitCodes.done;
}

/** Most of the program is needed to know what is configured, and none of it to know what its flags are. */
async function factsFor(cursor: Cursor, process: Process): Promise<Facts> {
  const needs = needsOf(cursor);
  if (needs === 'nothing') return noFacts;
  const { gatherFacts } = await import('../completion/gather.js');
  return gatherFacts(needs, cursor.given, process);
}
