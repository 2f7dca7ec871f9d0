import type { SchemeTraits } from '../core/dsn.js';
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

/** Every scheme that a DSN may have without anybody registering it. */
export const schemes: readonly Scheme[] = [
  ...presets.map((preset) => ({
    scheme: preset.name,
    traits: preset.local ? localTraits : remoteTraits,
    factory: endpointFactory(preset, dialects[preset.dialect]),
    get usualVariables() {
      return [...preset.keyVariables, ...preset.baseUrlVariables];
    },
  })),
  { scheme: 'mock', traits: mockTraits, factory: mockFactory, usualVariables: [] },
];

/** The providers that are there without a DSN: one for each scheme. */
export const builtinNames: readonly string[] = schemes.map((scheme) => scheme.scheme);
