import type { SchemeTraits } from '../core/dsn.js';
import type { SchemeFactory } from '../core/ports.js';
import type { Scheme } from '../core/registry-parts.js';
import type { Dialect } from './dialect.js';
import { endpointFactory } from './endpoint-provider.js';
import { mockFactory, mockTraits } from './mock.js';
import { type DialectName, presets } from './presets.js';

/** Loaded with the first request: to know what a name means, no protocol has to be spoken. */
const dialects = {
  openai: async () => (await import('./openai-chat.js')).openaiChat,
  'openai-responses': async () => (await import('./openai-responses.js')).openaiResponses,
  anthropic: async () => (await import('./anthropic.js')).anthropic,
  google: async () => (await import('./google.js')).google,
  ollama: async () => (await import('./ollama.js')).ollama,
} as const satisfies Record<DialectName, () => Promise<Dialect>>;

const localTraits: SchemeTraits = { local: true, credential: 'optional', headerCredential: true };
const remoteTraits: SchemeTraits = { local: false, credential: 'required', headerCredential: true };

/** Of two dozen presets a run needs a few: what they are made of is put together when it is asked for. */
class PresetScheme implements Scheme {
  readonly scheme: string;
  readonly #preset: (typeof presets)[number];

  constructor(preset: (typeof presets)[number]) {
    this.scheme = preset.name;
    this.#preset = preset;
  }

  get traits(): SchemeTraits {
    return this.#preset.local ? localTraits : remoteTraits;
  }

  get factory(): SchemeFactory {
    return endpointFactory(this.#preset, dialects[this.#preset.dialect]);
  }

  get usualVariables(): readonly string[] {
    return [...this.#preset.keyVariables, ...this.#preset.baseUrlVariables];
  }
}

/** Every scheme that a DSN may have without anybody registering it. */
export const schemes: readonly Scheme[] = [
  ...presets.map((preset) => new PresetScheme(preset)),
  { scheme: 'mock', traits: mockTraits, factory: mockFactory, usualVariables: [] },
];

/** The providers that are there without a DSN: one for each scheme. */
export const builtinNames: readonly string[] = schemes.map((scheme) => scheme.scheme);
