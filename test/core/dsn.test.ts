import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { type Dsn, parseDsn, type SchemeLookup, type SchemeTraits } from '../../src/core/dsn.js';
import { DsnError } from '../../src/core/errors.js';

const traits: Readonly<Record<string, SchemeTraits>> = {
  openai: { credential: 'required', headerCredential: true },
  custom: {},
  ollama: { local: true },
  vertex: { credential: 'pair', headerCredential: true, options: ['scope'] },
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

function expectNoFragment(shown: string): void {
  for (let from = 0; from + 6 <= canary.length; from++) {
    expect(shown.toLowerCase()).not.toContain(canary.slice(from, from + 6).toLowerCase());
  }
}

type Refusal = readonly [name: string, text: string, code: string, part: string, at: number, mend?: string];

/** `K` stands for the canary; the number is the character that the message names. */
const refused: readonly Refusal[] = [
  // what is there at all
  ['nothing', '', 'dsn-empty', 'the DSN', 1],
  ['only quotes and spaces', ' "" ', 'dsn-empty', 'the DSN', 1],
  ['a quote in front only', '"openai://K@h', 'dsn-quotes', 'the DSN', 1],
  ['a quote behind only', 'custom://h/K"', 'dsn-quotes', 'the DSN', 12 + canary.length],
  ['a line end inside', 'openai://K@h\n/v1', 'dsn-control-character', 'the host', 12 + canary.length],
  ['a NUL at the end', 'openai://h/K\0', 'dsn-control-character', 'the path', 12 + canary.length],
  ['a NUL in an option', 'openai://h?model=\0K', 'dsn-control-character', 'the options', 18],
  ['a zero-width space in the path', 'openai://h/\u200bK', 'dsn-control-character', 'the path', 12],
  [
    'an escaped line end in the key',
    'openai://K%0A@h',
    'dsn-control-character',
    'the credential',
    10 + canary.length,
  ],
  [
    'an escaped control character of two bytes',
    'openai://h/K%c2%85',
    'dsn-control-character',
    'the path',
    12 + canary.length,
  ],
  ['${KEY} that was not expanded', 'openai://${K}@h', 'dsn-not-expanded', 'the credential', 10, '%24'],
  ['$KEY that was not expanded', 'openai://$K@h', 'dsn-not-expanded', 'the credential', 10],
  [
    '${{ secrets.KEY }} that was not expanded',
    'openai://${{ secrets.K }}@h',
    'dsn-not-expanded',
    'the credential',
    10,
  ],
  ['$(command) that was not expanded', 'openai://$(K /x)@h', 'dsn-not-expanded', 'the credential', 10],
  ['a whole DSN that was not expanded', '$K', 'dsn-not-expanded', 'the scheme', 1],
  // scheme
  ['a bare key', 'sk-K', 'dsn-no-scheme', 'the DSN', 1],
  ['a colon without slashes', 'openai:K@h', 'dsn-no-scheme', 'the DSN', 1],
  ['a key before any scheme', 'K@h?proxy=http://h', 'dsn-no-scheme', 'the DSN', 1],
  [
    'an unknown scheme',
    'opnai://K@h',
    'dsn-unknown-scheme',
    'the scheme',
    1,
    'Did you mean openai? Known schemes: openai, custom, ollama, vertex, mock.',
  ],
  ['a key as scheme', 'sk-K://h', 'dsn-unknown-scheme', 'the scheme', 1],
  ['no scheme', '://K', 'dsn-unknown-scheme', 'the scheme', 1],
  ['a scheme named like a method', 'constructor://K', 'dsn-unknown-scheme', 'the scheme', 1],
  ['a plain URL', 'https://K@h/v1', 'dsn-unknown-scheme', 'the scheme', 1, 'openai+https://host'],
  ['a plain URL of an Ollama', 'http://h:11434', 'dsn-unknown-scheme', 'the scheme', 1, 'ollama+http://host'],
  ['the transport first', 'http+openai://h', 'dsn-unknown-scheme', 'the scheme', 1, 'openai+http://'],
  [
    '%KEY% that was not expanded',
    'openai://%API_SECRET%@h',
    'dsn-not-expanded',
    'the credential',
    10,
    'key_env=NAME',
  ],
  [
    'a "$" before the name of a variable',
    'openai://h?key_env=$KEY',
    'dsn-not-expanded',
    'the option key_env',
    20,
    'alone',
  ],
  [
    'options that ";" separates',
    'openai://h?timeout=3s;retries=2',
    'dsn-duration',
    'the option timeout',
    20,
    '"&"',
  ],
  [
    'options that a second "?" separates',
    'openai://h?retries=2?timeout=3s',
    'dsn-option-value',
    'the option retries',
    20,
    '"&"',
  ],
  ['an unknown transport', 'openai+htps://K@h', 'dsn-transport', 'the scheme', 8, 'Did you mean https?'],
  // credential
  ['a raw / in the key', 'openai://sk/K@h', 'dsn-raw-delimiter', 'the credential', 12, '%2F'],
  ['a raw ? in the key', 'openai://sk?K@h', 'dsn-raw-delimiter', 'the credential', 12, '%3F'],
  ['a raw # in the key', 'openai://sk#K@h', 'dsn-raw-delimiter', 'the credential', 12, '%23'],
  ['a raw @ in the path', 'openai://k@h/p@K', 'dsn-raw-delimiter', 'the path or the options', 15, '%40'],
  [
    'a raw @ in an option',
    'openai://k@h?model=K@x',
    'dsn-raw-delimiter',
    'the path or the options',
    20 + canary.length,
    '%40',
  ],
  ['a literal % in the key', 'openai://K%zz@h', 'dsn-escape', 'the credential', 10 + canary.length, '%25'],
  ['a cut escape', 'openai://K%4@h', 'dsn-escape', 'the credential', 10 + canary.length],
  ['an escape in an option that is none', 'openai://h?model=%gK', 'dsn-escape', 'the option model', 18],
  ['escapes that are not UTF-8', 'openai://K%C3%28@h', 'dsn-escape', 'the credential', 10 + canary.length],
  ['an empty credential', 'openai://@h/K', 'dsn-empty-credential', 'the credential', 10],
  ['an empty credential with its colon', 'openai://:@h/K', 'dsn-empty-credential', 'the credential', 10],
  [
    'a key that no header can carry',
    'openai://K€@h',
    'dsn-credential-character',
    'the credential',
    10 + canary.length,
  ],
  [
    'an escaped key that no header can carry',
    'openai://K%E2%82%AC@h',
    'dsn-credential-character',
    'the credential',
    10,
  ],
  [
    'a pair that no header can carry',
    'vertex://id:K€@h',
    'dsn-credential-character',
    'the credential',
    13 + canary.length,
  ],
  ['a blank credential', 'openai://%20@h/K', 'dsn-empty-credential', 'the credential', 10],
  ['a blank credential with its colon', 'openai://%20:@h/K', 'dsn-empty-credential', 'the credential', 10],
  ['a credential of quotes only', 'openai://""@h/K', 'dsn-empty-credential', 'the credential', 10],
  ['a credential of escaped quotes', 'openai://%22%20%22@h/K', 'dsn-empty-credential', 'the credential', 10],
  ['a blank pair', 'vertex://%20:%20@h/K', 'dsn-credential-pair', 'the credential', 13],
  [
    'a blank secret of a pair',
    'vertex://K:%20@h',
    'dsn-credential-pair',
    'the credential',
    10 + canary.length,
  ],
  [
    'quotes for the secret of a pair',
    `vertex://K:''@h`,
    'dsn-credential-pair',
    'the credential',
    10 + canary.length,
  ],
  ['a blank id of a pair', 'vertex://%20:K@h', 'dsn-credential-pair', 'the credential', 13],
  [
    'an empty credential where a pair is wanted',
    'vertex://@h/K',
    'dsn-empty-credential',
    'the credential',
    10,
  ],
  [
    'id:secret where one key is wanted',
    'openai://id:K@h',
    'dsn-credential-colon',
    'the credential',
    12,
    '%3A',
  ],
  ['one key where a pair is wanted', 'vertex://K@h', 'dsn-credential-pair', 'the credential', 10],
  ['a pair without id', 'vertex://:K@h', 'dsn-credential-pair', 'the credential', 10],
  ['a pair without secret', 'vertex://K:@h', 'dsn-credential-pair', 'the credential', 10 + canary.length],
  ['a colon in the id of a pair', 'vertex://i%3Ad:K@h', 'dsn-credential-pair', 'the credential', 15],
  ['a space in the key', 'openai://K x@h', 'dsn-space', 'the credential', 10 + canary.length],
  // host
  ['a key as host', 'openai://sk-K', 'dsn-key-as-host', 'the host', 10, 'openai://KEY@'],
  ['a key as host in upper case', 'OPENAI://XAI-K', 'dsn-key-as-host', 'the host', 10],
  ['a short key as host', 'openai://sk-abc', 'dsn-key-as-host', 'the host', 10],
  ['a key as host before a path', 'openai://K/v1', 'dsn-key-as-host', 'the host', 10],
  ['a key as host before options', 'openai://K?model=x', 'dsn-key-as-host', 'the host', 10],
  ['a key with slashes as host', 'openai://sk-ab/K', 'dsn-key-as-host', 'the host', 10],
  [':key as host', 'openai://:K', 'dsn-key-as-host', 'the host', 10],
  ['key: as host', 'openai://K:', 'dsn-key-as-host', 'the host', 10],
  ['id:key as host', 'openai://sk-lm-K:abc', 'dsn-key-as-host', 'the host', 10],
  ['a token with dots as host', 'openai://eyJhbGciOiJIUzI1NiIsInR5.K.sig', 'dsn-key-as-host', 'the host', 10],
  ['key and host swapped', 'openai://h@sk-K', 'dsn-key-as-host', 'the host', 12],
  ['a key as path', 'openai:///K', 'dsn-key-as-host', 'the path', 11],
  ['two hosts', 'openai://K@h1:1,h2:2', 'dsn-several-hosts', 'the host', 15 + canary.length],
  ['two hosts without ports', 'openai://h1,h2/K', 'dsn-several-hosts', 'the host', 12],
  ['two whole DSNs', 'ollama://h1/v1,ollama://K/v1', 'dsn-several-hosts', 'the path', 22],
  ['port 0', 'openai://K@h:0', 'dsn-port', 'the port', 13 + canary.length],
  ['port 99999', 'openai://h:99999/K', 'dsn-port', 'the port', 12],
  ['port 65536', 'openai://h:65536/K', 'dsn-port', 'the port', 12],
  ['a port with a sign', 'openai://h:+80/K', 'dsn-port', 'the port', 12],
  ['a port of letters', 'openai://host:abc/K', 'dsn-port', 'the port', 15],
  ['an empty port', 'openai://h:/K', 'dsn-port', 'the port', 12],
  ['a port without host', 'openai://K@:80', 'dsn-host', 'the host', 11 + canary.length],
  ['something after an IPv6 address', 'openai://[::1]x/K', 'dsn-port', 'the port', 15],
  [
    'an IPv6 address without brackets',
    'openai://K@fe80::1',
    'dsn-host',
    'the host',
    11 + canary.length,
    'brackets',
  ],
  [
    'a long IPv6 address without brackets',
    'openai://2001:db8:85a3::8a2e:370:7334/K',
    'dsn-host',
    'the host',
    10,
    'brackets',
  ],
  ['a zone id', 'openai://[fe80::1%25eth0]/K', 'dsn-host', 'the host', 18, 'Zones'],
  ['brackets around a name', 'openai://[K]', 'dsn-host', 'the host', 11],
  ['a decimal IPv4 address', 'openai://K@2130706433', 'dsn-host', 'the host', 11 + canary.length],
  ['a hexadecimal IPv4 address', 'openai://K@0x7f.1', 'dsn-host', 'the host', 11 + canary.length],
  ['an octal IPv4 address', 'openai://K@0177.0.0.1', 'dsn-host', 'the host', 11 + canary.length],
  ['an IPv4 address of three numbers', 'openai://K@127.0.1', 'dsn-host', 'the host', 11 + canary.length],
  [
    'an IPv4 address in full-width digits',
    'openai://K@１２７.0.0.1',
    'dsn-host',
    'the host',
    11 + canary.length,
  ],
  ['an IPv4 address with a dot behind', 'openai://K@127.0.0.1.', 'dsn-host', 'the host', 11 + canary.length],
  ['an escape in the host', 'openai://K@a%62c', 'dsn-host', 'the host', 12 + canary.length],
  ['a backslash in the host', 'openai://K@h\\x', 'dsn-host', 'the host', 12 + canary.length],
  ['a space in the host', 'openai://K@h x', 'dsn-host', 'the host', 12 + canary.length],
  ['an empty label', 'openai://K@a..b', 'dsn-host', 'the host', 11 + canary.length],
  ['a label of 64 characters', `openai://K@${'a'.repeat(64)}.de`, 'dsn-host', 'the host', 11 + canary.length],
  ['a label that begins with a hyphen', 'openai://K@-h.de', 'dsn-host', 'the host', 11 + canary.length],
  // newer versions of `URL` take it as it is, and leave it to the name server
  ...(URL.canParse('http://xn--a.de/')
    ? []
    : [['broken punycode', 'openai://K@xn--a.de', 'dsn-host', 'the host', 11 + canary.length] as const]),
  // socket, path
  ['a socket without its path', 'openai+unix:///K', 'dsn-socket', 'the socket', 15, '%2F'],
  ['a relative socket', 'openai+unix://K@run', 'dsn-socket', 'the socket', 16 + canary.length],
  ['a port at a socket', 'openai+unix://%2FK:80', 'dsn-socket', 'the socket', 15],
  [
    'a socket path that the system would cut',
    `openai+unix://%2FK${'x'.repeat(100)}`,
    'dsn-socket',
    'the socket',
    15,
    'move the socket',
  ],
  ['.. in the path', 'openai://h/v1/../K', 'dsn-path', 'the path', 15],
  ['an escaped .. in the path', 'openai://h/%2e%2E/K', 'dsn-path', 'the path', 12],
  ['.. behind an escaped slash', 'openai://h/x%2F..%5cK', 'dsn-path', 'the path', 12],
  ['a space in the path', 'openai://h/v 1/K', 'dsn-path', 'the path', 13],
  ['a backslash in the path', 'openai://h/v1\\K', 'dsn-path', 'the path', 14],
  ['a fragment', 'openai://K@h/v1#frag', 'dsn-fragment', 'the DSN', 15 + canary.length, '%23'],
  ['an empty fragment', 'openai://h?model=K#', 'dsn-fragment', 'the DSN', 18 + canary.length],
  // where the key is, and how it travels
  [
    'key_env beside a key',
    'openai://K@h?key_env=A',
    'dsn-key-sources',
    'the option key_env',
    21 + canary.length,
  ],
  [
    'key_env beside key_cmd',
    'openai://h?key_cmd=K&key_env=A',
    'dsn-key-sources',
    'the option key_env',
    29 + canary.length,
  ],
  [
    'key_file beside key_cmd',
    'openai://h?key_cmd=K&key_file=A',
    'dsn-key-sources',
    'the option key_file',
    30 + canary.length,
  ],
  ['a key over plain http', 'openai+http://K@h', 'dsn-plain-http', 'the credential', 15, 'insecure=1'],
  ['a key over plain http to the default host', 'openai+http://K@', 'dsn-plain-http', 'the credential', 15],
  [
    'a key over plain http although insecure=0',
    'openai+http://K@h?insecure=0',
    'dsn-plain-http',
    'the credential',
    15,
  ],
  ['a key over the http of a local scheme', 'ollama://K@m1.lan', 'dsn-plain-http', 'the credential', 10],
  [
    'a key to a host that only begins like loopback',
    'openai+http://K@127.0.0.1.evil.de',
    'dsn-plain-http',
    'the credential',
    15,
  ],
  ['key_env over plain http', 'openai+http://h?key_env=A', 'dsn-plain-http', 'the option key_env', 25],
  ['key_file over plain http', 'openai+http://h?key_file=K', 'dsn-plain-http', 'the option key_file', 26],
  ['key_cmd over plain http', 'openai+http://h?key_cmd=K', 'dsn-plain-http', 'the option key_cmd', 25],
  [
    'a key in a header over plain http',
    'openai+http://h?header.Authorization=K',
    'dsn-plain-http',
    'a header.<Name> option',
    38,
  ],
  [
    'a token in some header over plain http',
    'openai+http://h?header.X=Bearer%20K',
    'dsn-plain-http',
    'a header.<Name> option',
    26,
  ],
  [
    'a key in the query over plain http',
    'openai+http://h?query.api-key=K',
    'dsn-plain-http',
    'a query.<name> option',
    31,
  ],
];

type OptionRefusal = readonly [name: string, option: string, code: string, part: string, mend?: string];

/** The part of an error that points at the name of an option, and not at its value. */
const inName = 'the options';

const badOption: readonly OptionRefusal[] = [
  ['an unknown option', 'timout=K', 'dsn-unknown-option', inName, 'Did you mean timeout?'],
  ['an option in upper case', 'Model=K', 'dsn-unknown-option', inName, 'Did you mean model'],
  ['a key as option', 'sk-proj-K=1', 'dsn-unknown-option', inName, 'Known options: model,'],
  ['a key as option without value', 'sk-proj-K', 'dsn-unknown-option', inName],
  ['api_key as option', 'api_key=K', 'dsn-unknown-option', inName, 'key_env'],
  ['an option named like a method', 'constructor=K', 'dsn-unknown-option', inName],
  ["another scheme's option", 'scope=K', 'dsn-unknown-option', inName],
  ['an option without name', '=K', 'dsn-unknown-option', inName],
  ['query. without name', 'query.=K', 'dsn-unknown-option', inName],
  ['headers. for header.', 'headers.X=K', 'dsn-unknown-option', inName, 'Did you mean header?'],
  ['a duration without unit', 'timeout=30', 'dsn-duration', 'the option timeout', '30s or 30ms?'],
  ['a duration of zero', 'idle_timeout=0s', 'dsn-duration', 'the option idle_timeout'],
  ['a negative duration', 'connect_timeout=-1s', 'dsn-duration', 'the option connect_timeout'],
  ['a duration of a month', 'first_token_timeout=720h', 'dsn-duration', 'the option first_token_timeout'],
  ['a duration that is none', 'timeout=K', 'dsn-duration', 'the option timeout'],
  ['retries below zero', 'retries=-1', 'dsn-option-value', 'the option retries'],
  ['too many retries', 'retries=101', 'dsn-option-value', 'the option retries'],
  ['a fraction of a retry', 'retries=1.5', 'dsn-option-value', 'the option retries'],
  ['retries in words', 'retries=K', 'dsn-option-value', 'the option retries'],
  ['no tokens', 'max_tokens=0', 'dsn-option-value', 'the option max_tokens'],
  ['tokens with an exponent', 'max_tokens=1e3', 'dsn-option-value', 'the option max_tokens'],
  ['a negative price', 'price_in=-1', 'dsn-option-value', 'the option price_in'],
  ['a price with a currency', 'price_out=K%24', 'dsn-option-value', 'the option price_out'],
  ['a price beyond belief', 'price_out=1000001', 'dsn-option-value', 'the option price_out'],
  ['insecure without value', 'insecure', 'dsn-option-value', 'the option insecure'],
  ['insecure=maybe', 'insecure=K', 'dsn-option-value', 'the option insecure'],
  ['an empty model', 'model=', 'dsn-option-value', 'the option model'],
  ['a blank model', 'model=%20', 'dsn-option-value', 'the option model'],
  ['two models in model', 'model=a,K', 'dsn-option-value', 'the option model', 'models='],
  ['an empty name in models', 'models=K,,b', 'dsn-option-value', 'the option models'],
  ['the key itself in key_env', 'key_env=gsk_K', 'dsn-option-value', 'the option key_env'],
  ['another key itself in key_env', 'key_env=K', 'dsn-option-value', 'the option key_env'],
  ['no name of a variable in key_env', 'key_env=MY-KEY', 'dsn-option-value', 'the option key_env'],
  ['an empty key_cmd', 'key_cmd=', 'dsn-option-value', 'the option key_cmd'],
  ['a slash in the deployment', 'deployment=a/K', 'dsn-option-value', 'the option deployment'],
  ['.. as deployment', 'deployment=..', 'dsn-option-value', 'the option deployment'],
  ['an API version with a delimiter', 'api_version=K%26x', 'dsn-option-value', 'the option api_version'],
  ['a region that is a host', 'region=K.evil.de', 'dsn-option-value', 'the option region'],
  ['an organisation with a space', 'org=K x', 'dsn-option-value', 'the option org'],
  ['a proxy of another kind', 'proxy=socks5://K:1080', 'dsn-option-value', 'the option proxy'],
  ['a proxy without scheme', 'proxy=K:3128', 'dsn-option-value', 'the option proxy'],
  ['a proxy with a path', 'proxy=http://K/x', 'dsn-option-value', 'the option proxy'],
  ['a proxy with a bad port', 'proxy=http://u:K%40p:99999', 'dsn-option-value', 'the option proxy'],
  ['an option given twice', 'model=K&model=x', 'dsn-duplicate-option', 'the option model'],
  ['a header without name', 'header.=K', 'dsn-header', inName],
  ['a space in the name of a header', 'header.X%20Y=K', 'dsn-header', inName],
  ['a header that frames the request', 'header.Transfer-Encoding=K', 'dsn-header', inName],
  ['a line end in a header', 'header.X=%0d%0aK', 'dsn-control-character', 'a header.<Name> option'],
  ['a line end in the name of a header', 'header.X%0d%0aK=1', 'dsn-control-character', 'the options'],
  ['a NUL in the query', 'query.x=%00K', 'dsn-control-character', 'a query.<name> option'],
  ['a header that cannot be sent', 'header.X=K€', 'dsn-header', 'a header.<Name> option'],
  ['an empty header', 'header.X=', 'dsn-option-value', 'a header.<Name> option'],
];

describe('parseDsn refuses', () => {
  const rows = [
    ...refused.map(([name, text, code, part, at, mend]) => {
      return { name, text: text.replaceAll('K', canary), code, part, at, mend };
    }),
    ...badOption.map(([name, option, code, part, mend]) => {
      const text = `custom://h?${option.replaceAll('K', canary)}`;
      const value = text.includes('=') ? text.indexOf('=') + 1 : text.length;
      return { name, text, code, part, at: part === inName ? 12 : value + 1, mend };
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
    ['a key beyond ASCII', 'openai://%C3%BCé@h', 'üé'],
    ['a key beyond Latin-1 where it is no header', 'custom://%C3%BC€@h', 'ü€'],
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
    ['a blank credential that need not be there', 'custom://%20@h', 'dsn-empty-credential'],
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

  it.each(['custom://@h', 'custom://%20@h', 'ollama://%C2%A0:@h'])(
    'an empty credential as none: %s',
    (text) => {
      expect(parse(text).credential()).toBeNull();
    },
  );
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
