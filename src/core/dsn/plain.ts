import type { DsnFields } from './fields.js';
import { isIpv4, isLoopback, isPlainName } from './host.js';
import { looksLikeKey } from './keys.js';
import { noOptions, readOptions } from './options.js';
import type { SchemeLookup } from './scheme.js';
import { DsnText } from './text.js';

/*
 * Scheme, key, host, port, segments of a path and options, all of characters of which no check has anything to say and which no
 * decoding changes.
 */
const plain =
  /^([a-z][a-z0-9.-]*)(?:\+(https?))?:\/\/(?:([\w.-]+)@)?([a-z0-9.-]+)(?::([1-9]\d{0,4}))?((?:\/[\w-]+)*)(?:\?([\w.=&-]*))?$/;

const noWarnings = Object.freeze([]);

/**
 * Reads a DSN in which there is nothing to be decoded or mended, and nothing to be refused but in its options: most are like
 * that, and of many in one environment each takes a fraction of the time. Null leaves it to the parser, which says why.
 */
export function readPlainDsn(variable: string, text: string, lookup: SchemeLookup): DsnFields | null {
  const [, scheme, transport, credential = null, host, digits, path, query = ''] = plain.exec(text) ?? [];
  if (scheme === undefined || host === undefined) return null;
  const traits = lookup.traits(scheme);
  if (traits === undefined || (credential !== null && traits.credential === 'pair')) return null;
  if (!(isIpv4(host) || isPlainName(host)) || (digits === undefined && looksLikeKey(host))) return null;
  const port = digits === undefined ? null : Number(digits);
  if (port !== null && port > 65_535) return null;
  const loopback = isLoopback(host);
  const defaultTls = traits.local !== true && !loopback;
  const tls = transport === undefined ? defaultTls : transport === 'https';
  // a key on its way to another machine
  if (credential !== null && !tls && !loopback) return null;
  const read =
    query === ''
      ? noOptions()
      : readOptions(new DsnText(variable, text), { text: query, at: text.length - query.length }, traits);
  // which another check is about, as where it says where the key is
  if (read.credentialOption !== null) return null;
  return {
    variable,
    scheme,
    tls,
    defaultTls,
    host,
    port,
    socketPath: null,
    basePath: path || null,
    credential,
    options: read.options,
    queryPairs: read.queryPairs,
    warnings: noWarnings,
  };
}
