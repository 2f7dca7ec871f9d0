import { type FakeReply, jsonReply } from '../../fakes/loopback.js';
import { list, listed, page } from '../../fakes/zoo.js';
import type { Animal } from './animal.js';

const plainText = (status: number, text: string, headers: Record<string, string> = {}): FakeReply => ({
  status,
  contentType: 'text/plain',
  headers,
  parts: text === '' ? [] : [text],
});
const at =
  (reply: FakeReply, scheme = 'vllm'): Animal['start'] =>
  async (zoo) =>
    `${scheme}://${await zoo.api(() => reply)}`;
const through =
  (reply: FakeReply): Animal['start'] =>
  async (zoo) =>
    `vllm+http://gateway.corp:8000/v1?proxy=${encodeURIComponent(`http://me:secret@${await zoo.api(() => reply)}`)}`;

const doubtful = { status: 'warn', reached: 'reachable' } as const;
const noList = /either the API is not at http:.*; or it has no list of models.*--probe/;

interface Said extends Pick<Animal, 'kind' | 'says' | 'hint'> {
  readonly what: string;
  readonly reply: FakeReply;
}

/** What is no answer of an API, or of one that cannot answer now. */
const doubts: readonly Said[] = [
  {
    what: 'a gateway that is in trouble',
    reply: page(502, '502 Bad Gateway'),
    kind: 'server-error',
    says: /502 Bad Gateway/,
    hint: /fault is with the server/,
  },
  {
    what: 'a server that loads its model',
    reply: jsonReply(503, { error: { code: 503, message: 'Loading model', type: 'unavailable_error' } }),
    kind: 'overloaded',
    says: /^Loading model$/,
    hint: /loads its model: check again in a minute/,
  },
  {
    what: 'an error of the server',
    reply: jsonReply(500, { error: 'boom' }),
    kind: 'server-error',
    says: /^boom$/,
    hint: /look at its log/,
  },
  {
    what: 'a page that is not found',
    reply: page(404, '404 Not Found'),
    kind: 'misconfigured',
    says: /no list of models \(HTTP 404\).*404 Not Found/,
    hint: noList,
  },
  {
    what: 'the same as a plain text',
    reply: plainText(404, '404 page not found'),
    kind: 'misconfigured',
    says: /404 page not found/,
    hint: noList,
  },
  {
    what: 'somebody’s welcome',
    reply: page(200, 'Welcome to nginx!'),
    kind: 'misconfigured',
    says: /web page.*Welcome to nginx!/,
    hint: /the API is not at http:/,
  },
  {
    what: 'a plain text',
    reply: plainText(200, 'OK'),
    kind: 'misconfigured',
    says: /no list of models/,
    hint: /base path/,
  },
  {
    what: 'the way to a login',
    reply: plainText(302, '', { location: 'https://login.corp/?secret' }),
    kind: 'misconfigured',
    says: /redirect to https:\/\/login\.corp, not followed/,
    hint: /the API is not at http:/,
  },
  {
    what: 'a refusal without a word',
    reply: plainText(403, ''),
    kind: 'auth',
    says: /HTTP 403 without a message/,
    hint: /wants a key.*lets in only some hosts/,
  },
];

const byProxy: readonly Said[] = [
  {
    what: 'a policy',
    reply: page(403, 'Access denied by policy'),
    kind: 'misconfigured',
    hint: /does the proxy, 127\.0\.0\.1:\d+, which is named by the option proxy=, let this program through/,
  },
  { what: 'a page that is not found', reply: page(404, 'Not Found'), kind: 'misconfigured', hint: noList },
  { what: 'a portal', reply: page(200, 'Sign in'), kind: 'misconfigured', hint: /does the proxy/ },
  {
    what: 'the way to a portal',
    reply: plainText(302, '', { location: 'http://captive.portal/' }),
    kind: 'misconfigured',
    hint: /does the proxy/,
  },
];

/** Servers of one's own, which nothing but an answer proves to be there. */
export const keylessAnimals: readonly Animal[] = [
  ...doubts.map(
    ({ what, reply, ...told }): Animal => ({
      name: `${what} where an API without a key should be`,
      start: at(reply),
      ...doubtful,
      httpStatus: reply.status,
      ...told,
    }),
  ),
  ...byProxy.map(
    ({ what, reply, ...told }): Animal => ({
      name: `${what} that a proxy may have in place of an API without a key`,
      start: through(reply),
      ...doubtful,
      httpStatus: reply.status,
      says: /\(perhaps said by the proxy\)$/,
      ...told,
    }),
  ),
  {
    name: 'a proxy that does not reach an API without a key',
    start: through(page(502, '502 Bad Gateway')),
    status: 'fail',
    reached: 'configured',
    kind: 'server-error',
    httpStatus: 502,
    hint: /is the server running, and does the proxy, 127\.0\.0\.1:\d+,.*reach it/,
  },
  ...[
    jsonReply(404, { detail: 'Not Found' }),
    jsonReply(405, { detail: 'Method Not Allowed' }),
    jsonReply(429, { error: { message: 'too many requests' } }),
    jsonReply(200, { status: 'ok' }),
  ].map(
    (reply): Animal => ({
      name: `an API without a key that has no list of models, by HTTP ${reply.status}`,
      start: at(reply),
      status: 'pass',
      reached: 'reachable',
    }),
  ),
  { name: 'the same through a proxy', start: through(list), status: 'pass', reached: 'reachable' },
  {
    name: 'an API without a key that wants TLS, as Go says it',
    start: at(plainText(400, 'Client sent an HTTP request to an HTTPS server.\n')),
    status: 'fail',
    reached: 'configured',
    kind: 'misconfigured',
    httpStatus: 400,
    says: /HTTPS server/,
    hint: /write \+https after the scheme/,
  },
  {
    name: 'a gateway that is in trouble before a model without a key',
    start: at(page(502, '502 Bad Gateway')),
    model: listed,
    status: 'fail',
    reached: 'reachable',
    kind: 'server-error',
    httpStatus: 502,
    hint: /fault is with the server/,
  },
];
