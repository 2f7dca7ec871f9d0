import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { type Dsn, parseDsn, type SchemeLookup, type SchemeTraits } from '../../src/core/dsn.js';
import { DsnError } from '../../src/core/errors.js';

const traits: Readonly<Record<string, SchemeTraits>> = {
  openai: { credential: 'required' },
  custom: {},
  ollama: { local: true },
  vertex: { credential: 'pair', options: ['scope'] },
  mock: { options: 'any' },
};

const lookup: SchemeLookup = {
  traits: (scheme) => (Object.hasOwn(traits, scheme) ? traits[scheme] : undefined),
  names: () => Object.keys(traits),
};

function parse(text: string): Dsn {
  return parseDsn('LLM_WORK', text, lookup);
}

function errorOf(text: string): DsnError {
  try {
    parse(text);
  } catch (error) {
    expect(error).toBeInstanceOf(DsnError);
    return error as DsnError;
  }
  throw new Error('it was accepted');
}

/** Stands wherever a user's own text stands; none of it may come back. */
const canary = 'Zq7Wv9Xk3Tp5Rm1LcNb4';

function expectNoFragment(shown: string, secret = canary): void {
  for (let from = 0; from + 6 <= secret.length; from++) {
    expect(shown.toLowerCase()).not.toContain(secret.slice(from, from + 6).toLowerCase());
  }
}

/** Without its `K`, which stands for the canary, each text is what the user wrote; `at` is the character named. */
const refused: readonly {
  name: string;
  text: string;
  code: string;
  part: string;
  at: number;
  mend?: string;
}[] = [
  // what is there at all
  { name: 'nothing', text: '', code: 'dsn-empty', part: 'the DSN', at: 1 },
  { name: 'only quotes and spaces', text: ' "" ', code: 'dsn-empty', part: 'the DSN', at: 1 },
  { name: 'a quote in front only', text: '"openai://K@h', code: 'dsn-quotes', part: 'the DSN', at: 1 },
  {
    name: 'a quote behind only',
    text: 'custom://h/K"',
    code: 'dsn-quotes',
    part: 'the DSN',
    at: 12 + canary.length,
  },
  {
    name: 'a line end inside',
    text: 'openai://K@h\n/v1',
    code: 'dsn-control-character',
    part: 'the host',
    at: 12 + canary.length,
  },
  {
    name: 'a NUL in an option',
    text: 'openai://h?model=\0K',
    code: 'dsn-control-character',
    part: 'the options',
    at: 18,
  },
  {
    name: 'a zero-width space in the path',
    text: 'openai://h/\u200bK',
    code: 'dsn-control-character',
    part: 'the path',
    at: 12,
  },
  {
    name: 'an escaped line end in the key',
    text: 'openai://K%0A@h',
    code: 'dsn-control-character',
    part: 'the credential',
    at: 10 + canary.length,
  },
  {
    name: 'an escaped control character of two bytes',
    text: 'openai://h/K%c2%85',
    code: 'dsn-control-character',
    part: 'the path',
    at: 12 + canary.length,
  },
  {
    name: '${KEY} that was not expanded',
    text: 'openai://${K}@h',
    code: 'dsn-not-expanded',
    part: 'the credential',
    at: 10,
    mend: '%24',
  },
  {
    name: '$KEY that was not expanded',
    text: 'openai://$K@h',
    code: 'dsn-not-expanded',
    part: 'the credential',
    at: 10,
  },
  {
    name: '${{ secrets.KEY }} that was not expanded',
    text: 'openai://${{ secrets.K }}@h',
    code: 'dsn-not-expanded',
    part: 'the credential',
    at: 10,
  },
  {
    name: '$(command) that was not expanded',
    text: 'openai://$(K /x)@h',
    code: 'dsn-not-expanded',
    part: 'the credential',
    at: 10,
  },
  {
    name: 'a whole DSN that was not expanded',
    text: '$K',
    code: 'dsn-not-expanded',
    part: 'the scheme',
    at: 1,
  },
  // scheme
  { name: 'a bare key', text: 'sk-K', code: 'dsn-no-scheme', part: 'the DSN', at: 1 },
  { name: 'a colon without slashes', text: 'openai:K@h', code: 'dsn-no-scheme', part: 'the DSN', at: 1 },
  {
    name: 'a key before any scheme',
    text: 'K@h?proxy=http://h',
    code: 'dsn-no-scheme',
    part: 'the DSN',
    at: 1,
  },
  {
    name: 'an unknown scheme',
    text: 'opnai://K@h',
    code: 'dsn-unknown-scheme',
    part: 'the scheme',
    at: 1,
    mend: 'Did you mean openai? Known schemes: openai, custom, ollama, vertex, mock.',
  },
  { name: 'a key as scheme', text: 'sk-K://h', code: 'dsn-unknown-scheme', part: 'the scheme', at: 1 },
  { name: 'no scheme', text: '://K', code: 'dsn-unknown-scheme', part: 'the scheme', at: 1 },
  {
    name: 'a scheme named like a method',
    text: 'constructor://K',
    code: 'dsn-unknown-scheme',
    part: 'the scheme',
    at: 1,
  },
  {
    name: 'a plain URL',
    text: 'https://K@h/v1',
    code: 'dsn-unknown-scheme',
    part: 'the scheme',
    at: 1,
    mend: 'openai+https://host',
  },
  {
    name: 'an unknown transport',
    text: 'openai+htps://K@h',
    code: 'dsn-transport',
    part: 'the scheme',
    at: 8,
    mend: 'Did you mean https?',
  },
  // credential
  {
    name: 'a raw / in the key',
    text: 'openai://sk/K@h',
    code: 'dsn-raw-delimiter',
    part: 'the credential',
    at: 12,
    mend: '%2F',
  },
  {
    name: 'a raw ? in the key',
    text: 'openai://sk?K@h',
    code: 'dsn-raw-delimiter',
    part: 'the credential',
    at: 12,
    mend: '%3F',
  },
  {
    name: 'a raw # in the key',
    text: 'openai://sk#K@h',
    code: 'dsn-raw-delimiter',
    part: 'the credential',
    at: 12,
    mend: '%23',
  },
  {
    name: 'a raw @ in the path',
    text: 'openai://k@h/p@K',
    code: 'dsn-raw-delimiter',
    part: 'the path or the options',
    at: 15,
    mend: '%40',
  },
  {
    name: 'a raw @ in an option',
    text: 'openai://k@h?model=K@x',
    code: 'dsn-raw-delimiter',
    part: 'the path or the options',
    at: 20 + canary.length,
    mend: '%40',
  },
  {
    name: 'a literal % in the key',
    text: 'openai://K%zz@h',
    code: 'dsn-escape',
    part: 'the credential',
    at: 10 + canary.length,
    mend: '%25',
  },
  {
    name: 'a cut escape',
    text: 'openai://K%4@h',
    code: 'dsn-escape',
    part: 'the credential',
    at: 10 + canary.length,
  },
  {
    name: 'an escape in an option that is none',
    text: 'openai://h?model=%gK',
    code: 'dsn-escape',
    part: 'the option model',
    at: 18,
  },
  {
    name: 'escapes that are not UTF-8',
    text: 'openai://K%C3%28@h',
    code: 'dsn-escape',
    part: 'the credential',
    at: 10 + canary.length,
  },
  {
    name: 'an empty credential',
    text: 'openai://@h/K',
    code: 'dsn-empty-credential',
    part: 'the credential',
    at: 10,
  },
  {
    name: 'an empty credential with its colon',
    text: 'openai://:@h/K',
    code: 'dsn-empty-credential',
    part: 'the credential',
    at: 10,
  },
  {
    name: 'an empty credential where a pair is wanted',
    text: 'vertex://@h/K',
    code: 'dsn-empty-credential',
    part: 'the credential',
    at: 10,
  },
  {
    name: 'id:secret where one key is wanted',
    text: 'openai://id:K@h',
    code: 'dsn-credential-colon',
    part: 'the credential',
    at: 12,
    mend: '%3A',
  },
  {
    name: 'one key where a pair is wanted',
    text: 'vertex://K@h',
    code: 'dsn-credential-pair',
    part: 'the credential',
    at: 10,
  },
  {
    name: 'a pair without id',
    text: 'vertex://:K@h',
    code: 'dsn-credential-pair',
    part: 'the credential',
    at: 10,
  },
  {
    name: 'a pair without secret',
    text: 'vertex://K:@h',
    code: 'dsn-credential-pair',
    part: 'the credential',
    at: 10 + canary.length,
  },
  {
    name: 'a colon in the id of a pair',
    text: 'vertex://i%3Ad:K@h',
    code: 'dsn-credential-pair',
    part: 'the credential',
    at: 15,
  },
  {
    name: 'a space in the key',
    text: 'openai://K x@h',
    code: 'dsn-space',
    part: 'the credential',
    at: 10 + canary.length,
  },
  // host
  {
    name: 'a key as host',
    text: 'openai://sk-K',
    code: 'dsn-key-as-host',
    part: 'the host',
    at: 10,
    mend: 'openai://KEY@',
  },
  {
    name: 'a key as host in upper case',
    text: 'OPENAI://SK-K',
    code: 'dsn-key-as-host',
    part: 'the host',
    at: 10,
  },
  { name: 'a short key as host', text: 'openai://sk-abc', code: 'dsn-key-as-host', part: 'the host', at: 10 },
  {
    name: 'a key as host before a path',
    text: 'openai://K/v1',
    code: 'dsn-key-as-host',
    part: 'the host',
    at: 10,
  },
  {
    name: 'a key as host before options',
    text: 'openai://K?model=x',
    code: 'dsn-key-as-host',
    part: 'the host',
    at: 10,
  },
  {
    name: 'a key with slashes as host',
    text: 'openai://sk-ab/K',
    code: 'dsn-key-as-host',
    part: 'the host',
    at: 10,
  },
  { name: ':key as host', text: 'openai://:K', code: 'dsn-key-as-host', part: 'the host', at: 10 },
  { name: 'key: as host', text: 'openai://K:', code: 'dsn-key-as-host', part: 'the host', at: 10 },
  { name: 'id:key as host', text: 'openai://sk-lm-K:abc', code: 'dsn-key-as-host', part: 'the host', at: 10 },
  {
    name: 'a token with dots as host',
    text: 'openai://eyJhbGciOiJIUzI1NiIsInR5.K.sig',
    code: 'dsn-key-as-host',
    part: 'the host',
    at: 10,
  },
  {
    name: 'key and host swapped',
    text: 'openai://h@sk-K',
    code: 'dsn-key-as-host',
    part: 'the host',
    at: 12,
  },
  { name: 'a key as path', text: 'openai:///K', code: 'dsn-key-as-host', part: 'the path', at: 11 },
  {
    name: 'two hosts',
    text: 'openai://K@h1:1,h2:2',
    code: 'dsn-several-hosts',
    part: 'the host',
    at: 15 + canary.length,
  },
  {
    name: 'two hosts without ports',
    text: 'openai://h1,h2/K',
    code: 'dsn-several-hosts',
    part: 'the host',
    at: 12,
  },
  {
    name: 'two whole DSNs',
    text: 'ollama://h1/v1,ollama://K/v1',
    code: 'dsn-several-hosts',
    part: 'the path',
    at: 22,
  },
  { name: 'port 0', text: 'openai://K@h:0', code: 'dsn-port', part: 'the port', at: 13 + canary.length },
  { name: 'port 99999', text: 'openai://h:99999/K', code: 'dsn-port', part: 'the port', at: 12 },
  { name: 'port 65536', text: 'openai://h:65536/K', code: 'dsn-port', part: 'the port', at: 12 },
  { name: 'a port with a sign', text: 'openai://h:+80/K', code: 'dsn-port', part: 'the port', at: 12 },
  { name: 'a port of letters', text: 'openai://host:abc/K', code: 'dsn-port', part: 'the port', at: 15 },
  { name: 'an empty port', text: 'openai://h:/K', code: 'dsn-port', part: 'the port', at: 12 },
  {
    name: 'a port without host',
    text: 'openai://K@:80',
    code: 'dsn-host',
    part: 'the host',
    at: 11 + canary.length,
  },
  {
    name: 'something after an IPv6 address',
    text: 'openai://[::1]x/K',
    code: 'dsn-port',
    part: 'the port',
    at: 15,
  },
  {
    name: 'an IPv6 address without brackets',
    text: 'openai://K@fe80::1',
    code: 'dsn-host',
    part: 'the host',
    at: 11 + canary.length,
    mend: 'brackets',
  },
  {
    name: 'a long IPv6 address without brackets',
    text: 'openai://2001:db8:85a3::8a2e:370:7334/K',
    code: 'dsn-host',
    part: 'the host',
    at: 10,
    mend: 'brackets',
  },
  {
    name: 'a zone id',
    text: 'openai://[fe80::1%25eth0]/K',
    code: 'dsn-host',
    part: 'the host',
    at: 18,
    mend: 'Zones',
  },
  { name: 'brackets around a name', text: 'openai://[K]', code: 'dsn-host', part: 'the host', at: 11 },
  {
    name: 'a decimal IPv4 address',
    text: 'openai://K@2130706433',
    code: 'dsn-host',
    part: 'the host',
    at: 11 + canary.length,
  },
  {
    name: 'a hexadecimal IPv4 address',
    text: 'openai://K@0x7f.1',
    code: 'dsn-host',
    part: 'the host',
    at: 11 + canary.length,
  },
  {
    name: 'an octal IPv4 address',
    text: 'openai://K@0177.0.0.1',
    code: 'dsn-host',
    part: 'the host',
    at: 11 + canary.length,
  },
  {
    name: 'an IPv4 address of three numbers',
    text: 'openai://K@127.0.1',
    code: 'dsn-host',
    part: 'the host',
    at: 11 + canary.length,
  },
  {
    name: 'an IPv4 address in full-width digits',
    text: 'openai://K@１２７.0.0.1',
    code: 'dsn-host',
    part: 'the host',
    at: 11 + canary.length,
  },
  {
    name: 'an IPv4 address with a dot behind',
    text: 'openai://K@127.0.0.1.',
    code: 'dsn-host',
    part: 'the host',
    at: 11 + canary.length,
  },
  {
    name: 'an escape in the host',
    text: 'openai://K@a%62c',
    code: 'dsn-host',
    part: 'the host',
    at: 12 + canary.length,
  },
  {
    name: 'a backslash in the host',
    text: 'openai://K@h\\x',
    code: 'dsn-host',
    part: 'the host',
    at: 12 + canary.length,
  },
  {
    name: 'a space in the host',
    text: 'openai://K@h x',
    code: 'dsn-host',
    part: 'the host',
    at: 12 + canary.length,
  },
  {
    name: 'an empty label',
    text: 'openai://K@a..b',
    code: 'dsn-host',
    part: 'the host',
    at: 11 + canary.length,
  },
  {
    name: 'a label of 64 characters',
    text: `openai://K@${'a'.repeat(64)}.de`,
    code: 'dsn-host',
    part: 'the host',
    at: 11 + canary.length,
  },
  {
    name: 'a label that begins with a hyphen',
    text: 'openai://K@-h.de',
    code: 'dsn-host',
    part: 'the host',
    at: 11 + canary.length,
  },
  {
    name: 'broken punycode',
    text: 'openai://K@xn--a.de',
    code: 'dsn-host',
    part: 'the host',
    at: 11 + canary.length,
  },
  // socket, path
  {
    name: 'a socket without its path',
    text: 'openai+unix:///K',
    code: 'dsn-socket',
    part: 'the socket',
    at: 15,
    mend: '%2F',
  },
  {
    name: 'a relative socket',
    text: 'openai+unix://K@run',
    code: 'dsn-socket',
    part: 'the socket',
    at: 16 + canary.length,
  },
  {
    name: 'a port at a socket',
    text: 'openai+unix://%2FK:80',
    code: 'dsn-socket',
    part: 'the socket',
    at: 15,
  },
  {
    name: 'a socket path that the system would cut',
    text: `openai+unix://%2FK${'x'.repeat(100)}`,
    code: 'dsn-socket',
    part: 'the socket',
    at: 15,
    mend: 'move the socket',
  },
  { name: '.. in the path', text: 'openai://h/v1/../K', code: 'dsn-path', part: 'the path', at: 15 },
  {
    name: 'an escaped .. in the path',
    text: 'openai://h/%2e%2E/K',
    code: 'dsn-path',
    part: 'the path',
    at: 12,
  },
  {
    name: '.. behind an escaped slash',
    text: 'openai://h/x%2F..%5cK',
    code: 'dsn-path',
    part: 'the path',
    at: 12,
  },
  { name: 'a space in the path', text: 'openai://h/v 1/K', code: 'dsn-path', part: 'the path', at: 13 },
  { name: 'a backslash in the path', text: 'openai://h/v1\\K', code: 'dsn-path', part: 'the path', at: 14 },
  {
    name: 'a fragment',
    text: 'openai://K@h/v1#frag',
    code: 'dsn-fragment',
    part: 'the DSN',
    at: 15 + canary.length,
    mend: '%23',
  },
  {
    name: 'an empty fragment',
    text: 'openai://h?model=K#',
    code: 'dsn-fragment',
    part: 'the DSN',
    at: 18 + canary.length,
  },
  // where the key is, and how it travels
  {
    name: 'key_env beside a key',
    text: 'openai://K@h?key_env=A',
    code: 'dsn-key-sources',
    part: 'the option key_env',
    at: 21 + canary.length,
  },
  {
    name: 'key_env beside key_cmd',
    text: 'openai://h?key_cmd=K&key_env=A',
    code: 'dsn-key-sources',
    part: 'the option key_env',
    at: 29 + canary.length,
  },
  {
    name: 'key_file beside key_cmd',
    text: 'openai://h?key_cmd=K&key_file=A',
    code: 'dsn-key-sources',
    part: 'the option key_file',
    at: 30 + canary.length,
  },
  {
    name: 'a key over plain http',
    text: 'openai+http://K@h',
    code: 'dsn-plain-http',
    part: 'the credential',
    at: 15,
    mend: 'insecure=1',
  },
  {
    name: 'a key over plain http to the default host',
    text: 'openai+http://K@',
    code: 'dsn-plain-http',
    part: 'the credential',
    at: 15,
  },
  {
    name: 'a key over plain http although insecure=0',
    text: 'openai+http://K@h?insecure=0',
    code: 'dsn-plain-http',
    part: 'the credential',
    at: 15,
  },
  {
    name: 'a key over the http of a local scheme',
    text: 'ollama://K@m1.lan',
    code: 'dsn-plain-http',
    part: 'the credential',
    at: 10,
  },
  {
    name: 'a key to a host that only begins like loopback',
    text: 'openai+http://K@127.0.0.1.evil.de',
    code: 'dsn-plain-http',
    part: 'the credential',
    at: 15,
  },
  {
    name: 'key_env over plain http',
    text: 'openai+http://h?key_env=A',
    code: 'dsn-plain-http',
    part: 'the option key_env',
    at: 25,
  },
  {
    name: 'key_file over plain http',
    text: 'openai+http://h?key_file=K',
    code: 'dsn-plain-http',
    part: 'the option key_file',
    at: 26,
  },
  {
    name: 'key_cmd over plain http',
    text: 'openai+http://h?key_cmd=K',
    code: 'dsn-plain-http',
    part: 'the option key_cmd',
    at: 25,
  },
  {
    name: 'a key in a header over plain http',
    text: 'openai+http://h?header.Authorization=K',
    code: 'dsn-plain-http',
    part: 'a header.<Name> option',
    at: 38,
  },
  {
    name: 'a token in some header over plain http',
    text: 'openai+http://h?header.X=Bearer%20K',
    code: 'dsn-plain-http',
    part: 'a header.<Name> option',
    at: 26,
  },
  {
    name: 'a key in the query over plain http',
    text: 'openai+http://h?query.api-key=K',
    code: 'dsn-plain-http',
    part: 'a query.<name> option',
    at: 31,
  },
];

const badOption: readonly {
  name: string;
  option: string;
  code: string;
  part: string;
  mend?: string;
  inName?: boolean;
}[] = [
  {
    name: 'an unknown option',
    option: 'timout=K',
    code: 'dsn-unknown-option',
    part: 'the options',
    mend: 'Did you mean timeout?',
    inName: true,
  },
  {
    name: 'an option in upper case',
    option: 'Model=K',
    code: 'dsn-unknown-option',
    part: 'the options',
    mend: 'Did you mean model',
    inName: true,
  },
  {
    name: 'a key as option',
    option: 'sk-proj-K=1',
    code: 'dsn-unknown-option',
    part: 'the options',
    mend: 'Known options: model,',
    inName: true,
  },
  {
    name: 'a key as option without value',
    option: 'sk-proj-K',
    code: 'dsn-unknown-option',
    part: 'the options',
    inName: true,
  },
  {
    name: 'api_key as option',
    option: 'api_key=K',
    code: 'dsn-unknown-option',
    part: 'the options',
    mend: 'key_env',
    inName: true,
  },
  {
    name: 'an option named like a method',
    option: 'constructor=K',
    code: 'dsn-unknown-option',
    part: 'the options',
    inName: true,
  },
  {
    name: "another scheme's option",
    option: 'scope=K',
    code: 'dsn-unknown-option',
    part: 'the options',
    inName: true,
  },
  {
    name: 'an option without name',
    option: '=K',
    code: 'dsn-unknown-option',
    part: 'the options',
    inName: true,
  },
  {
    name: 'query. without name',
    option: 'query.=K',
    code: 'dsn-unknown-option',
    part: 'the options',
    inName: true,
  },
  {
    name: 'headers. for header.',
    option: 'headers.X=K',
    code: 'dsn-unknown-option',
    part: 'the options',
    mend: 'Did you mean header?',
    inName: true,
  },
  {
    name: 'a duration without unit',
    option: 'timeout=30',
    code: 'dsn-duration',
    part: 'the option timeout',
    mend: '30s or 30ms?',
  },
  {
    name: 'a duration of zero',
    option: 'idle_timeout=0s',
    code: 'dsn-duration',
    part: 'the option idle_timeout',
  },
  {
    name: 'a negative duration',
    option: 'connect_timeout=-1s',
    code: 'dsn-duration',
    part: 'the option connect_timeout',
  },
  {
    name: 'a duration of a month',
    option: 'first_token_timeout=720h',
    code: 'dsn-duration',
    part: 'the option first_token_timeout',
  },
  { name: 'a duration that is none', option: 'timeout=K', code: 'dsn-duration', part: 'the option timeout' },
  { name: 'retries below zero', option: 'retries=-1', code: 'dsn-option-value', part: 'the option retries' },
  { name: 'too many retries', option: 'retries=101', code: 'dsn-option-value', part: 'the option retries' },
  {
    name: 'a fraction of a retry',
    option: 'retries=1.5',
    code: 'dsn-option-value',
    part: 'the option retries',
  },
  { name: 'retries in words', option: 'retries=K', code: 'dsn-option-value', part: 'the option retries' },
  { name: 'no tokens', option: 'max_tokens=0', code: 'dsn-option-value', part: 'the option max_tokens' },
  {
    name: 'tokens with an exponent',
    option: 'max_tokens=1e3',
    code: 'dsn-option-value',
    part: 'the option max_tokens',
  },
  { name: 'a negative price', option: 'price_in=-1', code: 'dsn-option-value', part: 'the option price_in' },
  {
    name: 'a price with a currency',
    option: 'price_out=K%24',
    code: 'dsn-option-value',
    part: 'the option price_out',
  },
  {
    name: 'a price beyond belief',
    option: 'price_out=1000001',
    code: 'dsn-option-value',
    part: 'the option price_out',
  },
  {
    name: 'insecure without value',
    option: 'insecure',
    code: 'dsn-option-value',
    part: 'the option insecure',
  },
  { name: 'insecure=maybe', option: 'insecure=K', code: 'dsn-option-value', part: 'the option insecure' },
  { name: 'an empty model', option: 'model=', code: 'dsn-option-value', part: 'the option model' },
  { name: 'a blank model', option: 'model=%20', code: 'dsn-option-value', part: 'the option model' },
  {
    name: 'two models in model',
    option: 'model=a,K',
    code: 'dsn-option-value',
    part: 'the option model',
    mend: 'models=',
  },
  {
    name: 'an empty name in models',
    option: 'models=K,,b',
    code: 'dsn-option-value',
    part: 'the option models',
  },
  {
    name: 'the key itself in key_env',
    option: 'key_env=gsk_K',
    code: 'dsn-option-value',
    part: 'the option key_env',
  },
  {
    name: 'another key itself in key_env',
    option: 'key_env=K',
    code: 'dsn-option-value',
    part: 'the option key_env',
  },
  {
    name: 'no name of a variable in key_env',
    option: 'key_env=MY-KEY',
    code: 'dsn-option-value',
    part: 'the option key_env',
  },
  { name: 'an empty key_cmd', option: 'key_cmd=', code: 'dsn-option-value', part: 'the option key_cmd' },
  {
    name: 'a slash in the deployment',
    option: 'deployment=a/K',
    code: 'dsn-option-value',
    part: 'the option deployment',
  },
  {
    name: '.. as deployment',
    option: 'deployment=..',
    code: 'dsn-option-value',
    part: 'the option deployment',
  },
  {
    name: 'an API version with a delimiter',
    option: 'api_version=K%26x',
    code: 'dsn-option-value',
    part: 'the option api_version',
  },
  {
    name: 'a region that is a host',
    option: 'region=K.evil.de',
    code: 'dsn-option-value',
    part: 'the option region',
  },
  {
    name: 'an organisation with a space',
    option: 'org=K x',
    code: 'dsn-option-value',
    part: 'the option org',
  },
  {
    name: 'a proxy of another kind',
    option: 'proxy=socks5://K:1080',
    code: 'dsn-option-value',
    part: 'the option proxy',
  },
  {
    name: 'a proxy without scheme',
    option: 'proxy=K:3128',
    code: 'dsn-option-value',
    part: 'the option proxy',
  },
  {
    name: 'a proxy with a path',
    option: 'proxy=http://K/x',
    code: 'dsn-option-value',
    part: 'the option proxy',
  },
  {
    name: 'a proxy with a bad port',
    option: 'proxy=http://u:K%40p:99999',
    code: 'dsn-option-value',
    part: 'the option proxy',
  },
  {
    name: 'an option given twice',
    option: 'model=K&model=x',
    code: 'dsn-duplicate-option',
    part: 'the option model',
  },
  {
    name: 'a header without name',
    option: 'header.=K',
    code: 'dsn-header',
    part: 'the options',
    inName: true,
  },
  {
    name: 'a space in the name of a header',
    option: 'header.X%20Y=K',
    code: 'dsn-header',
    part: 'the options',
    inName: true,
  },
  {
    name: 'a header that frames the request',
    option: 'header.Transfer-Encoding=K',
    code: 'dsn-header',
    part: 'the options',
    inName: true,
  },
  {
    name: 'a line end in a header',
    option: 'header.X=%0d%0aK',
    code: 'dsn-control-character',
    part: 'a header.<Name> option',
  },
  {
    name: 'a line end in the name of a header',
    option: 'header.X%0d%0aK=1',
    code: 'dsn-control-character',
    part: 'the options',
  },
  {
    name: 'a NUL in the query',
    option: 'query.x=%00K',
    code: 'dsn-control-character',
    part: 'a query.<name> option',
  },
  {
    name: 'a header that cannot be sent',
    option: 'header.X=K€',
    code: 'dsn-header',
    part: 'a header.<Name> option',
  },
  { name: 'an empty header', option: 'header.X=', code: 'dsn-option-value', part: 'a header.<Name> option' },
];

describe('parseDsn refuses', () => {
  const rows = [
    ...refused.map((row) => ({ ...row, text: row.text.replaceAll('K', canary) })),
    ...badOption.map(({ option, inName, ...row }) => {
      const text = `custom://h?${option.replaceAll('K', canary)}`;
      const value = option.indexOf('=') < 0 ? text.length : text.indexOf('=') + 1;
      return { ...row, text, at: inName === true ? 12 : value + 1 };
    }),
  ];

  it.each(rows)('$name ($code)', ({ text, code, part, mend }) => {
    const error = errorOf(text);
    expect(error.code).toBe(code);
    expect(error.message).toMatch(/^LLM_WORK: [^\n]+ in [^\n]+ \(character \d+\)\. [A-Z+][^\n]+[.?]$/);
    expect(error.message).toContain(` in ${part} (character `);
    if (mend !== undefined) expect(error.message).toContain(mend);
    expect(error.hint).toBeNull();
    expect(error.cause).toBeUndefined();
  });

  const elsewhere = ['dsn-duplicate-option', 'dsn-control-character', 'dsn-key-sources'];
  it.each(rows.filter(({ name, code }) => !elsewhere.includes(code) && name !== 'an empty name in models'))(
    '$name and points at its place',
    ({ text, at }) => {
      expect(errorOf(text).message).toContain(`(character ${at})`);
    },
  );

  it.each(rows)('$name and repeats nothing of it', ({ text }) => {
    const error = errorOf(text);
    const shown = [
      error.message,
      String(error),
      error.stack ?? '',
      JSON.stringify(error),
      inspect(error, { showHidden: true, depth: null }),
    ];
    for (const one of shown) expectNoFragment(one);
  });

  it.each([
    ['the second of two options', 'custom://h?model=a&model=b', 20],
    ['the second place of a key', 'openai://k@h?key_env=A', 22],
    ['an escape inside a value', 'custom://h?header.X=ab%0Ac', 23],
    ['an empty name in a list', 'custom://h?models=a,,b', 21],
    ['characters rather than UTF-16 units', 'custom://h/😀😀/..', 15],
    ['the text as given, not as trimmed', ' "custom://h/.." ', 14],
  ])('and counts %s', (_, text, at) => {
    expect(errorOf(text).message).toContain(`(character ${at})`);
  });

  it.each([
    'sk-ant-api03-x',
    'sk-or-v1-x',
    'gsk_x',
    'AIzaSy',
    'xai-x',
    'hf_x',
    'pplx-x',
    'nvapi-x',
    'ghp_x',
    'github_pat_x',
    'csk-x',
    'r8_x',
    'key-x',
    'tgp_v1_x',
    'fw_x',
    '0123456789abcdef0123456789abcdef',
    '3fa85f64-5717-4562-b3fc-2c963f66afa6',
  ])('%s as a host, in any case', (key) => {
    for (const text of [key, key.toLowerCase(), key.toUpperCase()]) {
      expect(errorOf(`openai://${text}`).code).toBe('dsn-key-as-host');
      expect(errorOf(`openai://${text}/v1?model=x`).code).toBe('dsn-key-as-host');
    }
  });
});

describe('parseDsn reads', () => {
  it.each([
    [
      'a scheme alone',
      'openai://',
      { scheme: 'openai', tls: true, host: null, port: null, basePath: null, loopback: false },
    ],
    ['a scheme in upper case', 'OpenAI+HTTP://h', { scheme: 'openai', tls: false, host: 'h' }],
    ['host and port', 'openai://api.example:8443', { host: 'api.example', port: 8443, tls: true }],
    ['a host in upper case', 'openai://HOST', { host: 'host' }],
    ['an international name', 'openai://münchen.de', { host: 'xn--mnchen-3ya.de' }],
    ['a name with underscore', 'openai://my_service', { host: 'my_service' }],
    ['a name with the root dot', 'openai://example.com.', { host: 'example.com.' }],
    ['a long label with a port', 'ollama://gpu-workstation-01:11434', { host: 'gpu-workstation-01' }],
    [
      'a long label with dots',
      'openai://a1b2c3d4e5f6a7b8c9d0.elb.example.com',
      { host: 'a1b2c3d4e5f6a7b8c9d0.elb.example.com' },
    ],
    ['a host that begins like a key', 'openai://key-vault.internal', { host: 'key-vault.internal' }],
    ['an IPv6 address', 'openai://[::1]:8080', { host: '::1', port: 8080, tls: false, loopback: true }],
    ['an IPv6 address in long form', 'openai://[2001:DB8:0:0:0:0:0:1]', { host: '2001:db8::1', tls: true }],
    ['no path', 'openai://h', { basePath: null }],
    ['a bare slash', 'openai://h/', { basePath: '' }],
    ['several slashes', 'openai://h//', { basePath: '' }],
    ['a path', 'openai://h/api/v1', { basePath: '/api/v1' }],
    ['a path to be normalised', 'openai://h//v1/./x//', { basePath: '/v1/x' }],
    ['a path with escapes', 'openai://h/a%2fb/%e2%82%ac', { basePath: '/a%2Fb/%E2%82%AC' }],
    ['a path beyond ASCII', 'openai://h/€|x', { basePath: '/%E2%82%AC%7Cx' }],
    ['a path of dots that are not ..', 'openai://h/...', { basePath: '/...' }],
    ['a path without host', 'openai:///v2', { host: null, basePath: '/v2' }],
    [
      'a socket',
      'openai+unix://KEY@%2Frun%2FLlama.sock/v1',
      { host: null, socketPath: '/run/Llama.sock', basePath: '/v1', tls: false, loopback: true },
    ],
  ])('%s', (_, text, expected) => {
    expect(parse(text)).toMatchObject(expected);
    expect(parse(text).warnings).toEqual([]);
  });

  it.each([
    ['localhost', false, true],
    ['LOCALHOST', false, true],
    ['localhost.', false, true],
    ['a.localhost', false, true],
    ['127.0.0.1', false, true],
    ['127.255.255.254', false, true],
    ['[::1]', false, true],
    ['[0:0:0:0:0:0:0:1]', false, true],
    ['[::ffff:127.0.0.1]', false, true],
    ['[::ffff:7f12:1]', false, true],
    ['[::ffff:128.0.0.1]', true, false],
    ['[::2]', true, false],
    ['127.evil.com', true, false],
    ['localhost.evil.com', true, false],
    ['notlocalhost', true, false],
    ['128.0.0.1', true, false],
    ['0.0.0.0', true, false],
    ['api.openai.com', true, false],
  ])('%s with TLS by default: %s', (host, tls, loopback) => {
    expect(parse(`openai://${host}/v1`)).toMatchObject({ tls, loopback });
    expect(parse(`openai+https://${host}`).tls).toBe(true);
    expect(parse(`openai+http://${host}`).tls).toBe(false);
    expect(parse(`ollama://${host}`)).toMatchObject({ tls: false, loopback });
    expect(parse(`ollama+https://${host}`).tls).toBe(true);
  });

  it.each([
    ['a key', 'openai://KEY@h', 'KEY'],
    [':key', 'openai://:KEY@h', 'KEY'],
    ['key:', 'openai://KEY:@h', 'KEY'],
    ['a key without host', 'openai://KEY@', 'KEY'],
    ['an escaped key', 'openai://a%2Fb%3Fc%23d%40e%25f%3Ag@h', 'a/b?c#d@e%f:g'],
    ['a key with a plus', 'openai://a+b@h', 'a+b'],
    ['a key with an equals sign', 'openai://a==@h', 'a=='],
    ['a key with a dollar that expands nowhere', 'openai://a$1$@h', 'a$1$'],
    ['a key with a quote', "openai://it's'@h", "it's'"],
    ['a key beyond ASCII', 'openai://%C3%BC€@h', 'ü€'],
    ['a pair', 'vertex://id:se:c%3Aret@h', 'id:se:c:ret'],
    ['no credential', 'openai://h', null],
    ['a key over http to this machine', 'openai+http://KEY@localhost', 'KEY'],
    ['a key for a local server', 'ollama://KEY@', 'KEY'],
    ['a key over http that was allowed', 'openai+http://KEY@h?insecure=1', 'KEY'],
  ])('%s', (_, text, expected) => {
    expect(parse(text).credential()).toBe(expected);
    expect(parse(text).warnings).toEqual([]);
  });

  it.each([
    ['quotes', '"custom://k@h"', 'dsn-trimmed'],
    ['single quotes and spaces', " 'custom://k@h' ", 'dsn-trimmed'],
    ['typographic quotes', '“custom://k@h”', 'dsn-trimmed'],
    ['a byte order mark', '\ufeffcustom://k@h', 'dsn-trimmed'],
    ['a line end', 'custom://k@h\r\n', 'dsn-trimmed'],
    ['an @ in the key', 'custom://k@x@h', 'dsn-at-in-credential'],
    ['quotes in the key', 'custom://"k"@h', 'dsn-quotes-in-credential'],
    ['an empty credential that need not be there', 'custom://@h', 'dsn-empty-credential'],
  ])('%s, with a warning', (_, text, code) => {
    const dsn = parse(text);
    expect(dsn.host).toBe('h');
    expect(dsn.warnings).toEqual([
      { code, message: expect.stringMatching(/^LLM_WORK: .+ in .+ \(character \d+\)\. .+/) },
    ]);
  });

  it('the last @ as the end of the key', () => {
    expect(parse('custom://a@b@h').credential()).toBe('a@b');
  });

  it('an empty credential as none', () => {
    expect(parse('custom://@h').credential()).toBeNull();
  });
});

describe('a Dsn shows', () => {
  const text =
    `openai://${canary}@h:8443/v1?header.X-Api-Key=h${canary}&query.key=q${canary}&ca_file=/${canary}` +
    `&proxy=http://user:p${canary}%40proxy:3128&model=x`;
  const paths = `openai://h/v1?key_cmd=show%20${canary}`;
  const file = `openai://h/v1?key_file=/${canary}`;
  const extra = `mock://h?anything=${canary}`;
  const pair = `vertex://id${canary}:s${canary}@h`;

  it.each([
    ['inspect', (dsn: Dsn) => inspect(dsn)],
    ['inspect with everything', (dsn: Dsn) => inspect(dsn, { showHidden: true, depth: null })],
    ['inspect without its own form', (dsn: Dsn) => inspect(dsn, { customInspect: false, depth: null })],
    ['inspect of its options', (dsn: Dsn) => inspect(dsn.options, { showHidden: true })],
    ['JSON', (dsn: Dsn) => JSON.stringify(dsn)],
    ['JSON of its options', (dsn: Dsn) => JSON.stringify(dsn.options)],
    ['String', (dsn: Dsn) => String(dsn)],
    ['a spread', (dsn: Dsn) => JSON.stringify({ ...dsn })],
    ['a spread of its options', (dsn: Dsn) => JSON.stringify({ ...dsn.options })],
    ['display', (dsn: Dsn) => dsn.display()],
    ['its warnings', (dsn: Dsn) => JSON.stringify(dsn.warnings)],
  ])('no secret in %s', (_, show) => {
    for (const one of [text, paths, file, extra, pair]) expectNoFragment(show(parse(one)));
  });

  it('that there are secrets', () => {
    expect(JSON.parse(JSON.stringify(parse(text)))).toMatchObject({
      credential: '[redacted]',
      options: {
        headers: { 'X-Api-Key': '[redacted]' },
        query: { key: '[redacted]' },
        proxy: '[redacted]',
        model: 'x',
      },
    });
  });

  it.each([
    ['openai://KEY@h:8443/v1?model=x', 'openai://h:8443/v1'],
    ['openai://KEY@', 'openai://'],
    ['openai+https://h', 'openai://h'],
    ['openai+http://h/', 'openai+http://h/'],
    ['openai+https://localhost', 'openai+https://localhost'],
    ['ollama+https://h', 'ollama+https://h'],
    ['ollama+http://h', 'ollama://h'],
    ['openai://[::1]:80/v1', 'openai://[::1]:80/v1'],
    ['openai+unix://KEY@%2Frun%2Fx%20y.sock/v1', 'openai+unix://%2Frun%2Fx%20y.sock/v1'],
  ])('where %s points', (given, expected) => {
    expect(parse(given).display()).toBe(expected);
  });

  it('its secrets to those who ask', () => {
    const basic = Buffer.from('me:hunter2').toString('base64');
    const dsn = parse(
      `openai://KEY1@h?header.A=Bearer%20tok1&header.B=Basic ${basic}&query.k=q1&query.k=q2&proxy=http://u:p%2525w%40x`,
    );
    expect(dsn.secrets()).toEqual(
      expect.arrayContaining([
        'KEY1',
        'Bearer tok1',
        'tok1',
        basic,
        'me:hunter2',
        'hunter2',
        'q1',
        'q2',
        'p%w',
      ]),
    );
    expect(parse('vertex://id:sec:ret@').secrets()).toEqual(['id:sec:ret', 'id', 'sec:ret']);
    expect(parse('openai://h?model=x&proxy=http://p').secrets()).toEqual([]);
  });

  it('that nobody changes it', () => {
    const dsn = parse('openai://h?header.A=b');
    expect(() => Object.assign(dsn, { host: 'x' })).toThrow(TypeError);
    expect(() => Object.assign(dsn.options, { model: 'x' })).toThrow(TypeError);
    expect(() => Object.assign(dsn.options.headers, { A: 'x' })).toThrow(TypeError);
  });
});
