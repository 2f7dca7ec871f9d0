import { ConfigError } from '../core/errors.js';
import { shown } from '../core/shown.js';
import type { Setup } from './setup.js';

/**
 * The spec to use without `-m`: `MAJORDOMO_MODEL`, the file's `model`, the alias `default`. Throws a
 * `ConfigError` that says what to set.
 */
export function defaultModel(setup: Setup): string {
  const spec =
    setup.env.MAJORDOMO_MODEL ||
    setup.config.model?.spec ||
    (setup.registry.aliases.has('default') ? 'default' : null);
  if (spec !== null) return spec;
  if (setup.registry.usable().length === 0) {
    throw new ConfigError(
      'nothing-configured',
      [
        'no model was named and no provider is configured; set one of each:',
        '  a provider:  export LLM_LOCAL=ollama://localhost   (or OPENAI_API_KEY=…, ANTHROPIC_API_KEY=…, GEMINI_API_KEY=…)',
        '  a model:     export MAJORDOMO_MODEL=local/qwen3    (or majordomo run -m local/qwen3 "…")',
      ].join('\n'),
    );
  }
  throw new ConfigError(
    'no-model',
    'no model was named',
    `use -m, MAJORDOMO_MODEL, "model" in the configuration or an alias "default"; configured: ${setup.registry.usable().map(shown).join(', ')}`,
  );
}
