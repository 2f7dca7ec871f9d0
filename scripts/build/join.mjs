import path from 'node:path';
import { transform } from 'esbuild';
import { rollup } from 'rollup';

/** Modules by their file names, made into CommonJS chunks that take nothing from each other but values. */
export async function joined(modules, { input, manualChunks }) {
  const bundle = await rollup({
    input,
    // the entry may be part of a chunk that others use
    preserveEntrySignatures: 'allow-extension',
    // nothing is left that could be shaken off
    treeshake: false,
    onwarn: (warning) => {
      // what esbuild leaves of an import that was only for a type
      if (warning.code !== 'UNUSED_EXTERNAL_IMPORT') throw new Error(warning.message);
    },
    plugins: [
      {
        name: 'modules',
        resolveId: (id) => (modules.has(path.basename(id)) ? path.basename(id) : { id, external: true }),
        load: (id) => modules.get(id),
      },
    ],
  });
  const { output } = await bundle.generate({
    format: 'cjs',
    exports: 'named',
    esModule: false,
    externalLiveBindings: false,
    freeze: false,
    interop: 'default',
    compact: true,
    minifyInternalExports: false,
    hoistTransitiveImports: false,
    dynamicImportInCjs: false,
    generatedCode: { preset: 'es2015', symbols: false },
    entryFileNames: '[name].cjs',
    chunkFileNames: '[name].cjs',
    manualChunks,
  });
  return output;
}

/** The one file of a bundle, as CommonJS. */
export async function commonJs({ outputFiles: [file] }) {
  const name = path.basename(file.path).replace(/\.js$/, '.cjs');
  const [{ code }] = await joined(new Map([[name, file.text]]), { input: name });
  return { name, code: await minified(code) };
}

/** How code of the program is written, with its names whole. */
export const codeStyle = {
  platform: 'node',
  target: 'node20.18',
  minifySyntax: true,
  minifyWhitespace: true,
  legalComments: 'none',
  charset: 'ascii',
};

export async function minified(source) {
  return (await transform(source, codeStyle)).code;
}
