import { asSentence, listed } from './sentence.mjs';

const sectionNames = ['Exit codes', 'Environment', 'Built-in providers', 'Files'];
const globalTitle = 'Global options';

/** The manual as one page for GitHub. */
export function markdownOf(manual) {
  const [program, ...commands] = manual.pages;
  const global = program.groups.find(({ title }) => title === globalTitle);
  return `${[
    '# The command line',
    '<!-- Made by npm run docs from the program itself: change the sources, not this. -->',
    contents(manual),
    pageOf({ ...program, groups: program.groups.filter((group) => group !== global) }),
    ...(global === undefined ? [] : [globalOptions(global)]),
    ...commands.map((page) => pageOf(withoutShared(page, global))),
    exitCodes(manual.exits),
    surroundings('Environment', 'variable', manual.environment),
    `The keys and base URLs of the ${linkTo('Built-in providers', 'built-in providers')} have variables of their own.`,
    prose(manual.environmentNote),
    providers(manual),
    surroundings('Files', 'file', manual.files),
    prose(manual.filesNote),
  ].join('\n\n')}\n`;
}

function contents({ pages }) {
  const [program, ...commands] = pages;
  const entries = [
    `- ${linkTo(program.name)}`,
    `- ${linkTo(globalTitle)}`,
    ...commands.map(({ name, description }) => `- ${linkTo(name)}: ${prose(description)}`),
    ...sectionNames.map((name) => `- ${linkTo(name)}`),
  ];
  return entries.join('\n');
}

/** A page without the options that every command has in the same way: they are told once. */
function withoutShared(page, global) {
  if (global === undefined) return page;
  const shared = new Set(global.options.map((option) => JSON.stringify(option)));
  const groups = page.groups.map(({ title, options }) => ({
    title,
    options: options.filter((option) => !shared.has(JSON.stringify(option))),
  }));
  const different = groups.find(({ title }) => title === globalTitle)?.options ?? [];
  const but = different.length === 0 ? '.' : `, of which these differ:\n\n${table('option', different)}`;
  return {
    ...page,
    groups: groups.filter(({ title, options }) => title !== globalTitle && options.length > 0),
    shared: `And the ${linkTo(globalTitle, 'global options')}${but}`,
  };
}

function pageOf(page) {
  const { name, usage, description, remarks, groups, shared } = page;
  const options = groups.map(({ title, options }) => `### ${title}\n\n${table('option', options)}`);
  return [
    `## ${name}`,
    fenced('', usage),
    prose(asSentence(description)),
    ...remarks.map(prose),
    ...(page.commands.length === 0 ? [] : [`### Commands\n\n${commandTable(page.commands)}`]),
    ...(page.arguments.length === 0 ? [] : [`### Arguments\n\n${table('argument', page.arguments)}`]),
    ...options,
    ...(shared === undefined ? [] : [shared]),
    ...(page.examples.length === 0 ? [] : [`### Examples\n\n${examples(page.examples)}`]),
    ...(page.text === '' ? [] : [fenced('text', page.text)]),
    ...(page.exits.length === 0 ? [] : [`### Exit codes of ${name}\n\n${exitTable(page.exits)}`]),
  ].join('\n\n');
}

function globalOptions({ options }) {
  return `## ${globalTitle}\n\nThey go before or after the name of the command.\n\n${table('option', options)}`;
}

function exitCodes(exits) {
  return `## Exit codes\n\nWhat a code means never changes within a major version.\n\n${exitTable(exits)}`;
}

function providers({ providers, rootVariables }) {
  const rows = providers.map(({ name, protocol, endpoint, keys, baseUrls }) => [
    code(name),
    protocol ?? 'none: [scripted answers](mock.md)',
    endpoint === null ? (protocol === null ? '' : 'of your own') : code(endpoint),
    keys.map(code).join(', '),
    baseUrls.map(code).join(', '),
  ]);
  return [
    '## Built-in providers',
    'Each name is a scheme for a DSN, too. Where several variables are named, the first that is set counts.',
    rowsOf(['name', 'protocol', 'endpoint', 'key', 'base URL'], rows),
    `${listed(rootVariables.map(code))} hold the root of a server, to which the usual path is added; the others a whole base URL.`,
  ].join('\n\n');
}

function surroundings(title, what, entries) {
  const rows = entries.map(({ names, meaning }) => [names.map(code).join('<br>'), prose(meaning)]);
  return `## ${title}\n\n${rowsOf([what, 'meaning'], rows)}`;
}

function examples(list) {
  return fenced('sh', list.map(({ shows, line }) => `# ${shows}\n${line}`).join('\n\n'));
}

function commandTable(commands) {
  const rows = commands.map(({ term, description, page }) => [
    page === null ? code(term) : `[${code(term)}](#${slug(page)})`,
    prose(description),
  ]);
  return rowsOf(['command', 'what it does'], rows);
}

function table(what, items) {
  const rows = items.map(({ term, description, choices, default: value }) => [
    // one line, or the table becomes too narrow for what it says
    code(term),
    [
      prose(description),
      ...(choices === null ? [] : [`one of ${choices.map(code).join(', ')}`]),
      ...(value === null ? [] : [`default ${code(value)}`]),
    ].join('; '),
  ]);
  return rowsOf([what, 'meaning'], rows);
}

function exitTable(exits) {
  return rowsOf(
    ['code', 'meaning'],
    exits.map(({ code, meaning }) => [String(code), prose(meaning)]),
  );
}

/** A cell ends at a `|`, also where it stands in code. */
function rowsOf(heads, rows) {
  const line = (cells) => `| ${cells.join(' | ')} |`;
  const escaped = rows.map((cells) => cells.map((cell) => cell.replaceAll('|', '\\|')));
  return [heads, heads.map(() => '---'), ...escaped].map(line).join('\n');
}

/** Text with literals in backticks; nothing else in it is markup, but the documents it names become links. */
function prose(text) {
  return text
    .split(/(`[^`]+`)/)
    .map((part, index) => (index % 2 === 1 ? part : plain(part)))
    .join('')
    .replace(/\bdocs\/([\w-]+\.md)\b/g, '[docs/$1]($1)')
    .replace(/\bschemas\/[\w.-]+\.json\b/g, '[$&](../$&)');
}

function plain(text) {
  return text
    .replace(/[\\`*<>[\]~&]|(?<!\w)_|_(?!\w)/g, '\\$&')
    .replace(/^(\s*)([-+#]|\d+(?=[.)]))/g, '$1\\$2');
}

function code(text) {
  return text.includes('`') ? `\`\` ${text} \`\`` : `\`${text}\``;
}

function fenced(language, text) {
  return `\`\`\`${language}\n${text}\n\`\`\``;
}

function linkTo(name, words = name) {
  return `[${words}](#${slug(name)})`;
}

/** As GitHub makes an anchor of a heading. */
function slug(heading) {
  return heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .replace(/ /g, '-');
}
