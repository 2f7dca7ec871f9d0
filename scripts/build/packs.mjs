import path from 'node:path';
import { joined, minified } from './join.mjs';

/**
 * What is loaded together: files, and in them parts that are joined into one chunk each. A part is what every one of its
 * pieces, which are entries or imported dynamically, loads at once, as far as no part before has it.
 */
const packParts = {
  'pack-main.cjs': {
    launch: ['launch'],
    main: ['main'],
    core: ['resolve', 'providers'],
    run: ['run'],
    visit: ['visit'],
    'model-listing': ['model-listing'],
    resolve: ['resolve'],
    providers: ['providers'],
  },
  'pack-config.cjs': {
    file: ['file'],
    'json-document': ['json-document'],
    'validate-config': ['validate-config'],
  },
  'pack-mock.cjs': { faulty: ['faulty'], model: ['model'] },
  'pack-request.cjs': {
    'endpoint-model': ['endpoint-model'],
    'openai-chat': ['openai-chat'],
    'openai-responses': ['openai-responses'],
    anthropic: ['anthropic'],
    google: ['google'],
    ollama: ['ollama'],
    http: ['http'],
    client: ['client'],
    'api-request': ['api-request'],
  },
};

/**
 * Joins the chunks of a bundle that are always loaded together into one, so that they share a scope and call each other
 * directly, and chunks that are often loaded together into one file, since opening one takes longer than reading a kilobyte.
 *
 * The code of a file is an expression: an object with a function for each chunk, called as Node would call a CommonJS
 * module.
 */
export async function packed({ outputFiles, metafile }, { isWhole }) {
  const modules = new Map(outputFiles.map((file) => [path.basename(file.path), file.text]));
  const partOf = assigned(modules, { metafile, isWhole });
  const output = await joined(modules, {
    input: ['launch.cjs', 'main.cjs'],
    manualChunks: (id) => partOf.get(id) ?? id.replace(/\.cjs$/, ''),
  });
  const chunks = new Map(output.map((chunk) => [chunk.fileName, withOneExport(chunk)]));
  const left = new Set([...chunks.keys()].sort());
  const take = (name) => left.delete(name);
  const packs = Object.entries(packParts).map(([name, parts]) => ({
    name,
    inside: Object.keys(parts)
      .map((part) => `${part}.cjs`)
      .filter(take),
  }));
  const alone = [...left].map((name) => ({ name, inside: [name] }));
  const files = [...packs.filter(({ inside }) => inside.length > 0), ...alone];
  return Promise.all(files.map(({ name, inside }) => packOf(name, { inside, chunks })));
}

/** To make an object of all that a chunk exports at once takes less than to add it name by name: an object grows by copies. */
function withOneExport({ fileName, code, exports }) {
  const [end = ''] = /(?:exports\.[\w$]+ ?= ?[\w$.]+;\s*)*$/.exec(code);
  const pairs = [...end.matchAll(/exports\.([\w$]+) ?= ?([\w$.]+);/g)].map(
    ([, to, from]) => `${to}: ${from}`,
  );
  if (pairs.length !== exports.length) throw new Error(`not all exports of ${fileName} are at its end`);
  return `${code.slice(0, code.length - end.length)}module.exports = { ${pairs.join(', ')} };\n`;
}

async function packOf(name, { inside, chunks }) {
  const parts = await Promise.all(
    inside.map(async (one) => ({ name: one, code: await minified(chunks.get(one)) })),
  );
  const functions = parts.map((one) => `${JSON.stringify(one.name)}(exports,require,module){${one.code}\n}`);
  return { name, chunks: parts, code: `({${functions.join(',\n')}})` };
}

/** The part of each module that belongs to one. What is not the whole program may lack pieces. */
function assigned(modules, { metafile, isWhole }) {
  const staticImports = new Map(
    Object.entries(metafile.outputs).map(([file, { imports }]) => [
      path.basename(file),
      imports.filter(({ kind }) => kind === 'import-statement').map((one) => path.basename(one.path)),
    ]),
  );
  const withImports = (name, found = new Set()) => {
    if (found.has(name) || !modules.has(name)) return found;
    found.add(name);
    for (const one of staticImports.get(name)) withImports(one, found);
    return found;
  };
  const named = (piece) =>
    [...modules.keys()].filter((name) => name.replace(/(-[A-Z0-9]{8})?\.cjs$/, '') === piece);
  const partOf = new Map();
  for (const [part, pieces] of Object.values(packParts).flatMap(Object.entries)) {
    const entries = pieces.map(named);
    if (!isWhole && entries.some(({ length }) => length === 0)) continue;
    if (entries.some(({ length }) => length !== 1)) {
      throw new Error(`${part} is made of ${pieces.join(' and ')}, and there is not one chunk of each name`);
    }
    const [first, ...others] = entries.map(([name]) => withImports(name));
    for (const name of first) {
      if (!partOf.has(name) && others.every((one) => one.has(name))) partOf.set(name, part);
    }
  }
  return partOf;
}
