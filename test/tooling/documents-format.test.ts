import path from 'node:path';
import { Argument, Command, Option } from 'commander';
import { describe, expect, it } from 'vitest';
import { addHelpText, exitRows, helpTextOf } from '../../src/cli/help-text.js';

const folder = path.join(import.meta.dirname, '../../scripts/docs');
// Programs for people; their types are of no use to anybody else.
const { pagesOf } = await import(path.join(folder, 'pages.mjs'));
const { markdownOf } = await import(path.join(folder, 'markdown.mjs'));
const { manPagesOf } = await import(path.join(folder, 'roff.mjs'));

/** A program of which nobody has told the generator, with every character that means something to a format. */
function manual() {
  const program = new Command('tool').description('A tool.').option('--shared', 'for all');
  addHelpText(program, () => ({ examples: [{ shows: 'a tool', line: 'tool' }] }));
  const paint = program
    .command('paint')
    .description('paint a wall | a door')
    .addArgument(new Argument('<what...>', 'what to paint').choices(['wall', 'door']))
    .option('-t, --tool <a|b>', '<b> or *c* & d_e [f] \\g `h` ~i~, see docs/mock.md')
    .addOption(new Option('--size <n>', '.5 by default').default(5))
    .addOption(new Option('--hidden').hideHelp())
    .option('--no-dry', "'wet' paint")
    .option('--shared', 'for all');
  addHelpText(paint, () => ({
    remarks: ['.TH is no order here', '- nor is this a list'],
    examples: [{ shows: 'a café', line: `.\\tool paint 'a' "b" -- ^ ~` }],
    exits: { usage: 'wrong', done: 'dry' },
  }));
  program
    .command('plain')
    .description('has its own words')
    .addHelpText('after', '\nExamples:\n  $ tool plain');
  program.command('inner').description('has one below').command('most').description('it');
  program.command('secret', { hidden: true });
  const surroundings = { exits: [], providers: [], rootVariables: [], environment: [], files: [] };
  const notes = { environmentNote: '', filesNote: '', version: '1.2.3' };
  return { ...surroundings, ...notes, pages: pagesOf(program, { helpTextOf, exitRows }) };
}

describe('the page for GitHub', () => {
  const lines = markdownOf(manual()).split('\n');

  it.each([
    {
      what: 'a pipe in a cell',
      line: '| `-t, --tool <a\\|b>` | \\<b\\> or \\*c\\* \\& d_e \\[f\\] \\\\g `h` \\~i\\~, see [docs/mock.md](mock.md) |',
    },
    { what: 'a default', line: '| `--size <n>` | .5 by default; default `5` |' },
    { what: 'choices', line: '| `<what...>` | what to paint; one of `wall`, `door` |' },
    { what: 'what looks like a list', line: '\\- nor is this a list' },
    { what: 'a command in the contents', line: '- [tool paint](#tool-paint): paint a wall | a door' },
    {
      what: 'a command in a table',
      line: '| [`paint [options] <what...>`](#tool-paint) | paint a wall \\| a door |',
    },
    { what: 'a command below a command', line: '## tool inner most' },
    { what: 'an exit code', line: '| 0 | dry |' },
    { what: 'help that is a text of its own', line: '  $ tool plain' },
  ])('has $what', ({ line }) => {
    expect(lines).toContain(line);
  });

  it('tells nothing that is hidden', () => {
    expect(lines.join('\n')).not.toMatch(/hidden|secret/);
  });
});

describe('the man pages', () => {
  const pages: ReadonlyMap<string, string> = manPagesOf(manual());

  it('are one for each command', () => {
    expect([...pages.keys()]).toEqual([
      'tool.1',
      'tool-paint.1',
      'tool-plain.1',
      'tool-inner.1',
      'tool-inner-most.1',
    ]);
  });

  it.each([
    { what: 'a name', line: 'tool\\-paint \\- paint a wall | a door' },
    { what: 'a usage', line: '\\fBtool paint\\fR [\\fIoptions\\fR] <\\fIwhat...\\fR>' },
    { what: 'a flag', line: '\\fB\\-t\\fR, \\fB\\-\\-tool\\fR <\\fIa|b\\fR>' },
    { what: 'a backslash', line: '<b> or *c* & d_e [f] \\(rsg \\fBh\\fR \\(tii\\(ti, see docs/mock.md.' },
    { what: 'a dot at the start of a remark', line: '\\&.TH is no order here' },
    { what: 'a dot at the start of a description', line: '\\&.5 by default. Default: \\fB5\\fR.' },
    { what: 'an apostrophe', line: '\\(aqwet\\(aq paint.' },
    { what: 'what is not ASCII', line: 'A caf\\[u00E9]:' },
    { what: 'an example', line: '\\&.\\(rstool paint \\(aqa\\(aq \\(dqb\\(dq \\-\\- \\(ha \\(ti' },
    { what: 'an exit code', line: '\\fB0\\fR' },
  ])('have $what', ({ line }) => {
    expect(pages.get('tool-paint.1')?.split('\n')).toContain(line);
  });

  it('have help that is a text of its own', () => {
    expect(pages.get('tool-plain.1')).toContain('\n.nf\nExamples:\n  $ tool plain\n.fi\n');
  });
});
