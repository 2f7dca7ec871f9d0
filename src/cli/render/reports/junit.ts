import type { CheckReport, HealthReport } from '../health-report.js';
import { oneLine } from '../sanitize.js';
import { checkWords } from './words.js';

/** One test case as the builder of XML takes it: attributes begin with `@`. */
interface TestCase {
  readonly '@classname': string;
  readonly '@name': string;
  readonly '@time': string;
  readonly failure?: { readonly '@message': string; readonly '@type': string; readonly '#text': string };
  readonly skipped?: { readonly '@message': string };
  readonly 'system-out'?: string;
}

/** JUnit's XML, as CI servers read it: a test case for each check and each chain. An optional failure is no failure there. */
export async function junitReport({ checks, chains, durationMs }: HealthReport): Promise<string> {
  const { default: XmlBuilder } = await import('fast-xml-builder');
  const cases = [...checks.map(checkCase), ...chains.map(chainCase)];
  const counts = {
    '@tests': String(cases.length),
    '@failures': String(cases.filter(({ failure }) => failure !== undefined).length),
    '@errors': '0',
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
  if (check.status === 'fail') return { ...head, skipped: { '@message': `optional: ${said}` } };
  if (check.status === 'skip') return { ...head, skipped: { '@message': said } };
  return said === '' ? head : { ...head, 'system-out': said };
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
