import type { HealthSubject } from './health-tracker.js';
import type { Provider } from './ports.js';
import type { TargetName } from './spec.js';

/** Under what a provider is remembered. Its key is a hash, and made when it is asked for. */
class ProviderSubject {
  readonly name: string;
  readonly #provider: Provider;

  constructor(name: string, provider: Provider) {
    this.name = name;
    this.#provider = provider;
  }

  get key(): string {
    return this.#provider.healthKey ?? `name:${this.name}`;
  }
}

class TargetSubject {
  readonly name: string;
  readonly #model: string;
  readonly #provider: ProviderSubject;

  constructor({ target, model }: TargetName, provider: ProviderSubject) {
    this.name = target;
    this.#model = model;
    this.#provider = provider;
  }

  get key(): string {
    return `${this.#provider.key} ${this.#model}`;
  }
}

export function providerSubject(name: string, provider: Provider): HealthSubject['provider'] {
  return new ProviderSubject(name, provider);
}

/** Under what a target is remembered, and its provider. */
export function healthSubject(target: TargetName, provider: Provider): HealthSubject {
  const subject = new ProviderSubject(target.provider, provider);
  return { provider: subject, target: new TargetSubject(target, subject) };
}
