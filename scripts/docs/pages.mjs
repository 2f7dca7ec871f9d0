/** A page for the program and one for each of its commands, as deep as they go. */
export function pagesOf(program, { helpTextOf, exitRows }) {
  const pageOf = (command, names) => {
    const help = command.createHelp();
    const text = helpTextOf(command);
    const shown = help.visibleCommands(command);
    const page = {
      name: names.join(' '),
      usage: help.commandUsage(command).trim(),
      description: command.description(),
      remarks: text?.remarks ?? [],
      arguments: help
        .visibleArguments(command)
        .map((argument) => ({ term: usageOf(argument), ...saidOf(argument) })),
      groups: [
        ...help.groupItems(
          command.options,
          help.visibleOptions(command),
          (option) => option.helpGroupHeading ?? 'Options:',
        ),
      ].map(([heading, options]) => ({
        title: heading.replace(/:$/, ''),
        options: options.map((option) => ({ term: option.flags, ...saidOf(option) })),
      })),
      commands: shown.map((one) => ({
        term: help.subcommandTerm(one),
        description: help.subcommandDescription(one),
        page: command.commands.includes(one) ? [...names, one.name()].join(' ') : null,
      })),
      examples: text?.examples ?? [],
      exits: exitRows(text?.exits),
      text: text === undefined ? afterHelp(command) : '',
    };
    const below = command.commands.filter((one) => shown.includes(one));
    return [page, ...below.flatMap((one) => pageOf(one, [...names, one.name()]))];
  };
  return pageOf(program, [program.name()]);
}

function usageOf(argument) {
  const name = `${argument.name()}${argument.variadic ? '...' : ''}`;
  return argument.required ? `<${name}>` : `[${name}]`;
}

/** What is said of an option or an argument. */
function saidOf({ description, argChoices = null, defaultValue, defaultValueDescription }) {
  const isTold = defaultValue !== undefined && typeof defaultValue !== 'boolean';
  return {
    description,
    choices: argChoices,
    default: defaultValueDescription ?? (isTold ? String(defaultValue) : null),
  };
}

/** The words that commander prints after the flags of a command whose help is no `HelpText`. */
function afterHelp(command) {
  let text = '';
  command.emit('afterHelp', { error: false, command, write: (more) => (text += more) });
  return text.replace(/^\n+|\s+$/g, '');
}
