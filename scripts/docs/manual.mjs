import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { build } from 'esbuild';
import { pagesOf } from './pages.mjs';
import { environment, environmentNote, files, filesNote, protocols } from './surroundings.mjs';

const root = path.join(import.meta.dirname, '../..');

/** What a manual has to say, whatever its form: the program's own declarations, and what it reads beside its words. */
export async function readManual() {
  const source = await loadSource();
  const stream = { write: () => true, on: () => {} };
  const program = source.buildProgram({
    process: { env: {}, stdout: stream, stderr: stream },
    argv: [],
    output: stream,
    onExit: () => {},
  });
  const pages = pagesOf(program, source);
  const used = new Set(pages.flatMap(({ exits }) => exits.map(({ code }) => code)));
  return {
    version: source.version,
    pages,
    exits: source.exitRows(source.exitMeanings).filter(({ code }) => used.has(code)),
    providers: source.builtinNames.map((name) => providerOf(name, source.presets)),
    rootVariables: variablesOfRoots(source.presets),
    environment,
    environmentNote,
    files,
    filesNote,
  };
}

function providerOf(name, presets) {
  const preset = presets.find((one) => one.name === name);
  if (preset === undefined) return { name, protocol: null, endpoint: null, keys: [], baseUrls: [] };
  return {
    name,
    protocol: protocols[preset.dialect],
    endpoint: preset.baseUrl || null,
    keys: preset.keyVariables,
    baseUrls: preset.baseUrlVariables,
  };
}

/** The variables that hold a server's root in place of a whole base URL. */
function variablesOfRoots(presets) {
  return [...new Set(presets.flatMap((preset) => (preset.baseUrlIsRoot ? preset.baseUrlVariables : [])))];
}

/** The sources as a module: the oldest Node that we run on cannot load TypeScript. */
async function loadSource() {
  const bundle = await build({
    absWorkingDir: root,
    stdin: {
      resolveDir: root,
      contents: `
        export { buildProgram } from './src/cli/program.ts';
        export { exitMeanings } from './src/cli/exit-codes.ts';
        export { exitRows, helpTextOf } from './src/cli/help-text.ts';
        export { presets } from './src/providers/presets.ts';
        export { builtinNames } from './src/providers/schemes.ts';
        export { version } from './src/version.ts';`,
    },
    bundle: true,
    write: false,
    packages: 'external',
    platform: 'node',
    target: 'node20.18',
    format: 'esm',
    logLevel: 'warning',
  });
  const file = path.join(root, `.cache/docs-${process.pid}.mjs`);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, bundle.outputFiles[0].contents);
  try {
    return await import(file);
  } finally {
    rmSync(file);
  }
}
