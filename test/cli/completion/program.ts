import { Writable } from 'node:stream';
import type { Command } from 'commander';
import { Output } from '../../../src/cli/output.js';
import { buildProgram } from '../../../src/cli/program.js';

/** The program with all its commands and flags, for looking at; running it would print nothing. */
export function declaredProgram(): Command {
  const nowhere = () => new Writable({ write: (_chunk, _encoding, done) => done() });
  const process = { ...globalThis.process, env: {}, stdout: nowhere(), stderr: nowhere() };
  return buildProgram({
    process: process as unknown as Parameters<typeof buildProgram>[0]['process'],
    argv: [],
    output: new Output(nowhere(), () => {}),
    onExit: () => {},
  });
}
