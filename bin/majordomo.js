#!/usr/bin/env node
// CommonJS on purpose (see package.json beside this file): Node's ESM loader alone would cost a fifth of the start-up.
'use strict';

const start = load();
if (start !== null) {
  start(process, require);
} else {
  process.stderr.write('majordomo: not built yet: run `npm run build` in the directory of the project\n');
  process.exitCode = 70;
}

function load() {
  try {
    return require('../dist/cli/start.cjs').start;
  } catch (error) {
    if (error.code !== 'MODULE_NOT_FOUND' || !error.message.includes('start.cjs')) throw error;
    return null;
  }
}
