import type { CheckReport, HealthReport } from '../health-report.js';
import { oneLine } from '../sanitize.js';
import { checkWords } from './words.js';

/** TAP version 14 (https://testanything.org/tap-version-14-specification.html). What is optional and fails is a TODO there. */
export function tapReport({ checks, chains, error }: HealthReport): string {
  const points = [
    ...checks.map((check) => ({ ok: check.status !== 'fail', name: check.subject, ...directive(check) })),
    ...chains.map(({ spec, state, firstHealthy }) => ({
      ok: state !== 'down',
      name: `chain ${spec}`,
      directive: '',
      said:
        state === 'up'
          ? ''
          : state === 'down'
            ? 'no target of the chain is healthy'
            : `degraded: ${firstHealthy} answers`,
    })),
    // nothing was checked, which must not pass for all well
    ...(error === null ? [] : [{ ok: false, name: 'majordomo health', directive: '', said: error.message }]),
  ];
  const lines = points.flatMap(({ ok, name, directive: mark, said }, index) => [
    `${ok ? 'ok' : 'not ok'} ${index + 1} - ${escaped(name)}${mark === '' ? '' : ` # ${mark}`}`,
    // a JSON text is YAML, too
    ...(said === '' ? [] : ['  ---', `  message: ${JSON.stringify(oneLine(said))}`, '  ...']),
  ]);
  return `${['TAP version 14', `1..${points.length}`, ...lines].join('\n')}\n`;
}

function directive(check: CheckReport): { readonly directive: string; readonly said: string } {
  const said = checkWords(check);
  if (check.status === 'skip') return { directive: `SKIP ${escaped(said)}`, said: '' };
  return { directive: check.status === 'fail' && !check.required ? 'TODO optional' : '', said };
}

/** A `#` would begin a directive. */
function escaped(text: string): string {
  return oneLine(text).replace(/[\\#]/g, '\\$&');
}
