import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Zoo } from '../fakes/zoo.js';
import { type CliResult, runCli } from '../support/cli.js';
import { expectValid } from '../support/schemas.js';
import type { Animal } from './zoo/animal.js';
import { answerAnimals } from './zoo/answers.js';
import { dialectAnimals } from './zoo/dialects.js';
import { keylessAnimals } from './zoo/keyless.js';
import { keyAnimals } from './zoo/keys.js';
import { modelAnimals } from './zoo/models.js';
import { networkAnimals } from './zoo/network.js';

/*
 * Endpoints of every kind on loopback, all of them checked by two runs of the program at once, one that costs nothing and one that asks
 * the models. What is true of each is written beside it.
 */

const animals: readonly Animal[] = [
  ...networkAnimals,
  ...keyAnimals,
  ...keylessAnimals,
  ...answerAnimals,
  ...modelAnimals,
  ...dialectAnimals,
];
const subjectOf = (animal: Animal): string => {
  const name = `z${animals.indexOf(animal)}`;
  return animal.model === undefined ? name : `${name}/${animal.model}`;
};

const zoo = new Zoo();
afterAll(() => zoo.close());

interface Told {
  readonly certificateDays: number | null;
  readonly phases: { readonly tlsMs: number | null };
  readonly message: string | null;
  readonly hint: string | null;
}
const checks = new Map<string, Told>();
const runs: CliResult[] = [];

beforeAll(async () => {
  const dsns = await Promise.all(animals.map(({ start }) => start(zoo)));
  const env = Object.fromEntries(dsns.map((dsn, index) => [`LLM_Z${index}`, dsn]));
  const health = (words: readonly string[], checked: readonly Animal[]) =>
    runCli(['health', '--json', '--check-timeout', '2500ms', ...words, ...checked.map(subjectOf)], { env });
  runs.push(
    await health(
      [],
      animals.filter(({ probe }) => probe !== true),
    ),
    await health(
      ['--probe'],
      animals.filter(({ probe }) => probe === true),
    ),
  );
  for (const { stdout } of runs) {
    const report = JSON.parse(stdout);
    expectValid('health', report);
    for (const check of report.checks) checks.set(check.subject, check);
  }
}, 60_000);

describe('a check tells the truth about', () => {
  it.each(animals.map((animal) => ({ name: animal.name, animal })))('$name', ({ animal }) => {
    const { status, reached, kind = null, httpStatus, says, hint } = animal;
    const check = checks.get(subjectOf(animal)) as Told;
    expect(check).toMatchObject({ status, levelReached: reached, kind });
    if (httpStatus !== undefined) expect(check).toMatchObject({ httpStatus });
    if (says !== undefined) expect(check.message).toMatch(says);
    if (status === 'pass') expect(check).toMatchObject({ message: null, hint: null });
    else if (hint === null) expect(check.hint).toBeNull();
    else expect(check.hint).toMatch(hint ?? /a hint is owed/);
  });
});

describe('the zoo', () => {
  it('has many endpoints, each of which is checked once', () => {
    expect(checks.size).toBe(animals.length);
    expect(animals.length).toBeGreaterThan(60);
  });

  it('has certificates whose days are counted', () => {
    const days = [...checks.values()].filter(({ certificateDays }) => certificateDays !== null);
    for (const { certificateDays, phases } of days) {
      expect(certificateDays).toBeGreaterThanOrEqual(0);
      expect(phases.tlsMs).toBeGreaterThanOrEqual(0);
    }
    // one of them behind a proxy, one before a server that wants one, too, and those that end soon
    const lasting = days.filter(({ certificateDays }) => (certificateDays ?? 0) > 365);
    expect([lasting.length, days.length - lasting.length]).toEqual([3, 9]);
  });

  it('is down, exit 1, and nothing of its keys is told', () => {
    for (const { code, stdout, stderr } of runs) {
      expect(code).toBe(1);
      expect(JSON.parse(stdout)).toMatchObject({ state: 'down', error: null, exitCode: 1 });
      expect(stderr).toBe('');
      expect(stdout + stderr).not.toContain('canary');
    }
  });
});
