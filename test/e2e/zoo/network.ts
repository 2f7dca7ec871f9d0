import { atName, good, page, secured, trusting, zooKey } from '../../fakes/zoo.js';
import { pem } from '../../providers/http/network-rig.js';
import type { Animal } from './animal.js';

const plain = (host: string, query = ''): string => `openai+http://${zooKey}@${host}/v1${query}`;
const tls = (host: string, query = `?${trusting}`): string =>
  `openai+https://${zooKey}@${atName(host)}/v1${query}`;
const proxied = (host: string): string => `proxy=${encodeURIComponent(`http://${host}`)}`;

const mutual = { requestCert: true, rejectUnauthorized: true, ca: pem('ca') };

/** What is wrong, or right, on the way to a server. */
export const networkAnimals: readonly Animal[] = [
  {
    name: 'a host name that nobody knows',
    start: () => `openai://${zooKey}@nowhere.invalid/v1`,
    status: 'fail',
    reached: 'configured',
    kind: 'unreachable',
    says: /host name is unknown/,
    hint: /nowhere\.invalid.*host name spelled right/,
  },
  {
    name: 'a closed port',
    start: () => plain('127.0.0.1:1'),
    status: 'fail',
    reached: 'configured',
    kind: 'unreachable',
    says: /refused the connection/,
    hint: /127\.0\.0\.1:1.*is it running, and is the port right/,
  },
  {
    name: 'a server that takes the connection and never answers',
    start: async (zoo) => plain(await zoo.raw(() => {})),
    status: 'fail',
    reached: 'reachable',
    kind: 'timeout',
    says: /not done within 2.5s/,
    hint: /stuck or overloaded.*--check-timeout/,
  },
  {
    name: 'the same where no key is asked for',
    start: async (zoo) => `ollama://${await zoo.raw(() => {})}`,
    status: 'fail',
    reached: 'configured',
    kind: 'timeout',
    says: /not done within 2.5s/,
    hint: /--check-timeout/,
  },
  {
    name: 'a server that is slower than the DSN allows',
    start: async (zoo) =>
      plain(
        await zoo.http((request, response) => void setTimeout(secured, 1500, request, response)),
        '?timeout=200ms',
      ),
    status: 'fail',
    reached: 'reachable',
    kind: 'timeout',
    says: /no whole answer within 200ms/,
    hint: /more time with timeout= in its DSN/,
  },
  {
    name: 'the same where no key is asked for, by the head of its answer',
    start: async (zoo) => `vllm://${await zoo.raw(() => {})}?first_token_timeout=200ms`,
    status: 'fail',
    reached: 'configured',
    kind: 'timeout',
    says: /no answer within 200ms/,
    hint: /more time with first_token_timeout= in its DSN/,
  },
  {
    name: 'a handshake that takes longer than the DSN allows',
    start: async (zoo) => tls(await zoo.raw(() => {}), '?connect_timeout=200ms'),
    status: 'fail',
    reached: 'configured',
    kind: 'timeout',
    says: /no connection within 200ms/,
    hint: /\+http after the scheme.*connect_timeout=/,
  },
  {
    name: 'a slow server',
    start: async (zoo) =>
      plain(await zoo.http((request, response) => void setTimeout(secured, 400, request, response))),
    status: 'pass',
    reached: 'credential',
    httpStatus: 200,
  },
  {
    name: 'a server that hangs up',
    start: async (zoo) => plain(await zoo.raw((socket) => socket.destroy())),
    status: 'fail',
    reached: 'reachable',
    kind: 'network',
    says: /closed the connection/,
    hint: /\+https/,
  },
  {
    name: 'a good certificate',
    start: async (zoo) => tls(await zoo.https('localhost')),
    status: 'pass',
    reached: 'credential',
    httpStatus: 200,
  },
  ...[
    { life: 90, left: 30.5, says: null },
    { life: 90, left: 14.5, says: null },
    { life: 90, left: 13.5, says: /^its certificate ends in 13 days$/ },
    { life: 45, left: 11.5, says: null },
    { life: 45, left: 10.5, says: /^its certificate ends in 10 days$/ },
    { life: 6, left: 1.6, says: null },
    { life: 6, left: 1.4, says: /^its certificate ends in 1 day$/ },
    { life: 365, left: 0.5, says: /^its certificate ends today$/ },
  ].map(
    ({ life, left, says }): Animal => ({
      name: `a certificate of ${life} days, ${left} of them left`,
      start: async (zoo) => {
        const { host, query } = await zoo.dated(life, left);
        return tls(host, query);
      },
      reached: 'credential',
      httpStatus: 200,
      ...(says === null ? { status: 'pass' } : { status: 'warn', says, hint: /^renew it/ }),
    }),
  ),
  {
    name: 'a wrong key behind a certificate that ends soon',
    start: async (zoo) => {
      const { host, query } = await zoo.dated(90, 2);
      return `openai+https://sk-canary-another-one-0123456@${atName(host)}/v1${query}`;
    },
    status: 'fail',
    reached: 'reachable',
    kind: 'auth',
    httpStatus: 401,
    hint: /check the key/,
  },
  {
    name: 'a certificate that has expired',
    start: async (zoo) => tls(await zoo.https('expired')),
    status: 'fail',
    reached: 'configured',
    kind: 'misconfigured',
    says: /has expired/,
    hint: /new certificate.*clock/,
  },
  {
    name: 'a certificate for another host',
    start: async (zoo) => tls(await zoo.https('other-host')),
    status: 'fail',
    reached: 'configured',
    kind: 'misconfigured',
    says: /another host name/,
    hint: /use the host name/,
  },
  {
    name: 'a certificate that has signed itself',
    start: async (zoo) => tls(await zoo.https('self-signed')),
    status: 'fail',
    reached: 'configured',
    kind: 'misconfigured',
    says: /no trusted authority/,
    hint: /ca_file=/,
  },
  {
    name: 'an authority that this machine does not know',
    start: async (zoo) => tls(await zoo.https('localhost'), ''),
    status: 'fail',
    reached: 'configured',
    kind: 'misconfigured',
    says: /no trusted authority/,
    hint: /ca_file=/,
  },
  ...[
    { version: '1.3', reached: 'reachable', options: mutual },
    { version: '1.2', reached: 'configured', options: { ...mutual, maxVersion: 'TLSv1.2' } as const },
  ].map(
    ({ version, reached, options }): Animal => ({
      name: `a server that wants a client certificate, with TLS ${version}`,
      start: async (zoo) => tls(await zoo.https('localhost', options)),
      status: 'fail',
      reached,
      kind: 'misconfigured',
      says: /wants a client certificate/,
      hint: /no client certificate to show: put a proxy before/,
    }),
  ),
  {
    name: 'the same as nginx says it',
    start: async (zoo) => plain(await zoo.api(() => page(400, '400 No required SSL certificate was sent'))),
    status: 'fail',
    reached: 'reachable',
    kind: 'misconfigured',
    httpStatus: 400,
    says: /No required SSL certificate/,
    hint: /no client certificate to show: put a proxy before/,
  },
  {
    name: 'a server that speaks TLS 1.0 alone',
    start: async (zoo) =>
      tls(
        await zoo.https('localhost', {
          minVersion: 'TLSv1',
          maxVersion: 'TLSv1',
          ciphers: 'DEFAULT@SECLEVEL=0',
        }),
      ),
    status: 'fail',
    reached: 'configured',
    kind: 'misconfigured',
    says: /version of TLS that is too old/,
    hint: /1\.2 or later/,
  },
  {
    name: 'TLS to a port without',
    start: async (zoo) => tls(await zoo.api(good)),
    status: 'fail',
    reached: 'configured',
    kind: 'misconfigured',
    says: /does not speak TLS/,
    hint: /\+http after the scheme/,
  },
  {
    name: 'no TLS to a port with',
    start: async (zoo) => plain(await zoo.https('localhost')),
    status: 'fail',
    reached: 'reachable',
    kind: 'network',
    says: /closed the connection/,
    hint: /\+https after the scheme/,
  },
  {
    name: 'a server that is not HTTP',
    start: async (zoo) => plain(await zoo.raw((socket) => socket.end('SSH-2.0-OpenSSH_9.6\r\n'))),
    status: 'fail',
    reached: 'reachable',
    kind: 'misconfigured',
    says: /does not speak HTTP/,
    hint: /host and the port/,
  },
  {
    name: 'the same where no key is asked for',
    start: async (zoo) => `ollama://${await zoo.raw((socket) => socket.end('SSH-2.0-OpenSSH_9.6\r\n'))}`,
    status: 'fail',
    reached: 'configured',
    kind: 'misconfigured',
    says: /does not speak HTTP/,
    hint: /host and the port/,
  },
  {
    name: 'a redirect',
    start: async (zoo) =>
      plain(
        await zoo.api(() => ({
          status: 301,
          contentType: 'text/plain',
          headers: { location: 'https://new.example/v1/models?key=canary' },
          parts: [],
        })),
      ),
    status: 'fail',
    reached: 'reachable',
    kind: 'misconfigured',
    httpStatus: 301,
    says: /redirect to https:\/\/new\.example, not followed/,
    hint: /check scheme, host, port and path/,
  },
  {
    name: 'a Unix socket',
    start: async (zoo) => `openai+unix://${zooKey}@${await zoo.socket(secured)}/v1`,
    status: 'pass',
    reached: 'credential',
    httpStatus: 200,
  },
  {
    name: 'a Unix socket that is not there',
    start: () => `openai+unix://${zooKey}@${encodeURIComponent('/nowhere/llm.sock')}/v1`,
    status: 'fail',
    reached: 'configured',
    kind: 'unreachable',
    says: /socket does not exist/,
    hint: /is it running, and is the path right/,
  },
  ...(['https', 'http'] as const).flatMap((scheme): Animal[] => {
    const through = (name: string, user: string): Pick<Animal, 'name' | 'start'> => ({
      name: `${name} before a server with ${scheme}`,
      start: async (zoo) => {
        const way = proxied(`${user}${await zoo.proxy('me:right')}`);
        if (scheme === 'https') return tls(await zoo.https('localhost'), `?${trusting}&${way}`);
        return plain(await zoo.api(good), `?${way}`);
      },
    });
    const refused = {
      status: 'fail',
      reached: 'configured',
      kind: 'misconfigured',
      httpStatus: 407,
      hint: /http:\/\/USER:PASSWORD@HOST:PORT/,
    } as const;
    return [
      { ...through('a proxy, with its password,', 'me:right@'), status: 'pass', reached: 'credential' },
      { ...through('a proxy, without its password,', ''), ...refused, says: /wants a user and a password/ },
      {
        ...through('a proxy, with a wrong password,', 'me:wrong@'),
        ...refused,
        says: /does not accept the user/,
      },
      {
        name: `a proxy before nobody, with ${scheme}`,
        start: async (zoo) => {
          const way = proxied(await zoo.proxy());
          return scheme === 'https'
            ? tls('127.0.0.1:1', `?${trusting}&${way}`)
            : plain('127.0.0.1:1', `?${way}`);
        },
        status: 'fail',
        reached: 'configured',
        kind: scheme === 'https' ? 'unreachable' : 'server-error',
        httpStatus: 502,
        hint: /host and port right|does the proxy, .*, reach it/,
      },
    ];
  }),
  {
    name: 'a proxy that is not there',
    start: () => tls('gateway.corp', `?${proxied('me:secret@127.0.0.1:1')}`),
    status: 'fail',
    reached: 'configured',
    kind: 'unreachable',
    says: /the proxy 127\.0\.0\.1:1 refused the connection/,
    hint: /port right\? It is named by the option proxy=/,
  },
  {
    name: 'a proxy that never opens its tunnel',
    start: async (zoo) => tls('gateway.corp', `?connect_timeout=200ms&${proxied(await zoo.raw(() => {}))}`),
    status: 'fail',
    reached: 'configured',
    kind: 'timeout',
    says: /still waiting for the tunnel of the proxy 127\.0\.0\.1:\d+/,
    hint: /named by the option proxy=.*connect_timeout=/,
  },
];
