import type { CheckReport, HealthReport } from '../health-report.js';
import { oneLine } from '../sanitize.js';
import { checkWords } from './words.js';

/** One test case as the builder of XML takes it: attributes begin with `@`. */
interface TestCase {
  readonly '@classname': string;
  readonly '@name': string;
  readonly '@time': string;
  readonly skipped?: string;
  readonly error?: Wrong;
  readonly failure?: Wrong;
  readonly 'system-out'?: string;
}

interface Wrong {
  readonly '@message': string;
  readonly '@type': string;
  readonly '#text': string;
}

/**
 * JUnit's XML, as CI servers read it: a test case for each check and each chain, and one for an error because of which nothing was
 * checked. An optional failure is no failure there. Elements and attributes are those of the schema that Jenkins goes by.
 */
export async function junitReport({ checks, chains, error, durationMs }: HealthReport): Promise<string> {
  const { default: XmlBuilder } = await import('fast-xml-builder');
  const cases = [
    ...checks.map(checkCase),
    ...chains.map(chainCase),
    ...(error === null ? [] : [errorCase(error)]),
  ];
  const counts = {
    '@tests': String(cases.length),
    '@failures': String(cases.filter(({ failure }) => failure !== undefined).length),
    '@errors': String(cases.filter((each) => each.error !== undefined).length),
    '@skipped': String(cases.filter(({ skipped }) => skipped !== undefined).length),
    '@time': seconds(durationMs),
  };
  const suite = { '@name': 'majordomo health', ...counts, testcase: cases };
  const builder = new XmlBuilder({
    attributeNamePrefix: '@',
    ignoreAttributes: false,
    format: true,
    suppressEmptyNode: true,
  });
  const { '@skipped': _, ...totals } = counts;
  const xml = builder.build({ testsuites: { '@name': 'majordomo', ...totals, testsuite: suite } });
  return `<?xml version="1.0" encoding="UTF-8"?>\n${xml.trimEnd()}\n`;
}

function checkCase(check: CheckReport): TestCase {
  const said = checkWords(check);
  const head = {
    '@classname': oneLine(check.provider),
    '@name': oneLine(check.subject),
    '@time': seconds(check.durationMs),
  };
  if (check.status === 'fail' && check.required) {
    return { ...head, failure: { '@message': said, '@type': check.kind ?? 'fail', '#text': said } };
  }
  if (check.status === 'fail') return { ...head, ...skippedFor(`optional: ${said}`) };
  if (check.status === 'skip') return { ...head, ...skippedFor(said) };
  return said === '' ? head : { ...head, 'system-out': said };
}

/** The schema has no message for what is skipped, and not every reader shows its text. */
function skippedFor(said: string): Pick<TestCase, 'skipped' | 'system-out'> {
  return { skipped: said, 'system-out': said };
}

function errorCase({ code, message }: NonNullable<HealthReport['error']>): TestCase {
  const said = oneLine(message);
  return {
    '@classname': 'majordomo',
    '@name': 'health',
    '@time': seconds(0),
    error: { '@message': said, '@type': code, '#text': said },
  };
}

function chainCase({ spec, state, firstHealthy }: HealthReport['chains'][number]): TestCase {
  const head = { '@classname': 'chain', '@name': oneLine(spec), '@time': seconds(0) };
  if (state === 'up') return head;
  if (state === 'degraded')
    return { ...head, 'system-out': `degraded: ${oneLine(firstHealthy ?? '')} answers` };
  const said = 'no target of the chain is healthy';
  return { ...head, failure: { '@message': said, '@type': 'down', '#text': said } };
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(3);
}
