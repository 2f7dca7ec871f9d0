/*
 * Who may import whom: bin → cli → {config, providers, stores} → core, and nothing back.
 * Type imports count too. What is not an import (process, the clock…) is checked by scripts/house-rules.mjs.
 */
const dialects = '(openai-chat|openai-responses|anthropic|google|ollama|mock)';
const stores = '(memory|file|redis)';

const rule = (name, comment, from, to) => ({ name, comment, severity: 'error', from, to });

module.exports = {
  forbidden: [
    rule(
      'no-cycles',
      'what imports itself cannot be read, tested or loaded by itself',
      {},
      { circular: true },
    ),
    rule('no-unresolvable', 'an import leads nowhere', {}, { couldNotResolve: true }),
    rule(
      'core-imports-core-only',
      'core/ is pure: no other folder, no npm package, not even node:',
      { path: '^src/core/' },
      { pathNot: '^src/core/' },
    ),
    rule(
      'layers-import-core-only',
      'config/, providers/ and stores/ stand side by side on core/',
      { path: '^src/(config|providers|stores)/' },
      { path: '^src/', pathNot: '^src/(core/|$1/|version\\.ts$)' },
    ),
    rule(
      'library-without-cli',
      'the library must not drag the command line in',
      { path: '^src/(index|registry)\\.ts$' },
      { path: '^src/cli/' },
    ),
    rule(
      'dialects-are-siblings',
      'a dialect that leans on another breaks with it; shared pieces get a file of their own',
      { path: `^src/providers/${dialects}` },
      { path: `^src/providers/${dialects}`, pathNot: '^src/providers/$1' },
    ),
    rule(
      'stores-are-siblings',
      'each store works without the others',
      { path: `^src/stores/${stores}` },
      { path: `^src/stores/${stores}`, pathNot: '^src/stores/$1' },
    ),
    rule(
      'commands-are-siblings',
      'each command is loaded by itself; shared pieces live in cli/',
      { path: '^src/cli/commands/([a-z]+)' },
      { path: '^src/cli/commands/', pathNot: '^src/cli/commands/$1' },
    ),
    rule(
      'entry-stands-alone',
      'the entry is loaded before anything else and loads the rest itself',
      { path: '^src/cli/entry/' },
      { path: '^src/', pathNot: '^src/(cli/entry/|version\\.ts$)' },
    ),
    rule(
      'terminal-packages-in-cli-only',
      'a library has no terminal',
      { pathNot: '^src/cli/' },
      { path: 'node_modules/(commander|chalk|ora|cli-spinners|cli-truncate|log-update|string-width)/' },
    ),
    rule(
      'undici-in-http-only',
      'undici is reached through files that are not its public API, so that one place must know them',
      { pathNot: '^src/providers/http\\.ts$' },
      { path: 'node_modules/undici/' },
    ),
    rule(
      'v8-in-entry-only',
      'V8 flags change the whole process, which belongs to the program and not to a library',
      { pathNot: '^src/cli/entry/' },
      { path: '^(node:)?v8$' },
    ),
    rule('no-barrels', 'a barrel loads a folder to use one file of it', { path: '^src/.+/index\\.ts$' }, {}),
    rule(
      'no-test-code',
      'what ships cannot need what does not',
      { path: '^src/' },
      { path: '^(test|bench|scripts)/' },
    ),
    rule(
      'no-dev-packages',
      'what ships cannot need what is not installed',
      { path: '^src/' },
      { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'] },
    ),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
    },
  },
};
