import { isLoopback } from '../core/dsn/host.js';
import { withoutKeyWords } from '../core/dsn/keys.js';
import type { Dsn } from '../core/dsn.js';
import { ConfigError } from '../core/errors.js';
import type { EnvLookup } from '../core/ports.js';
import { bringsKey } from './brought-keys.js';
import type { Endpoint } from './http.js';
import type { Preset } from './presets.js';

/** Where a provider's requests go, from its DSN, the usual variables and the preset, in this order. */
export interface ResolvedEndpoint {
  readonly endpoint: Endpoint;
  /** Starts with `/`, no slash at its end, or empty. */
  readonly basePath: string;
  /** For showing: no credential, no query. */
  readonly display: string;
  /** The variable that named it; null where DSN or preset did. */
  readonly variable: string | null;
}

interface EndpointParts {
  readonly dsn: Dsn;
  readonly preset: Preset;
  readonly envLookup: EnvLookup;
}

/**
 * Resolves the endpoint. A variable with a base URL counts only for a DSN without host and without a credential
 * of its own: variable and usual key belong together, and a key that is in the DSN must not go elsewhere.
 *
 * @throws ConfigError where there is no host at all, or where the variable holds no base URL.
 */
export function resolveEndpoint({ dsn, preset, envLookup }: EndpointParts): ResolvedEndpoint {
  const place = dsn.socketPath === null ? hostPlace({ dsn, preset, envLookup }) : null;
  const basePath = dsn.basePath ?? place?.basePath ?? defaultBasePath(dsn, preset);
  const origin = place?.origin ?? 'http://localhost';
  return {
    endpoint: {
      origin,
      socketPath: dsn.socketPath,
      loopback: place === null || (dsn.host === null ? isLoopback(hostOf(origin)) : dsn.loopback),
      proxy: dsn.options.proxy,
      caFile: dsn.options.caFile,
    },
    basePath,
    variable: place?.variable ?? null,
    display: place === null ? `unix:${dsn.socketPath}:${basePath || '/'}` : `${origin}${basePath}`,
  };
}

interface Place {
  readonly origin: string;
  /** Null leaves it to the scheme's default. */
  readonly basePath: string | null;
  readonly variable?: string;
}

function hostPlace({ dsn, preset, envLookup }: EndpointParts): Place {
  const scheme = dsn.tls ? 'https' : 'http';
  if (dsn.host !== null) {
    const host = dsn.host.includes(':') ? `[${dsn.host}]` : dsn.host;
    const port = dsn.port ?? (dsn.tls ? null : localPort(preset));
    const isUsual = port === null || port === (dsn.tls ? 443 : 80);
    // both were checked and normalised when the DSN was read
    return { origin: `${scheme}://${host}${isUsual ? '' : `:${port}`}`, basePath: null };
  }
  const found = dsn.port === null && !hasOwnCredential(dsn) ? baseUrlVariable(preset, envLookup) : null;
  if (found !== null) return variablePlace(found, { dsn, preset });
  if (preset.baseUrl === '') {
    // to a DSN with a key of its own the variable does not apply
    const variables = hasOwnCredential(dsn) ? [] : preset.baseUrlVariables;
    const hint = `name its host: ${preset.name}://KEY@HOST${variables.map((name) => `, or set ${name}`).join('')}`;
    const who = dsn.variable === preset.name ? 'there is' : `${preset.name} has`;
    throw new ConfigError('no-endpoint', `${dsn.variable}: ${who} no default host`, hint);
  }
  const url = new URL(preset.baseUrl);
  url.protocol = scheme;
  if (dsn.port !== null) url.port = String(dsn.port);
  return { origin: url.origin, basePath: null };
}

function hasOwnCredential(dsn: Dsn): boolean {
  const { keyEnv, keyFile, keyCmd } = dsn.options;
  const elsewhere = keyEnv !== null || keyFile !== null || keyCmd !== null;
  return dsn.credential() !== null || elsewhere || bringsKey(dsn);
}

function baseUrlVariable(preset: Preset, envLookup: EnvLookup): { variable: string; value: string } | null {
  for (const variable of preset.baseUrlVariables) {
    const value = envLookup(variable)
      ?.trim()
      .replace(/^(["'])(.*)\1$/, '$2')
      .trim();
    if (value) return { variable, value };
  }
  return null;
}

function variablePlace(
  { variable, value }: { readonly variable: string; readonly value: string },
  { dsn, preset }: { readonly dsn: Dsn; readonly preset: Preset },
): Place {
  const url = preset.local ? hostUrl(value, preset) : parsedUrl(value);
  if (url === null) {
    throw new ConfigError(
      'base-url',
      `${variable} holds no base URL`,
      `write it as ${preset.local ? 'HOST, HOST:PORT or http://HOST:PORT' : 'https://HOST/PATH'}`,
    );
  }
  if (withoutKeyWords(url.hostname) !== url.hostname) {
    const what = `${variable} holds what looks like a key in place of its host`;
    throw new ConfigError('base-url', what, 'put a key into its own variable');
  }
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '') {
    const what = `${variable} holds more than scheme, host, port and path`;
    throw new ConfigError('base-url', what, 'put a key into its own variable; other things into a DSN');
  }
  const path = url.pathname.replace(/\/+$/, '');
  const standard = defaultBasePath(dsn, preset);
  const appended = preset.baseUrlIsRoot === true && !path.endsWith(standard);
  return { origin: url.origin, basePath: appended ? `${path}${standard}` : path, variable };
}

/**
 * `OLLAMA_HOST` as Ollama reads it (https://github.com/ollama/ollama/blob/main/envconfig/config.go): a host, a
 * host and port, a port alone, or a URL; the address to listen on everywhere means this machine to a client.
 */
function hostUrl(value: string, preset: Preset): URL | null {
  const isUrl = /^[a-z][a-z0-9+.-]*:\/\//i.test(value);
  const bareIpv6 = /^[0-9a-f]*:[0-9a-f]*:[0-9a-f:.]*$/i.test(value);
  const named = bareIpv6 ? `[${value}]` : value.replace(/^:(?=\d)/, '127.0.0.1:');
  const url = parsedUrl(isUrl ? value : `http://${named}`);
  // `URL` takes 11434 for an address, and http//host for a host named http
  if (url === null || (!isUrl && (/^\d+$/.test(value) || value.includes('//')))) return null;
  if (!isUrl && (bareIpv6 || !/:\d+(\/|$)/.test(value))) url.port = String(localPort(preset) ?? '');
  if (url.hostname === '0.0.0.0') url.hostname = '127.0.0.1';
  if (url.hostname === '[::]') url.hostname = '[::1]';
  return url;
}

function parsedUrl(text: string): URL | null {
  if (!/^https?:\/\/[^/]/i.test(text) || !URL.canParse(text)) return null;
  const url = new URL(text);
  // `URL` takes what was not expanded, as $HOST, for a name
  return /^(?:\[.*\]|[\w.-]*\w[\w.-]*)$/.test(url.hostname) ? url : null;
}

/** The port that a local server listens on by itself; null for APIs on the web. */
function localPort(preset: Preset): number | null {
  return preset.local ? Number(new URL(preset.baseUrl).port) : null;
}

function defaultBasePath({ options }: Dsn, preset: Preset): string {
  const byDeployment = options.deployment !== null || options.apiVersion !== null;
  if (byDeployment && preset.deploymentBasePath !== undefined) return preset.deploymentBasePath;
  return preset.defaultBasePath ?? new URL(preset.baseUrl).pathname.replace(/\/+$/, '');
}

function hostOf(origin: string): string {
  return new URL(origin).hostname.replace(/^\[|\]$/g, '');
}
