import { levels } from '../../../core/check/level.js';
import { exitCodes } from '../../exit-codes.js';
import type { HealthReport } from '../health-report.js';
import { oneLine } from '../sanitize.js';

const states = { down: 0, degraded: 1, up: 2 } as const;

/** Metrics in Prometheus's text format, for the textfile collector of its node exporter. `now` is epoch milliseconds. */
export async function prometheusReport(report: HealthReport, now: number): Promise<string> {
  const { default: client } = await import('prom-client');
  const registry = new client.Registry();
  const gauge = (name: string, help: string, labelNames: readonly string[]) =>
    new client.Gauge({ name: `majordomo_${name}`, help, labelNames: [...labelNames], registers: [registry] });
  const labels = ['subject', 'provider', 'required'] as const;
  const success = gauge('check_success', '1 if the check passed or left only something open, else 0', labels);
  const level = gauge(
    'check_level',
    `The level that is proven: ${levels.map((name, index) => `${index + 1} ${name}`).join(', ')}; 0 none`,
    labels,
  );
  const seconds = gauge('check_duration_seconds', 'How long the check took', labels);
  const days = gauge('certificate_days', "Whole days until the server's certificate ends", labels);
  const chain = gauge('chain_state', '2 up, 1 degraded, 0 down', ['spec']);
  const drill = gauge('drill_success', '1 if somebody answered without these targets, else 0', [
    'spec',
    'without',
  ]);
  gauge('health_success', '1 if the exit code was 0: nothing that has to be good was not', []).set(
    report.exitCode === exitCodes.done ? 1 : 0,
  );
  gauge('health_state', '2 up, 1 degraded, 0 down', []).set(states[report.state]);
  gauge('health_timestamp_seconds', 'When the checks were made', []).set(Math.round(now / 1000));
  for (const check of report.checks) {
    if (check.status === 'skip') continue;
    const of = {
      subject: oneLine(check.subject),
      provider: oneLine(check.provider),
      required: String(check.required),
    };
    success.set(of, check.status === 'fail' ? 0 : 1);
    level.set(of, check.levelReached === null ? 0 : levels.indexOf(check.levelReached) + 1);
    seconds.set(of, check.durationMs / 1000);
    if (check.certificateDays !== null) days.set(of, check.certificateDays);
  }
  for (const { spec, state, drill: steps } of report.chains) {
    chain.set({ spec: oneLine(spec) }, states[state]);
    for (const { failed, status } of steps ?? []) {
      if (status === 'skip') continue;
      drill.set({ spec: oneLine(spec), without: oneLine(failed.join(',')) }, status === 'pass' ? 1 : 0);
    }
  }
  return registry.metrics();
}
