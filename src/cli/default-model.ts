import { ConfigError } from '../core/errors.js';
import { shown } from '../core/shown.js';
import type { Setup } from './setup.js';

/**
 * The spec to use without `-m`, and where it was written: `MAJORDOMO_MODEL`, the file's `model`, the alias `default`. Throws a
 * `ConfigError` that says what to set.
 */
export function defaultModel(setup: Setup): { readonly spec: string; readonly place: string | null } {
  const variable = setup.env.MAJORDOMO_MODEL;
  if (variable) return { spec: variable, place: 'MAJORDOMO_MODEL' };
  const { model } = setup.config;
  if (model !== null) return { spec: model.spec, place: model.source.key };
  // an alias tells its place itself
  if (setup.registry.aliases.has('default')) return { spec: 'default', place: null };
  const { registry } = setup;
  const ignored = registry.ignored.map(({ key, reason }) => `  ${shown(key)} is ignored: ${reason}`);
  const usable = registry.usable();
  if (usable.length === 0) {
    throw new ConfigError(
      'nothing-configured',
      [
        'no model was named and no provider is configured; set one of each:',
        '  a provider:  export LLM_LOCAL=ollama://localhost   (or OPENAI_API_KEY=…, ANTHROPIC_API_KEY=…, GEMINI_API_KEY=…)',
        '  a model:     export MAJORDOMO_MODEL=local/qwen3    (or majordomo run -m local/qwen3 "…")',
        ...ignored.slice(0, 3),
      ].join('\n'),
    );
  }
  // other programs have a variable of that name, and people expect it here
  const other = registry.ignored.some(({ key }) => key === 'LLM_MODEL') ? '; LLM_MODEL is not read' : '';
  throw new ConfigError(
    'no-model',
    'no model was named',
    `use -m, MAJORDOMO_MODEL, "model" in the configuration or an alias "default"; configured: ${usable.map(shown).join(', ')}${other}`,
  );
}
