import { atName, good, secured, trusting, zooKey } from '../../fakes/zoo.js';
import type { Animal } from './animal.js';

const plain = (host: string, query = ''): string => `openai+http://${zooKey}@${host}/v1${query}`;
const tls = (host: string, query = `?${trusting}`): string =>
  `openai+https://${zooKey}@${atName(host)}/v1${query}`;
const proxied = (host: string): string => `proxy=${encodeURIComponent(`http://${host}`)}`;

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
        hint: /host and port right|status page/,
      },
    ];
  }),
];
