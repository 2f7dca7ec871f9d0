import { asSentence, listed } from './sentence.mjs';

/** The manual as man pages, by file name: one for the program, one for each command. */
export function manPagesOf(manual) {
  return new Map(manual.pages.map((page) => [`${fileName(page.name)}.1`, manPage(page, manual)]));
}

function manPage(page, manual) {
  const { name, usage, description, remarks } = page;
  const isProgram = page === manual.pages[0];
  const groups = page.groups.map(({ title, options }) =>
    title === 'Options' ? items(options) : `${macro('SS', title)}\n${items(options)}`,
  );
  return `${[
    '.\\" Made by npm run docs from the program itself: change the sources, not this.',
    // no date: it would be another one with each build
    macro('TH', fileName(name).toUpperCase(), '1', '', `majordomo ${manual.version}`, 'majordomo'),
    // words of a command line must not be torn apart
    '.nh',
    '.ad l',
    section('NAME', `${escaped(fileName(name))} \\- ${escaped(asTitle(description))}`),
    section('SYNOPSIS', bold(name) + flags(usage.slice(name.length))),
    section('DESCRIPTION', paragraphs([asSentence(description), ...remarks])),
    section('COMMANDS', commands(page.commands)),
    section('ARGUMENTS', items(page.arguments)),
    section('OPTIONS', groups.join('\n')),
    section('PROVIDERS', isProgram ? providers(manual) : ''),
    section('EXIT STATUS', exitStatus(isProgram ? manual.exits : page.exits)),
    section('ENVIRONMENT', isProgram ? environment(manual) : ''),
    section('FILES', isProgram ? files(manual) : ''),
    section('EXAMPLES', page.examples.map(example).join('\n.PP\n')),
    section('NOTES', page.text === '' ? '' : verbatim(page.text)),
    section('SEE ALSO', seeAlso(page, manual)),
  ]
    .filter((part) => part !== '')
    .join('\n')}\n`;
}

function section(title, body) {
  return body === '' ? '' : `${macro('SH', title)}\n${body}`;
}

function commands(list) {
  return list
    .map(({ term, description, page }) =>
      tagged(
        page === null ? flags(term) : reference(page) + escaped(term.slice(term.split(' ')[0].length)),
        prose(asSentence(description)),
      ),
    )
    .join('\n');
}

function items(list) {
  return list
    .map(({ term, description, choices, default: value }) => {
      const said = [
        asSentence(description),
        ...(choices === null ? [] : [`One of ${choices.map((choice) => `\`${choice}\``).join(', ')}.`]),
        ...(value === null ? [] : [`Default: \`${value}\`.`]),
      ];
      return tagged(flags(term), prose(said.join(' ')));
    })
    .join('\n');
}

function providers({ providers, rootVariables }) {
  const list = providers.map(({ name, protocol, endpoint, keys, baseUrls }) => {
    const said = [
      protocol === null ? 'Scripted answers and faults, without a network.' : protocol,
      ...(protocol === null ? [] : [endpoint === null ? 'an endpoint of your own' : `\`${endpoint}\``]),
      ...(keys.length === 0 ? [] : [`key ${keys.map((key) => `\`${key}\``).join(' or ')}`]),
      ...(baseUrls.length === 0 ? [] : [`base URL ${baseUrls.map((url) => `\`${url}\``).join(' or ')}`]),
    ];
    return tagged(bold(name), prose(asSentence(said.join('; '))));
  });
  const roots = listed(rootVariables.map((variable) => `\`${variable}\``));
  return [
    paragraphs(['These are there without a variable. Each name is a scheme for a DSN, too.']),
    ...list,
    '.PP',
    prose(
      `${roots} hold the root of a server, to which the usual path is added; the others a whole base URL.`,
    ),
  ].join('\n');
}

function surroundings(list) {
  return list.map(({ names, meaning }) => tagged(names.map(bold).join(', '), prose(meaning))).join('\n');
}

function environment({ environment, environmentNote }) {
  const keys = 'The keys and base URLs of the providers above have variables of their own.';
  return `${surroundings(environment)}\n.PP\n${paragraphs([keys, environmentNote])}`;
}

function files({ files, filesNote }) {
  return `${surroundings(files)}\n.PP\n${paragraphs([filesNote])}`;
}

function exitStatus(exits) {
  return exits.map(({ code, meaning }) => tagged(bold(String(code)), prose(asSentence(meaning)))).join('\n');
}

function example({ shows, line }) {
  return `${paragraphs([`${asSentence(shows).slice(0, -1)}:`])}\n${verbatim(line)}`;
}

function seeAlso(page, { pages }) {
  const [program] = pages;
  const others = page === program ? pages.slice(1) : [program];
  const more =
    page === program ? '' : `\n.PP\n${prose('Environment, files and providers are described there.')}`;
  return `${others.map(({ name }) => reference(name)).join(', ')}${more}`;
}

function reference(page) {
  return `${bold(fileName(page))}(1)`;
}

function tagged(tag, body) {
  return `.TP\n${guarded(tag)}\n${guarded(body)}`;
}

function paragraphs(list) {
  return list.map((text) => guarded(prose(text))).join('\n.PP\n');
}

function verbatim(text) {
  const lines = text.split('\n').map((line) => guarded(escaped(line)));
  return ['.RS 4', '.nf', ...lines, '.fi', '.RE'].join('\n');
}

/** A line that begins with a dot or an apostrophe would be an order. */
function guarded(line) {
  return /^[.']/.test(line) ? `\\&${line}` : line;
}

function macro(name, ...parameters) {
  return `.${name} ${parameters.map((parameter) => `"${escaped(parameter)}"`).join(' ')}`;
}

/** Names of flags are bold, what stands for a value is slanted. */
function flags(text) {
  return text.replace(
    /(?<![\w-])(--?[A-Za-z][\w-]*)|([<[])([^<>[\]]+)([>\]])|([^<[-]+|[\s\S])/g,
    (_, flag, open, value, close, other) => {
      if (flag) return bold(flag);
      return value ? `${open}\\fI${escaped(value)}\\fR${close}` : escaped(other);
    },
  );
}

/** Text with literals in backticks. */
function prose(text) {
  return text
    .replace(/\s+/g, ' ')
    .split(/(`[^`]+`)/)
    .map((part, index) => (index % 2 === 1 ? bold(part.slice(1, -1)) : escaped(part)))
    .join('');
}

function bold(text) {
  return `\\fB${escaped(text)}\\fR`;
}

/** What roff would take for something else: a plain `-` becomes a hyphen, which no shell knows. */
const escapes = {
  '\\': '\\(rs',
  '-': '\\-',
  "'": '\\(aq',
  '"': '\\(dq',
  '`': '\\(ga',
  '^': '\\(ha',
  '~': '\\(ti',
  '…': '...',
};

function escaped(text) {
  return text.replace(
    /[\\'"`^~…-]|[^\n -~]/gu,
    (character) =>
      escapes[character] ?? `\\[u${character.codePointAt(0).toString(16).toUpperCase().padStart(4, '0')}]`,
  );
}

function fileName(page) {
  return page.replaceAll(' ', '-');
}

function asTitle(description) {
  return description.charAt(0).toLowerCase() + description.slice(1).replace(/\.$/, '');
}
