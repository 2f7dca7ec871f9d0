// The fault catalogue as a scorecard: node bench/faults.mjs [--full] [--only S08] [--dialect google] [--json]
// The quick profile takes about a minute, the full timings of the catalogue about ten.
import { profiles, score, scoreRecovery } from './faults/run.mjs';
import { scenarios } from './faults/scenarios.mjs';
import { wires } from './faults/wire.mjs';
import { option } from './setting.mjs';

const divisor = process.argv.includes('--full') ? profiles.full : profiles.quick;
const only = option('only');
const dialects = wires.filter(({ dialect }) => [undefined, dialect].includes(option('dialect')));
const recovery = { id: 'S15', name: '503 for 60 s, then healthy; 20 processes' };
const rows = [...scenarios, recovery]
  .filter(({ id }) => [undefined, id].includes(only))
  .sort((a, b) => (a.id < b.id ? -1 : 1));

const results = [];
// two of each dialect's runs at a time would measure each other
await Promise.all(
  dialects.map(async (wire) => {
    for (const row of rows) {
      for (const live of [false, true]) {
        const at = { wire, live, divisor };
        const { verdict, missed } = row === recovery ? await scoreRecovery(at) : await score(row, at);
        results.push({ id: row.id, dialect: wire.dialect, live, verdict, missed });
      }
    }
  }),
);

if (process.argv.includes('--json')) console.log(JSON.stringify(results));
else print();
if (results.some(({ verdict }) => verdict !== 'pass')) process.exitCode = 1;

function print() {
  const columns = dialects.flatMap(({ dialect }) => [
    { dialect, live: false },
    { dialect, live: true },
  ]);
  console.log(`${'pipe, live'.padEnd(66)}${dialects.map(({ dialect }) => dialect.padEnd(18)).join('')}`);
  for (const { id, name } of rows) {
    const verdicts = columns.map(({ dialect, live }) => find({ id, dialect, live }).verdict.padEnd(9));
    console.log(`${id} ${name.padEnd(64)}${verdicts.join('')}`);
  }
  for (const { id, dialect, live, verdict, missed } of results) {
    if (verdict !== 'pass')
      console.log(`${id} ${dialect}${live ? ' live' : ''}: ${verdict}: ${missed.join('; ')}`);
  }
  const passed = results.filter(({ verdict }) => verdict === 'pass').length;
  console.log(`${passed} of ${results.length} pass`);
}

function find({ id, dialect, live }) {
  return results.find((row) => row.id === id && row.dialect === dialect && row.live === live);
}
