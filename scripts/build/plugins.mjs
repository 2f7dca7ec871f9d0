// What is changed in packages so that a run loads no more of them than it needs.
import { readFile } from 'node:fs/promises';
import path from 'node:path';

/**
 * undici loads its HTTP/2 client, and with it node:http2, together with the HTTP/1 client; that alone takes 3 ms of each
 * request. Here it is loaded by the first connection that speaks HTTP/2.
 */
export const http2WhenUsed = {
  name: 'http2-when-used',
  setup({ onLoad, onResolve }) {
    onResolve({ filter: /^\.\/client-h2\.js$/ }, ({ resolveDir, pluginData }) =>
      pluginData === 'real' ? null : { path: path.join(resolveDir, 'client-h2.js'), suffix: '?when-used' },
    );
    onLoad({ filter: /client-h2\.js$/ }, ({ path: file, suffix }) =>
      suffix !== '?when-used'
        ? null
        : {
            contents: "module.exports = (...parameters) => require('./client-h2.js')(...parameters);",
            resolveDir: path.dirname(file),
            pluginData: 'real',
          },
    );
  },
};

/**
 * Likewise node:http, another 2 ms, for a class to compare with and a default that we set ourselves. A source that is
 * not what it was fails the build.
 */
export const httpWhenUsed = {
  name: 'http-when-used',
  setup({ onLoad }) {
    const changes = {
      'core/util.js': [
        ["const { IncomingMessage } = require('node:http')", "const http = require('node:http')"],
        ['.constructor === IncomingMessage)', '.constructor === http.IncomingMessage)'],
      ],
      'dispatcher/client.js': [
        [
          /getDefaultNodeMaxHeaderSize = http &&[^?]+\? \(\) => http.maxHeaderSize\n.*\n/,
          'getDefaultNodeMaxHeaderSize = () => http.maxHeaderSize\n',
        ],
      ],
    };
    for (const [name, replacements] of Object.entries(changes)) {
      const filter = new RegExp(`undici/lib/${name.replace('.', '\\.')}$`);
      onLoad({ filter }, async ({ path: file }) => {
        let contents = await readFile(file, 'utf8');
        for (const [from, to] of replacements) {
          const changed = contents.replace(from, to);
          if (changed === contents) throw new Error(`${file} is not what it was: ${from}`);
          contents = changed;
        }
        return { contents };
      });
    }
  },
};

/**
 * commander's own module for importers makes a program for those that want no name of their own, and is wrapped as what may
 * be anything; the classes alone are there in less time.
 */
export const commanderInParts = {
  name: 'commander-in-parts',
  setup({ onLoad }) {
    const classes = {
      argument: ['Argument'],
      command: ['Command'],
      error: ['CommanderError', 'InvalidArgumentError'],
      help: ['Help'],
      option: ['Option'],
    };
    onLoad({ filter: /commander\/esm\.mjs$/ }, ({ path: file }) => ({
      contents: Object.entries(classes)
        .map(([name, exported]) => `export const { ${exported.join(', ')} } = require('./lib/${name}.js');`)
        .join('\n'),
      resolveDir: path.dirname(file),
    }));
  },
};
