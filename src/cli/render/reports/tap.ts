import type { HealthReport } from '../health-report.js';
import { visibleJson } from '../json.js';
import { oneLine } from '../sanitize.js';
import { type Point, pointsOf } from './points.js';

/** TAP version 14 (https://testanything.org/tap-version-14-specification.html). What is optional and fails is a TODO there. */
export function tapReport(report: HealthReport): string {
  const points = pointsOf(report);
  const lines = points.flatMap((point, index) => [
    `${isOk(point) ? 'ok' : 'not ok'} ${index + 1} - ${escaped(nameOf(point))}${directive(point)}`,
    // a JSON text is YAML, too
    ...(point.said === '' || point.outcome === 'skip'
      ? []
      : ['  ---', `  message: ${visibleJson(point.said)}`, '  ...']),
  ]);
  return `${['TAP version 14', `1..${points.length}`, ...lines].join('\n')}\n`;
}

function isOk({ outcome }: Point): boolean {
  return outcome === 'pass' || outcome === 'warn' || outcome === 'skip';
}

/** What was checked has the name of its provider in its own. */
function nameOf({ isCheck, group, name }: Point): string {
  return isCheck ? name : `${group} ${name}`;
}

function directive({ outcome, said }: Point): string {
  if (outcome === 'skip') return ` # SKIP ${escaped(said)}`;
  return outcome === 'optional' ? ' # TODO optional' : '';
}

/** A `#` would begin a directive. */
function escaped(text: string): string {
  return oneLine(text).replace(/[\\#]/g, '\\$&');
}
