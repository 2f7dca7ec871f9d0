#!/usr/bin/env node
// CommonJS on purpose (see package.json beside this file): Node's ESM loader alone would cost a fifth of the start-up.
'use strict';

const path = require('node:path');

const built = path.join(__dirname, '../dist/cli/start.cjs');
if (require('node:fs').existsSync(built)) {
  require(built).start(process);
} else {
  process.stderr.write('majordomo: not built yet: run `npm run build` in the directory of the project\n');
  process.exitCode = 70;
}
