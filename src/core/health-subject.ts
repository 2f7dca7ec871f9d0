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
export function healthSubject(name: TargetName, provider: Provider): HealthSubject {
  return targetSubject(name, providerSubject(name.provider, provider));
}

/** The same with what its provider is remembered under. */
export function targetSubject(
  { target, model }: Pick<TargetName, 'target' | 'model'>,
  provider: HealthSubject['provider'],
): HealthSubject {
  return {
    provider,
    target: {
      get key() {
        return `${provider.key} ${model}`;
      },
      name: target,
    },
  };
}
