import { createServer as createHttpServer, type IncomingMessage, type Server } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { connect, type Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import { proxyFor } from '../../../src/providers/http/proxy.js';
import {
  certificate,
  clientFor,
  closedAfter,
  failureOf,
  listen,
  pemPath,
  rawServer,
  requestWith,
  until,
  whole,
} from './network-rig.js';

const caFile = pemPath('ca');

interface TestProxy {
  readonly port: number;
  readonly seen: string[];
}

/** A small proxy; everything is sent to `target`, whatever host was asked for. */
async function proxyServer({
  target,
  password,
  tls = false,
}: {
  target: number;
  password?: string;
  tls?: boolean;
}): Promise<TestProxy> {
  const seen: string[] = [];
  const expected = password && `Basic ${Buffer.from(password).toString('base64')}`;
  const allowed = (request: IncomingMessage) =>
    !expected || request.headers['proxy-authorization'] === expected;
  const server: Server = tls ? createHttpsServer(certificate('localhost')) : createHttpServer();
  server.on('request', (request, reply) => {
    seen.push(`${request.method} ${request.url} ${request.headers.host}`);
    if (!allowed(request)) reply.writeHead(407).end();
    else reply.end('by proxy');
  });
  server.on('connect', (request: IncomingMessage, socket: Socket) => {
    seen.push(`CONNECT ${request.url}`);
    if (!allowed(request)) return void socket.end('HTTP/1.1 407 Nope\r\ncontent-length: 0\r\n\r\n');
    const upstream = connect(target, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection established\r\nvia: test\r\n\r\n');
      upstream.pipe(socket).pipe(upstream);
    });
    upstream.on('error', () => socket.destroy());
    socket.on('error', () => upstream.destroy());
    socket.on('close', () => upstream.destroy());
  });
  return { port: await listen(server), seen };
}

async function httpsTarget(): Promise<number> {
  return listen(
    createHttpsServer(certificate('localhost'), (request, reply) => {
      reply.end(`secured ${request.headers['proxy-authorization'] ?? 'alone'}`);
    }),
  );
}

describe('a request through a proxy', () => {
  it.each([
    { name: 'without a password', user: '', password: undefined },
    { name: 'with user and password', user: 'user:p%40ss%3A%C3%BC@', password: 'user:p@ss:ü' },
    { name: 'with a user alone', user: 'token@', password: 'token:' },
    { name: 'with a literal percent sign', user: 'user:5%25%@', password: 'user:5%25%' },
  ])('goes in absolute form to http and by tunnel to https, $name', async ({ user, password }) => {
    const target = await httpsTarget();
    const proxy = await proxyServer({ target, ...(password ? { password } : {}) });
    const own = `http://${user}127.0.0.1:${proxy.port}`;
    const plain = clientFor('http://api.example:8080', { proxy: own });
    expect(await whole(await plain.request(requestWith({ path: '/v1/x?a=b' })))).toBe('by proxy');
    const secured = clientFor(`https://localhost:${target}`, { proxy: own, caFile });
    expect(await whole(await secured.request(requestWith()))).toBe('secured alone');
    expect(await whole(await secured.request(requestWith()))).toBe('secured alone');
    expect(proxy.seen).toEqual([
      'POST http://api.example:8080/v1/x?a=b api.example:8080',
      `CONNECT localhost:${target}`,
    ]);
  });

  it('reaches an https proxy too, verifying it', async () => {
    const target = await httpsTarget();
    const proxy = await proxyServer({ target, tls: true });
    const own = `https://localhost:${proxy.port}`;
    const plain = clientFor('http://api.example', { proxy: own, caFile });
    expect(await whole(await plain.request(requestWith()))).toBe('by proxy');
    const secured = clientFor(`https://localhost:${target}`, { proxy: own, caFile });
    expect(await whole(await secured.request(requestWith()))).toBe('secured alone');
    const untrusting = clientFor(`https://localhost:${target}`, { proxy: own });
    const error = await failureOf(untrusting.request(requestWith()));
    expect(error).toMatchObject({ kind: 'misconfigured', message: expect.stringContaining('the proxy') });
  });

  it('writes an IPv6 target in brackets', async () => {
    const proxy = await proxyServer({ target: 1 });
    await failureOf(
      clientFor('https://[::1]:444', { proxy: `127.0.0.1:${proxy.port}` }).request(requestWith()),
    );
    expect(proxy.seen).toEqual(['CONNECT [::1]:444']);
  });

  it.each([
    { name: 'none is given', user: '', says: 'wants a user' },
    { name: 'a wrong one is given', user: 'me:sk-secret@', says: 'does not accept' },
  ])('is misconfigured when the proxy wants a password and $name', async ({ user, says }) => {
    const proxy = await proxyServer({ target: 1, password: 'me:right' });
    for (const origin of ['http://api.example', 'https://api.example']) {
      const client = clientFor(origin, { proxy: `http://${user}127.0.0.1:${proxy.port}` });
      const error = await failureOf(client.request(requestWith()));
      expect(error).toMatchObject({ kind: 'misconfigured', httpStatus: 407 });
      expect(error.message).toContain(says);
      expect(JSON.stringify([error, error.stack, error.cause])).not.toMatch(/secret|127\.0\.0\.1/);
    }
  });

  it.each([
    { name: 'refuses the password', user: 'me:sk-secret@', says: 'does not accept' },
    { name: 'wants one', user: '', says: 'wants a user' },
  ])('is misconfigured when the proxy $name with 401, as tinyproxy does', async ({ user, says }) => {
    const proxy = await rawServer((socket) =>
      socket.write(
        'HTTP/1.1 401 Unauthorized\r\nServer: tinyproxy/1.11\r\nWWW-Authenticate: Basic realm="x"\r\ncontent-length: 0\r\n\r\n',
      ),
    );
    for (const origin of ['http://api.example', 'https://api.example']) {
      const client = clientFor(origin, { proxy: `http://${user}127.0.0.1:${proxy.port}` });
      const headers = { authorization: 'Bearer sk-key' };
      const error = await failureOf(client.request(requestWith({ headers })));
      expect(error).toMatchObject({ kind: 'misconfigured', httpStatus: 401 });
      expect(error.message).toContain(says);
      expect(error.hint).toContain('USER:PASSWORD@');
      expect(JSON.stringify([error, error.stack, error.cause])).not.toMatch(/secret|sk-key|127\.0\.0\.1/);
    }
  });

  const bearer = 'Bearer sk-key';
  it.each([
    { name: 'wants a bearer token', challenge: 'WWW-Authenticate: Bearer', authorization: bearer },
    {
      name: 'wants a token or a password',
      challenge: 'WWW-Authenticate: Bearer realm="x", Basic realm="x"',
      authorization: bearer,
    },
    {
      name: 'wants either, in two headers',
      challenge: 'WWW-Authenticate: Basic realm="x"\r\nWWW-Authenticate: Bearer',
      authorization: bearer,
    },
    { name: 'does not say what it wants', challenge: 'x: y', authorization: bearer },
    {
      name: 'refuses a password of its own',
      challenge: 'WWW-Authenticate: Basic realm="x"',
      authorization: 'Basic bWU6eA==',
    },
  ])('is answered with the 401 of a server that $name', async ({ challenge, authorization }) => {
    const proxy = await rawServer((socket) =>
      socket.write(`HTTP/1.1 401 Unauthorized\r\n${challenge}\r\ncontent-length: 0\r\n\r\n`),
    );
    const client = clientFor('http://api.example', { proxy: `http://me:x@127.0.0.1:${proxy.port}` });
    expect((await client.request(requestWith({ headers: { authorization } }))).status).toBe(401);
  });

  it.each([
    { name: 'nobody listens', proxy: 'http://127.0.0.1:1' },
    { name: 'its name is unknown', proxy: 'http://nowhere.invalid:8080' },
  ])('is unreachable when $name at the proxy, and says that it is the proxy', async ({ proxy }) => {
    for (const origin of ['http://api.example', 'https://api.example']) {
      const error = await failureOf(clientFor(origin, { proxy }).request(requestWith()));
      const { host } = new URL(proxy);
      expect(error).toMatchObject({
        kind: 'unreachable',
        message: expect.stringContaining(`the proxy ${host} `),
      });
      expect(error.hint).toMatch(/right\? It is named by the option proxy=/);
    }
  });

  it('says of an https proxy without TLS that its own URL is wrong, and who holds that', async () => {
    const { port } = await proxyServer({ target: 1 });
    const env = { HTTPS_PROXY: `https://me:secret@127.0.0.1:${port}` };
    const client = clientFor('https://api.example', { env, loopback: false });
    const error = await failureOf(client.request(requestWith()));
    expect(error).toMatchObject({ kind: 'misconfigured', rawCode: 'ERR_SSL_WRONG_VERSION_NUMBER' });
    expect(error.message).toBe(`the proxy 127.0.0.1:${port} does not speak TLS on this port`);
    expect(error.hint).toMatch(/^write http:\/\/ in its URL.*the variable HTTPS_PROXY$/);
    expect(JSON.stringify([error, error.stack, error.cause])).not.toContain('secret');
  });

  it.each([
    { name: 'cannot reach the server', answer: 'HTTP/1.1 502 Bad Gateway\r\n\r\n', kind: 'unreachable' },
    { name: 'forbids it', answer: 'HTTP/1.1 403 Forbidden\r\n\r\n', kind: 'misconfigured' },
    { name: 'is none', answer: 'SSH-2.0-x\r\n\r\n', kind: 'misconfigured' },
    {
      name: 'sends an endless head',
      answer: `HTTP/1.1 200 OK\r\nx: ${'y'.repeat(40_000)}`,
      kind: 'misconfigured',
    },
    { name: 'hangs up', answer: '', kind: 'network' },
  ])('is $kind when the proxy $name', async ({ answer, kind }) => {
    const proxy = await rawServer((socket) => (answer === '' ? socket.end() : socket.write(answer)));
    const client = clientFor('https://api.example', { proxy: `http://127.0.0.1:${proxy.port}` });
    const error = await failureOf(client.request(requestWith()));
    expect(error).toMatchObject({ kind, message: expect.stringContaining('the proxy') });
    expect(await closedAfter(proxy.sockets[0] as Socket)).toBeLessThan(500);
  });

  it('that is aborted, or too slow, while the tunnel opens leaves no connection', async () => {
    const proxy = await rawServer(() => {});
    const client = clientFor('https://api.example', { proxy: `http://127.0.0.1:${proxy.port}` });
    const controller = new AbortController();
    const reason = new Error('enough');
    const pending = client.request(requestWith({ signal: controller.signal }));
    await until(() => (proxy.received[0]?.length ?? 0) > 0);
    controller.abort(reason);
    await expect(pending).rejects.toBe(reason);
    expect(await closedAfter(proxy.sockets[0] as Socket)).toBeLessThan(100);
    const error = await failureOf(client.request(requestWith({ connectTimeoutMs: 100 })));
    expect(error).toMatchObject({
      kind: 'timeout',
      phase: 'connect',
      message: expect.stringContaining('proxy'),
    });
    expect(error.hint).toMatch(/the option proxy=; .*connect_timeout=/);
    expect(await closedAfter(proxy.sockets[1] as Socket)).toBeLessThan(100);
  });

  it.each([401, 407])('passes a %i of the server itself on when there is no proxy', async (status) => {
    const server = await rawServer((socket) =>
      socket.write(`HTTP/1.1 ${status} x\r\nwww-authenticate: Basic realm="x"\r\ncontent-length: 0\r\n\r\n`),
    );
    const response = await clientFor(`http://127.0.0.1:${server.port}`).request(requestWith());
    expect(response.status).toBe(status);
  });
});

describe('the proxy of the environment', () => {
  it('is used, and loopback is not proxied by it', async () => {
    const proxy = await proxyServer({ target: 1 });
    const env = { http_proxy: `http://127.0.0.1:${proxy.port}` };
    const remote = clientFor('http://api.example', { env, loopback: false });
    expect(await whole(await remote.request(requestWith()))).toBe('by proxy');
    const server = await rawServer((socket) =>
      socket.write('HTTP/1.1 200 OK\r\ncontent-length: 6\r\n\r\ndirect'),
    );
    const local = clientFor(`http://127.0.0.1:${server.port}`, { env, loopback: true });
    expect(await whole(await local.request(requestWith()))).toBe('direct');
  });

  const chosen = (origin: string, env: Record<string, string>, local = false) =>
    proxyFor({ target: new URL(origin), own: null, local, envLookup: (name) => env[name] })?.hostname ?? null;

  it.each([
    { name: 'HTTP_PROXY for http', origin: 'http://a.example', env: { HTTP_PROXY: 'http://p' }, proxy: 'p' },
    {
      name: 'HTTPS_PROXY for https',
      origin: 'https://a.example',
      env: { HTTPS_PROXY: 'http://p' },
      proxy: 'p',
    },
    {
      name: 'the lower case first',
      origin: 'https://a.example',
      env: { https_proxy: 'http://p', HTTPS_PROXY: 'http://q' },
      proxy: 'p',
    },
    {
      name: 'the upper case if the lower is empty',
      origin: 'https://a.example',
      env: { https_proxy: '', HTTPS_PROXY: 'http://q' },
      proxy: 'q',
    },
    {
      name: 'a proxy without scheme',
      origin: 'https://a.example',
      env: { https_proxy: 'p.corp:8080' },
      proxy: 'p.corp',
    },
    {
      name: 'no HTTP_PROXY for https',
      origin: 'https://a.example',
      env: { HTTP_PROXY: 'http://p' },
      proxy: null,
    },
    { name: 'ALL_PROXY for https', origin: 'https://a.example', env: { ALL_PROXY: 'http://p' }, proxy: 'p' },
    { name: 'all_proxy for http', origin: 'http://a.example', env: { all_proxy: 'p:1' }, proxy: 'p' },
    {
      name: 'the one of the scheme before the one of all',
      origin: 'https://a.example',
      env: { all_proxy: 'http://q', HTTPS_PROXY: 'http://p' },
      proxy: 'p',
    },
    {
      name: 'none where the one of all is excepted',
      origin: 'https://a.example',
      env: { ALL_PROXY: 'http://p', NO_PROXY: 'a.example' },
      proxy: null,
    },
    { name: 'none at all', origin: 'https://a.example', env: {}, proxy: null },
  ])('is $name', ({ origin, env, proxy }) => {
    expect(chosen(origin, env as Record<string, string>)).toBe(proxy);
  });

  it.each([
    { noProxy: '*', origin: 'https://a.example', excepted: true },
    { noProxy: 'b.example, a.example', origin: 'https://a.example', excepted: true },
    { noProxy: 'example', origin: 'https://a.example', excepted: true },
    { noProxy: '.example', origin: 'https://a.example', excepted: true },
    { noProxy: '*.example', origin: 'https://a.example', excepted: true },
    { noProxy: 'A.Example.', origin: 'https://a.example', excepted: true },
    { noProxy: 'ample', origin: 'https://a.example', excepted: false },
    { noProxy: 'a.example:443', origin: 'https://a.example', excepted: true },
    { noProxy: 'a.example:8443', origin: 'https://a.example', excepted: false },
    { noProxy: 'a.example:8443', origin: 'https://a.example:8443', excepted: true },
    { noProxy: '10.0.0.0/8', origin: 'https://10.1.2.3', excepted: true },
    { noProxy: '10.0.0.0/8', origin: 'https://11.1.2.3', excepted: false },
    { noProxy: '10.0.0.0/99', origin: 'https://10.1.2.3', excepted: false },
    { noProxy: '1.2.3', origin: 'https://9.1.2.3', excepted: false },
    { noProxy: 'fd00::/8', origin: 'https://[fd00::1]', excepted: true },
    { noProxy: '[fd00::1]:443', origin: 'https://[fd00::1]', excepted: true },
    { noProxy: 'fd00::1', origin: 'https://[fd00::1]', excepted: true },
    { noProxy: ' , ', origin: 'https://a.example', excepted: false },
  ])('with NO_PROXY=$noProxy and $origin: excepted $excepted', ({ noProxy, origin, excepted }) => {
    expect(chosen(origin, { HTTPS_PROXY: 'http://p', NO_PROXY: noProxy })).toBe(excepted ? null : 'p');
    expect(chosen(origin, { HTTPS_PROXY: 'http://p', no_proxy: noProxy })).toBe(excepted ? null : 'p');
  });

  it('does not count beside the endpoint’s own, which is used for loopback too', () => {
    const own = proxyFor({
      target: new URL('http://127.0.0.1'),
      own: 'http://own:3128',
      local: true,
      envLookup: (name) => ({ http_proxy: 'http://p', no_proxy: '*' })[name],
    });
    expect(own).toMatchObject({ hostname: 'own', port: 3128 });
  });
});

describe('a proxy URL that cannot be used', () => {
  it.each([
    { name: 'no URL', text: 'http://me:sk-secret@' },
    { name: 'a raw # in the password', text: 'http://me:12#secret@host:80' },
    { name: 'a raw / in the password', text: 'http://me:12/secret@host:80' },
    { name: 'a SOCKS proxy', text: 'socks5://me:secret@host:1080' },
    { name: 'a port out of range', text: 'http://secret:99999' },
  ])('($name) is misconfigured, names its source and nothing of it', ({ text }) => {
    const target = new URL('https://a.example');
    for (const [question, source] of [
      [{ own: text, envLookup: () => undefined }, 'proxy='],
      [
        { own: null, envLookup: (name: string) => (name === 'HTTPS_PROXY' ? text : undefined) },
        'HTTPS_PROXY',
      ],
    ] as const) {
      let error: unknown;
      try {
        proxyFor({ target, local: false, ...question });
      } catch (thrown) {
        error = thrown;
      }
      expect(error).toMatchObject({ kind: 'misconfigured', message: expect.stringContaining(source) });
      const { stack, cause } = error as Error;
      expect(JSON.stringify([error, stack, cause])).not.toContain('secret');
    }
  });
});
