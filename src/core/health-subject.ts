import type { HealthSubject } from './health-tracker.js';
import type { Provider } from './ports.js';
import type { TargetName } from './spec.js';

/** Under what a provider is remembered. */
export function providerSubject(name: string, provider: Provider): HealthSubject['provider'] {
  return {
    get key() {
      return provider.healthKey ?? `name:${name}`;
    },
    name,
  };
}

/** Under what a target is remembered, and its provider. */
export function healthSubject(
  { target, provider: name, model }: TargetName,
  provider: Provider,
): HealthSubject {
  const subject = providerSubject(name, provider);
  return {
    provider: subject,
    target: {
      get key() {
        return `${subject.key} ${model}`;
      },
      name: target,
    },
  };
}
