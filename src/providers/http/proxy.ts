import { BlockList, isIP } from 'node:net';
import { withoutKeyWords } from '../../core/dsn/keys.js';
import { ProviderError } from '../../core/errors.js';
import type { EnvLookup } from '../../core/ports.js';
import { proxyUrl, proxyVariables } from '../proxy-variables.js';

/** An HTTP proxy, ready to be dialled. */
export interface HttpProxy {
  /** Without the brackets of IPv6. */
  readonly hostname: string;
  readonly port: number;
  /** The connection to the proxy itself is TLS. */
  readonly tls: boolean;
  /** The value of `proxy-authorization`: a secret. */
  readonly authorization: string | null;
  /** Who named it: `the variable HTTPS_PROXY`. */
  readonly source: string;
}

/** Where it is, for showing: `proxy.corp:3128`. */
export function proxyPlace({ hostname, port }: Pick<HttpProxy, 'hostname' | 'port'>): string {
  const host = withoutKeyWords(hostname);
  return `${host.includes(':') ? `[${host}]` : host}:${port}`;
}

export interface ProxyQuestion {
  readonly target: URL;
  /** The proxy that the endpoint itself names; it is used for every target. */
  readonly own: string | null;
  /** The target can only be this machine: the environment's proxies are not for it. */
  readonly local: boolean;
  readonly envLookup: EnvLookup;
}

const exceptionVariables = ['no_proxy', 'NO_PROXY'] as const;

/**
 * The proxy that a request to `target` goes through, or null. Throws a `ProviderError` of kind `misconfigured`
 * that names where the proxy's URL comes from, and nothing of the URL.
 */
export function proxyFor({ target, own, local, envLookup }: ProxyQuestion): HttpProxy | null {
  if (own !== null) return parseProxy(own, 'the option proxy=');
  if (local) return null;
  const name = proxyVariables[target.protocol as keyof typeof proxyVariables]?.find((variable) =>
    envLookup(variable),
  );
  if (name === undefined) return null;
  const exceptions = exceptionVariables.map((variable) => envLookup(variable)).find(Boolean);
  if (exceptions && isExcepted(target, exceptions)) return null;
  return parseProxy(envLookup(name) ?? '', `the variable ${name}`);
}

function parseProxy(text: string, source: string): HttpProxy {
  const url = proxyUrl(text);
  // A raw `/`, `?` or `#` in a password ends the host, and what is left may well parse.
  if (!url?.hostname || !['', '/'].includes(url.pathname) || url.search !== '' || url.hash !== '') {
    throw misconfigured(
      `${source} does not hold a proxy URL`,
      'write http://HOST:PORT or http://USER:PASSWORD@HOST:PORT, with / ? # @ in the password percent-encoded',
    );
  }
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw misconfigured(
      `${source} names a kind of proxy that is not supported`,
      'name an http:// or https:// proxy in HTTPS_PROXY or by the option proxy=, or except this host with NO_PROXY',
    );
  }
  const tls = url.protocol === 'https:';
  return {
    hostname: hostnameOf(url),
    port: url.port === '' ? (tls ? 443 : 80) : Number(url.port),
    tls,
    authorization: url.username === '' && url.password === '' ? null : basic(url),
    source,
  };
}

/** RFC 7617; the user alone is allowed, and so is an empty user. */
function basic(url: URL): string {
  const pair = `${decoded(url.username)}:${decoded(url.password)}`;
  return `Basic ${Buffer.from(pair, 'utf8').toString('base64')}`;
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

function misconfigured(message: string, hint: string): ProviderError {
  return new ProviderError({ kind: 'misconfigured', message, hint });
}

/** The host as a socket wants it: IPv6 without brackets. */
export function hostnameOf(url: URL): string {
  return url.hostname.startsWith('[') ? url.hostname.slice(1, -1) : url.hostname;
}

export function portOf(url: URL): number {
  return url.port === '' ? (url.protocol === 'https:' ? 443 : 80) : Number(url.port);
}

/**
 * Whether NO_PROXY excepts the target: `*`, a host name (its subdomains too, with or without a leading dot), an
 * address, a network (`10.0.0.0/8`), each with an optional port.
 */
function isExcepted(target: URL, exceptions: string): boolean {
  const hostname = hostnameOf(target).toLowerCase().replace(/\.$/, '');
  const port = portOf(target);
  return exceptions
    .split(/[,\s]+/)
    .filter((entry) => entry !== '')
    .some((entry) => matches(entry.toLowerCase(), hostname, port));
}

function matches(entry: string, hostname: string, port: number): boolean {
  if (entry === '*') return true;
  const [, bracketed, plain, only] = /^(?:\[(.+)\]|([^:]*))(?::(\d+))?$/.exec(entry) ?? [];
  if (only !== undefined && Number(only) !== port) return false;
  // What did not match is an IPv6 address without brackets.
  const name = (bracketed ?? plain ?? entry).replace(/^\*?\./, '').replace(/\.$/, '');
  if (name === '') return false;
  if (name.includes('/')) return inNetwork(name, hostname);
  return hostname === name || (isIP(hostname) === 0 && hostname.endsWith(`.${name}`));
}

function inNetwork(network: string, address: string): boolean {
  const [base = '', bits = ''] = network.split('/');
  const family = isIP(address);
  if (family === 0 || isIP(base) !== family || !/^\d{1,3}$/.test(bits)) return false;
  if (Number(bits) > (family === 4 ? 32 : 128)) return false;
  const type = family === 4 ? 'ipv4' : 'ipv6';
  const list = new BlockList();
  list.addSubnet(base, Number(bits), type);
  return list.check(address, type);
}
