/*
 * What the program reads beside its words. Literal text stands in backticks. A test compares the variables with those that
 * the sources mention.
 */

export const environment = [
  {
    names: ['LLM_<NAME>'],
    meaning:
      'A provider: an endpoint as a DSN, `LLM_M1=ollama://m1.lan`. Its name is `<NAME>` in lower case, `_` becoming `-`. It hides the built-in provider of that name.',
  },
  {
    names: ['MAJORDOMO_ALIAS_<NAME>'],
    meaning: 'An alias: targets and aliases with commas between. Its name comes about in the same way.',
  },
  { names: ['MAJORDOMO_MODEL'], meaning: 'The chain that is asked without `-m`.' },
  {
    names: ['MAJORDOMO_HEALTH_STORE'],
    meaning:
      'Where failures are remembered without `--health-store`: `file`, `memory`, `off`, or `redis://HOST` or `rediss://HOST`.',
  },
  {
    names: ['MAJORDOMO_CODE_CACHE'],
    meaning: '`off`: the compiled program is not kept from run to run; each start takes longer.',
  },
  {
    names: [
      'http_proxy',
      'https_proxy',
      'all_proxy',
      'no_proxy',
      'HTTP_PROXY',
      'HTTPS_PROXY',
      'ALL_PROXY',
      'NO_PROXY',
    ],
    meaning:
      'The HTTP proxy to go through, and the hosts that are reached without it. They do not count for loopback. Of one name in both cases the lower one counts; `all_proxy` counts where the one for the scheme is not set.',
  },
  {
    names: ['NODE_EXTRA_CA_CERTS'],
    meaning: 'A file with further certificate authorities. Node itself reads it.',
  },
  { names: ['NO_COLOR'], meaning: 'If it is not empty there are no colours; `--color` is stronger.' },
  {
    names: ['FORCE_COLOR'],
    meaning:
      'If it is neither empty nor `0` nor `false` there are colours, also in a pipe; `NO_COLOR` is stronger.',
  },
  { names: ['SHELL'], meaning: 'The shell that `majordomo completion` without a name proposes.' },
  { names: ['TERM'], meaning: '`dumb`: no colours, and nothing moves.' },
  { names: ['CI'], meaning: 'If it is set, no spinner and no table move on the terminal.' },
  {
    names: ['GITHUB_ACTIONS'],
    meaning: '`true`: workflow commands in what is printed are made harmless.',
  },
  {
    names: ['GITHUB_STEP_SUMMARY'],
    meaning: 'The file to which `health --report github=…` adds its table.',
  },
  {
    names: ['XDG_CONFIG_HOME'],
    meaning:
      'The directory above the configuration of the user: `~/.config` without it, `%APPDATA%` on Windows.',
  },
  {
    names: ['XDG_STATE_HOME'],
    meaning:
      'The directory above the memory of failures: `~/.local/state` without it, `%LOCALAPPDATA%` on Windows.',
  },
  {
    names: ['XDG_CACHE_HOME'],
    meaning:
      'The directory above the compiled program and the models that were listed last: `~/.cache` without it, `~/Library/Caches` on macOS, `%LOCALAPPDATA%` on Windows.',
  },
  {
    names: ['HOME'],
    meaning: 'The directory of the user, `~` above. A configuration of a project is not looked for above it.',
  },
];

export const environmentNote =
  '`--env-file` adds variables from a file; what is set already is stronger. They count for providers, aliases, the model, proxies and the memory of failures. What is about the terminal or the start of the program has to be set.';

export const files = [
  {
    names: ['majordomo.yaml', 'majordomo.yml', 'majordomo.json'],
    meaning:
      'The configuration of a project: in the working directory or the closest one above it, as far as the root of the repository. It has no providers, and replaces nothing of yours unless your own file trusts its directory.',
  },
  {
    names: ['~/.config/majordomo/config.yaml', 'config.yml', 'config.json'],
    meaning: 'The configuration of the user, in `$XDG_CONFIG_HOME/majordomo` if that is set.',
  },
  {
    names: ['~/.local/state/majordomo/health.json'],
    meaning:
      'What failed, from run to run, in `$XDG_STATE_HOME/majordomo` if that is set: names and hashes, no key.',
  },
  {
    names: ['~/.cache/majordomo/'],
    meaning:
      'The compiled program, and in `models.json` the models that `providers --models` has listed last; in `$XDG_CACHE_HOME/majordomo` if that is set. It may be removed.',
  },
];

export const filesNote =
  '`--config` takes the place of both configurations. schemas/config.schema.json has all their keys.';

/** What the wire protocols are called. */
export const protocols = {
  openai: 'OpenAI chat completions',
  'openai-responses': 'OpenAI responses',
  anthropic: 'Anthropic messages',
  google: 'Gemini',
  ollama: 'Ollama',
};
