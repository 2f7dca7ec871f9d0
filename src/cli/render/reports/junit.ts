import type { HealthReport } from '../health-report.js';
import { type Point, pointsOf } from './points.js';

/** What XML 1.0 has no way to write (https://www.w3.org/TR/xml/#charsets). */
const unwritable = /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu;

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
 * JUnit's XML, as CI servers read it: a test case for each point. An optional failure is no failure there. Elements and attributes
 * are those of the schema that Jenkins goes by.
 */
export async function junitReport(report: HealthReport): Promise<string> {
  const { default: XmlBuilder } = await import('fast-xml-builder');
  const cases = pointsOf(report).map(caseOf);
  const counts = {
    '@tests': String(cases.length),
    '@failures': String(cases.filter(({ failure }) => failure !== undefined).length),
    '@errors': String(cases.filter((each) => each.error !== undefined).length),
    '@skipped': String(cases.filter(({ skipped }) => skipped !== undefined).length),
    '@time': seconds(report.durationMs),
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
  return `<?xml version="1.0" encoding="UTF-8"?>\n${xml.trimEnd().replace(unwritable, '\ufffd')}\n`;
}

function caseOf({ group, name, outcome, type, said, durationMs }: Point): TestCase {
  const head = { '@classname': group, '@name': name, '@time': seconds(durationMs) };
  const wrong = { '@message': said, '@type': type, '#text': said };
  switch (outcome) {
    case 'fail':
      return { ...head, failure: wrong };
    case 'error':
      return { ...head, error: wrong };
    case 'optional':
      return { ...head, ...skippedFor(`optional: ${said}`) };
    case 'skip':
      return { ...head, ...skippedFor(said) };
    default:
      return said === '' ? head : { ...head, 'system-out': said };
  }
}

/** The schema has no message for what is skipped, and not every reader shows its text. */
function skippedFor(said: string): Pick<TestCase, 'skipped' | 'system-out'> {
  return { skipped: said, 'system-out': said };
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(3);
}
