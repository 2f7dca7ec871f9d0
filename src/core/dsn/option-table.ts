import type { WritableOptions } from './option-shape.js';
import type { OptionValue } from './values.js';

const versionLike = /^[A-Za-z0-9._-]+$/;
const versionMend = 'Use letters, digits, ".", "_" and "-".';
const printable = /^[\x21-\x7e]+$/;
const printableMend = 'Use printable ASCII characters without spaces: it is sent as a header.';

/** The options every scheme has: how each is read, and where it is put. */
export const commonOptions = {
  model: (to, value) => {
    to.model = value.model();
  },
  models: (to, value) => {
    to.models = value.list();
  },
  key_env: (to, value) => {
    to.keyEnv = value.variable();
  },
  key_file: (to, value) => {
    to.keyFile = value.text();
  },
  key_cmd: (to, value) => {
    to.keyCmd = value.text();
  },
  timeout: (to, value) => {
    to.attemptTimeoutMs = value.durationMs();
  },
  connect_timeout: (to, value) => {
    to.connectTimeoutMs = value.durationMs();
  },
  first_token_timeout: (to, value) => {
    to.firstTokenTimeoutMs = value.durationMs();
  },
  idle_timeout: (to, value) => {
    to.idleTimeoutMs = value.durationMs();
  },
  retries: (to, value) => {
    to.retries = value.integer({ min: 0, max: 100 });
  },
  max_tokens: (to, value) => {
    to.maxTokens = value.integer({ min: 1, max: 100_000_000 });
  },
  api_version: (to, value) => {
    to.apiVersion = value.word(versionLike, versionMend);
  },
  deployment: (to, value) => {
    to.deployment = value.word(
      /^(?!\.{1,2}$)[^/\\?#%]+$/,
      'It is one segment of a path: no "/", "?", "#" or "%".',
    );
  },
  org: (to, value) => {
    to.org = value.word(printable, printableMend);
  },
  project: (to, value) => {
    to.project = value.word(printable, printableMend);
  },
  region: (to, value) => {
    to.region = value.word(/^[A-Za-z0-9-]+$/, 'Use letters, digits and "-".');
  },
  proxy: (to, value) => {
    to.proxy = value.proxy();
  },
  ca_file: (to, value) => {
    to.caFile = value.text();
  },
  insecure: (to, value) => {
    to.insecure = value.flag();
  },
  price_in: (to, value) => {
    to.priceIn = value.price();
  },
  price_out: (to, value) => {
    to.priceOut = value.price();
  },
} as const satisfies Record<string, (to: WritableOptions, value: OptionValue) => void>;

export type CommonOption = keyof typeof commonOptions;

export function isCommonOption(name: string): name is CommonOption {
  return Object.hasOwn(commonOptions, name);
}

/** Those that say where the key is; a DSN has at most one of them. */
export const keySources = ['key_env', 'key_file', 'key_cmd'] as const satisfies readonly CommonOption[];
