import type { Scheme } from '../core/registry-parts.js';
import { anthropic } from './anthropic.js';
import type { Dialect } from './dialect.js';
import { endpointFactory } from './endpoint-provider.js';
import { google } from './google.js';
import { mockFactory, mockTraits } from './mock.js';
import { ollama } from './ollama.js';
import { openaiChat } from './openai-chat.js';
import { openaiResponses } from './openai-responses.js';
import { presets } from './presets.js';

const dialects = {
  openai: openaiChat,
  'openai-responses': openaiResponses,
  anthropic,
  google,
  ollama,
} as const satisfies Record<Dialect['name'], Dialect>;

/** Every scheme that a DSN may have without anybody registering it. */
export const schemes: readonly Scheme[] = [
  ...presets.map((preset) => ({
    scheme: preset.name,
    traits: {
      local: preset.local,
      credential: preset.local ? 'optional' : 'required',
      headerCredential: true,
    } as const,
    factory: endpointFactory(preset, dialects[preset.dialect]),
  })),
  { scheme: 'mock', traits: mockTraits, factory: mockFactory },
];

/** The providers that are there without a DSN: one for each scheme. */
export const builtinNames: readonly string[] = schemes.map((scheme) => scheme.scheme);
