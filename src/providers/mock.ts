import type { SchemeTraits } from '../core/dsn.js';
import { nearest } from '../core/nearest.js';
import type { SchemeFactory } from '../core/ports.js';
import { dsnTuning } from '../core/tuning.js';
import { mockOptionNames, readMockSettings } from './mock/options.js';
import { FaultScript } from './mock/script.js';
import { opened } from './opened-stream.js';

/** The scheme `mock`: no network and no credential. */
export const mockTraits: SchemeTraits = { local: true, credential: 'optional', options: mockOptionNames };

/**
 * A provider in this process, for trying chains out and for tests: scripted replies, latency and faults, see
 * docs/mock.md. Its script of faults is one for all its models and starts anew with the process. Throws a
 * `ConfigError` when an option cannot be read.
 */
export const mockFactory: SchemeFactory = (name, dsn) => {
  const settings = readMockSettings(dsn);
  const script = new FaultScript(settings.faults);
  const { model, models, priceIn, priceOut } = dsn.options;
  return {
    name,
    defaultModel: model,
    models,
    scheme: 'mock',
    dialect: 'mock',
    endpoint: dsn.display(),
    // No server tells mocks apart, so that the name is part of their identity; so is the host, if there is one.
    healthKey: `${name}@${dsn.display()}`,
    tuning: dsnTuning(dsn.options),
    price: { input: priceIn, output: priceOut },
    credential: () => null,
    listModels: async function* () {
      yield models;
    },
    findModel: async (id) => ({
      found: models.length === 0 || models.includes(id),
      reason: null,
      nearest: nearest(id, models),
    }),
    model: (id) => ({
      id,
      stream: (request, context) =>
        opened(async () => {
          const [{ FaultyModel }, { ScriptedModel }] = await Promise.all([
            import('./mock/faulty.js'),
            import('./mock/model.js'),
          ]);
          const scripted = new ScriptedModel(id, { provider: name, settings });
          return new FaultyModel(scripted, script).stream(request, context);
        }),
    }),
  };
};
