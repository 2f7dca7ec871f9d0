import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { faults } from '../../../src/providers/mock/faults.js';
import { mockOptionNames } from '../../../src/providers/mock/options.js';
import { parseFaultScript } from '../../../src/providers/mock/script.js';
import { mockProvider } from './fixture.js';

const page = readFileSync(new URL('../../../docs/mock.md', import.meta.url), 'utf8');
/** What stands in the first column of the page's tables. */
const entries = [...page.matchAll(/^\| (`[^|]*`) \|/gm)].flatMap(([, cell = '']) =>
  [...cell.matchAll(/`([^`]+)`/g)].map(([, entry = '']) => entry),
);

describe('docs/mock.md', () => {
  it.each([...mockOptionNames, 'models', ...Object.keys(faults)])('has a row for %s', (name) => {
    expect(entries).toContain(name);
  });

  it.each(['503', '429:2,503', 'ok,reset*2', '503*', 'reset,stall:20*'])(
    'has the script %s, which is right',
    (script) => {
      expect(entries).toContain(script);
      expect(parseFaultScript(script).length).toBeGreaterThan(0);
    },
  );

  const drills = [...page.matchAll(/^\| [^|`]+ \| `([^`]+)` \|/gm)].map(([, query = '']) => query);
  it('has drills', () => expect(drills.length).toBeGreaterThan(5));
  it.each(drills)('has the drill %s, which is a DSN', (query) => {
    expect(mockProvider(query).name).toBe('m1');
  });
});
