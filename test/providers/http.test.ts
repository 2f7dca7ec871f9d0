import { spawn } from 'node:child_process';
import dns from 'node:dns';
import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { describe, expect, it, vi } from 'vitest';
import {
  clientFor,
  closedAfter,
  failureOf,
  fullListener,
  listen,
  rawServer,
  requestWith,
  until,
  whole,
} from './http/network-rig.js';

const ok = 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok';
const chunkedStart = 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n';

function abortAfter(delayMs: number, reason: unknown): AbortSignal {
  const controller = new AbortController();
  setTimeout(() => controller.abort(reason), delayMs);
  return controller.signal;
}

describe('a request', () => {
  it('sends method, path, headers and body, and asks for no compression', async () => {
    const server = await rawServer((socket) => socket.write(ok));
    const response = await clientFor(`http://127.0.0.1:${server.port}`).request(
      requestWith({ path: '/v1/chat?a=1', headers: { 'X-One': '1' }, body: '{"a":"ü"}' }),
    );
    expect(await whole(response)).toBe('ok');
    const [head = '', body] = server.received[0]?.split('\r\n\r\n') ?? [];
    expect(head).toMatch(/^POST \/v1\/chat\?a=1 HTTP\/1\.1\r\n/);
    expect(head).toContain(`host: 127.0.0.1:${server.port}`);
    expect(head).toContain('x-one: 1');
    expect(head).toContain('content-length: 10');
    expect(head).toContain('user-agent: majordomo');
    expect(head).not.toContain('accept-encoding');
    expect(Buffer.from(body ?? '', 'latin1').toString('utf8')).toBe('{"a":"ü"}');
  });

  it('lets the caller name itself', async () => {
    const server = await rawServer((socket) => socket.write(ok));
    await clientFor(`http://127.0.0.1:${server.port}`).request(
      requestWith({ headers: { 'User-Agent': 'own/1' } }),
    );
    expect(server.received[0]).toContain('user-agent: own/1');
    expect(server.received[0]).not.toContain('majordomo');
  });

  it('gives header names in lower case and joins repeated ones', async () => {
    const server = await rawServer((socket) =>
      socket.write('HTTP/1.1 200 OK\r\nX-A: 1\r\nx-a: 2\r\n__proto__: x\r\nContent-Length: 0\r\n\r\n'),
    );
    const { headers } = await clientFor(`http://127.0.0.1:${server.port}`).request(requestWith());
    expect(headers['x-a']).toBe('1, 2');
    expect(({} as Record<string, unknown>).x).toBeUndefined();
  });

  it('does not follow a redirect', async () => {
    const other = await rawServer((socket) => socket.write(ok));
    const server = await rawServer((socket) =>
      socket.write(
        `HTTP/1.1 307 Moved\r\nlocation: http://127.0.0.1:${other.port}/\r\ncontent-length: 0\r\n\r\n`,
      ),
    );
    const response = await clientFor(`http://127.0.0.1:${server.port}`).request(requestWith());
    expect(response.status).toBe(307);
    expect(response.headers.location).toBe(`http://127.0.0.1:${other.port}/`);
    expect(other.sockets).toHaveLength(0);
  });

  it('reaches a server at a unix socket, with the origin as Host', async () => {
    const path = join(tmpdir(), `majordomo-${process.pid}-${Math.random().toString(36).slice(2)}.sock`);
    const hosts: unknown[] = [];
    await listen(
      createHttpServer((request, reply) => {
        hosts.push(request.headers.host);
        reply.end('by path');
      }),
      path,
    );
    const client = clientFor('http://localhost', { socketPath: path, proxy: null });
    expect(await whole(await client.request(requestWith()))).toBe('by path');
    expect(hosts).toEqual(['localhost']);
  });

  it.each([
    { name: 'a line break in a value', headers: { 'x-key': 'sk-secret\r\nx: y' } },
    { name: 'a letter outside Latin-1', headers: { 'x-key': 'sk-secret…' } },
    { name: 'a name that is none', headers: { 'sk-secret name': 'x' } },
    { name: 'a header of the connection', headers: { Connection: 'sk-secret' } },
    { name: 'a length of its own', headers: { 'Content-Length': '3' } },
    { name: 'a line break in the path', path: '/sk-secret\r\nx: y' },
    { name: 'a blank in the path', path: '/sk-secret x' },
  ])('refuses $name before anything is sent, without repeating it', async ({ headers = {}, path = '/' }) => {
    const server = await rawServer(() => {});
    const error = await failureOf(
      clientFor(`http://127.0.0.1:${server.port}`).request(requestWith({ headers, path })),
    );
    expect(error.kind).toBe('misconfigured');
    expect(JSON.stringify([error, error.stack, error.cause])).not.toContain('secret');
    expect(server.sockets).toHaveLength(0);
  });
});

describe('a body', () => {
  it.each([
    { name: 'by length', start: 'HTTP/1.1 200 OK\r\ncontent-length: 50\r\n\r\nhello', how: 'end' },
    { name: 'by chunks', start: chunkedStart, how: 'end' },
    {
      name: 'by length, by a reset',
      start: 'HTTP/1.1 200 OK\r\ncontent-length: 50\r\n\r\nhello',
      how: 'reset',
    },
    { name: 'by chunks, by a reset', start: chunkedStart, how: 'reset' },
    { name: 'by the connection, by a reset', start: 'HTTP/1.1 200 OK\r\n\r\nhello', how: 'reset' },
    {
      name: 'by chunks without keep-alive',
      start: chunkedStart.replace('OK\r\n', 'OK\r\nconnection: close\r\n'),
      how: 'end',
    },
  ])('that is told $name and cut is a network error after what had come', async ({ start, how }) => {
    const server = await rawServer((socket) => {
      socket.write(start);
      setTimeout(() => (how === 'reset' ? socket.resetAndDestroy() : socket.end()), 20);
    });
    const response = await clientFor(`http://127.0.0.1:${server.port}`).request(requestWith());
    let text = '';
    const reading = (async () => {
      for await (const chunk of response.body) text += Buffer.from(chunk).toString();
    })();
    const error = await failureOf(reading);
    expect(error.kind).toBe('network');
    expect(text).toBe('hello');
  });

  it('that comes together with its cut is handed out to a slow reader before the error', async () => {
    const server = await rawServer((socket) => socket.end(chunkedStart));
    const response = await clientFor(`http://127.0.0.1:${server.port}`).request(requestWith());
    await new Promise((resolve) => setTimeout(resolve, 50));
    const body = response.body[Symbol.asyncIterator]();
    expect(Buffer.from((await body.next()).value as Uint8Array).toString()).toBe('hello');
    expect((await failureOf(body.next())).kind).toBe('network');
  });

  it('that only the end of the connection ends is whole', async () => {
    const server = await rawServer((socket) => socket.end('HTTP/1.1 200 OK\r\n\r\nhello'));
    const response = await clientFor(`http://127.0.0.1:${server.port}`).request(requestWith());
    expect(await whole(response)).toBe('hello');
  });

  it('with a garbled chunk is a network error, not a wrong configuration', async () => {
    const server = await rawServer((socket) => socket.write(`${chunkedStart}zz\r\n`));
    const response = await clientFor(`http://127.0.0.1:${server.port}`).request(requestWith());
    const error = await failureOf(whole(response));
    expect(error.kind).toBe('network');
  });

  it('is cut at the limit, never inside a character, and its connection goes', async () => {
    const server = await rawServer((socket) =>
      socket.write('HTTP/1.1 500 Oops\r\ncontent-length: 1000000\r\n\r\nüüüü'),
    );
    const response = await clientFor(`http://127.0.0.1:${server.port}`).request(requestWith());
    expect(await response.text(5)).toBe('üü');
    expect(await closedAfter(server.sockets[0] as Socket)).toBeLessThan(500);
  });

  it('of a fast server waits for a slow reader, and arrives whole', async () => {
    const size = 20_000_000;
    let written = 0;
    const port = await listen(
      createHttpServer((_request, reply) => {
        const block = Buffer.alloc(1_000_000, 'x');
        const more = () => {
          while (written < size) {
            written += block.length;
            if (!reply.write(block)) return void reply.once('drain', more);
          }
          reply.end();
        };
        more();
      }),
    );
    const response = await clientFor(`http://127.0.0.1:${port}`).request(requestWith());
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(written).toBeLessThan(size);
    let read = 0;
    for await (const chunk of response.body) read += chunk.length;
    expect(read).toBe(size);
  });

  it.each([
    { encoding: 'gzip', bytes: gzipSync('compressed ü') },
    { encoding: 'X-GZIP', bytes: gzipSync('compressed ü') },
    { encoding: 'deflate', bytes: deflateSync('compressed ü') },
    { encoding: 'br', bytes: brotliCompressSync('compressed ü') },
    { encoding: 'identity', bytes: Buffer.from('compressed ü') },
  ])('that comes in $encoding unasked is read all the same', async ({ encoding, bytes }) => {
    const port = await listen(
      createHttpServer((_request, reply) =>
        reply.writeHead(200, { 'content-encoding': encoding }).end(bytes),
      ),
    );
    const response = await clientFor(`http://127.0.0.1:${port}`).request(requestWith());
    expect(await whole(response)).toBe('compressed ü');
  });

  it.each([
    { name: 'an unknown encoding', encoding: 'secret-squeeze', kind: 'misconfigured' },
    { name: 'a broken one', encoding: 'gzip', kind: 'network' },
  ])('in $name is a clear error', async ({ encoding, kind }) => {
    const port = await listen(
      createHttpServer((_request, reply) =>
        reply.writeHead(200, { 'content-encoding': encoding }).end('no gzip'),
      ),
    );
    const client = clientFor(`http://127.0.0.1:${port}`);
    const error = await failureOf(client.request(requestWith()).then(whole));
    expect(error.kind).toBe(kind);
    expect(error.message).not.toContain('secret');
  });

  it('in gzip that is cut is a network error', async () => {
    const bytes = gzipSync('x'.repeat(1000));
    const server = await rawServer((socket) => {
      socket.write(`HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: ${bytes.length}\r\n\r\n`);
      socket.end(bytes.subarray(0, 15));
    });
    const client = clientFor(`http://127.0.0.1:${server.port}`);
    expect((await failureOf(client.request(requestWith()).then(whole))).kind).toBe('network');
  });
});

describe('a server that fails before its answer', () => {
  it.each([
    { name: 'resets', act: (socket: Socket) => socket.resetAndDestroy(), kind: 'network', hint: '+https' },
    { name: 'hangs up', act: (socket: Socket) => socket.end(), kind: 'network', hint: '+https' },
    {
      name: 'hangs up in its headers',
      act: (socket: Socket) => socket.end('HTTP/1.1 200 OK\r\nx'),
      kind: 'network',
      hint: null,
    },
    {
      name: 'is not HTTP',
      act: (socket: Socket) => socket.write('220 smtp\r\n'),
      kind: 'misconfigured',
      hint: null,
    },
    {
      name: 'answers plain HTTP with a TLS alert',
      act: (socket: Socket) => socket.write(Buffer.from([0x15, 3, 1, 0, 2, 2, 70])),
      kind: 'misconfigured',
      hint: '+https',
    },
    {
      name: 'sends endless headers',
      act: (socket: Socket) => socket.write(`HTTP/1.1 200 OK\r\nx: ${'y'.repeat(200_000)}`),
      kind: 'misconfigured',
      hint: null,
    },
  ])('and $name is $kind', async ({ act, kind, hint }) => {
    const server = await rawServer((socket) => act(socket));
    const error = await failureOf(clientFor(`http://127.0.0.1:${server.port}`).request(requestWith()));
    expect(error.kind).toBe(kind);
    if (hint) expect(error.hint).toContain(hint);
    expect(server.sockets).toHaveLength(1);
    expect(await closedAfter(server.sockets[0] as Socket)).toBeLessThan(500);
  });

  it.each([
    { name: 'nobody listens', origin: 'http://127.0.0.1:1', rawCode: 'ECONNREFUSED' },
    { name: 'nobody listens on either family', origin: 'http://localhost:1', rawCode: 'ECONNREFUSED' },
    { name: 'the name is unknown', origin: 'http://nowhere.invalid', rawCode: /ENOTFOUND|EAI_AGAIN/ },
  ])('because $name is unreachable', async ({ origin, rawCode }) => {
    const error = await failureOf(clientFor(origin).request(requestWith()));
    expect(error).toMatchObject({ kind: 'unreachable', rawCode: expect.stringMatching(rawCode) });
  });

  it('because there is no unix socket is unreachable, and its path is not told', async () => {
    const client = clientFor('http://localhost', { socketPath: '/nonexistent/secret.sock' });
    const error = await failureOf(client.request(requestWith()));
    expect(error).toMatchObject({ kind: 'unreachable', rawCode: 'ENOENT' });
    expect(JSON.stringify(error)).not.toContain('secret');
  });
});

describe('a connection that does not come about', { retry: 2 }, () => {
  it('because nobody takes it ends with the connect timeout, on time, or with the abort', async () => {
    const { port } = await fullListener();
    const started = performance.now();
    const client = clientFor(`http://127.0.0.1:${port}`);
    const error = await failureOf(client.request(requestWith({ connectTimeoutMs: 150 })));
    expect(error).toMatchObject({ kind: 'timeout', phase: 'connect' });
    expect(performance.now() - started).toBeGreaterThanOrEqual(145);
    expect(performance.now() - started).toBeLessThan(300);
    const reason = new Error('enough');
    const aborted = performance.now();
    await expect(client.request(requestWith({ signal: abortAfter(50, reason) }))).rejects.toBe(reason);
    expect(performance.now() - aborted).toBeLessThan(200);
  });

  it('during the name look-up ends with the connect timeout', async () => {
    const lookup = vi.spyOn(dns, 'lookup').mockImplementation((() => {}) as never);
    const started = performance.now();
    const error = await failureOf(
      clientFor('http://slow.example').request(requestWith({ connectTimeoutMs: 100 })),
    );
    expect(error).toMatchObject({ kind: 'timeout', phase: 'connect' });
    expect(performance.now() - started).toBeLessThan(200);
    expect(lookup).toHaveBeenCalled();
    lookup.mockRestore();
  });

  it('during the TLS handshake ends with the connect timeout, and the socket goes', async () => {
    const server = await rawServer(() => {});
    const started = performance.now();
    const client = clientFor(`https://127.0.0.1:${server.port}`);
    const error = await failureOf(client.request(requestWith({ connectTimeoutMs: 150 })));
    const elapsed = performance.now() - started;
    expect(error).toMatchObject({ kind: 'timeout', phase: 'connect' });
    expect(error.message).toContain('TLS');
    expect(elapsed).toBeGreaterThanOrEqual(145);
    expect(elapsed).toBeLessThan(300);
    expect(await closedAfter(server.sockets[0] as Socket)).toBeLessThan(100);
  });
});

describe('an abort', { retry: 2 }, () => {
  const reason = new Error('enough');

  it('before the request sends nothing', async () => {
    const server = await rawServer(() => {});
    const client = clientFor(`http://127.0.0.1:${server.port}`);
    await expect(client.request(requestWith({ signal: AbortSignal.abort(reason) }))).rejects.toBe(reason);
    expect(server.sockets).toHaveLength(0);
  });

  it('during the name look-up rejects at once', async () => {
    const lookup = vi.spyOn(dns, 'lookup').mockImplementation((() => {}) as never);
    const controller = new AbortController();
    const pending = clientFor('http://slow.example').request(requestWith({ signal: controller.signal }));
    await until(() => lookup.mock.calls.length > 0);
    controller.abort(reason);
    await expect(pending).rejects.toBe(reason);
    lookup.mockRestore();
  });

  it.each([
    { phase: 'the TLS handshake', scheme: 'https', answer: '' },
    { phase: 'the wait for headers', scheme: 'http', answer: '' },
    { phase: 'half a head', scheme: 'http', answer: 'HTTP/1.1 200 OK\r\nx-a' },
  ])('during $phase rejects at once and the server sees the connection gone', async ({ scheme, answer }) => {
    const server = await rawServer((socket) => socket.write(answer));
    const controller = new AbortController();
    const client = clientFor(`${scheme}://127.0.0.1:${server.port}`);
    const pending = client.request(requestWith({ signal: controller.signal }));
    await until(() => (server.received[0]?.length ?? 0) > 0);
    const aborted = performance.now();
    controller.abort(reason);
    await expect(pending).rejects.toBe(reason);
    expect(performance.now() - aborted).toBeLessThan(50);
    expect(await closedAfter(server.sockets[0] as Socket, aborted)).toBeLessThan(100);
  });

  it.each([
    { name: 'an error', value: reason },
    { name: 'a word', value: 'stop' },
  ])(
    'of the body with $name rejects the waiting read at once and closes the connection',
    async ({ value }) => {
      const server = await rawServer((socket) => socket.write(chunkedStart));
      const controller = new AbortController();
      const client = clientFor(`http://127.0.0.1:${server.port}`);
      const response = await client.request(requestWith({ signal: controller.signal }));
      const body = response.body[Symbol.asyncIterator]();
      await body.next();
      const waiting = body.next();
      const aborted = performance.now();
      controller.abort(value);
      await expect(waiting).rejects.toBe(value);
      await expect(body.next()).rejects.toBe(value);
      expect(await closedAfter(server.sockets[0] as Socket, aborted)).toBeLessThan(100);
    },
  );

  it('after the body was read changes nothing, and the connection is kept', async () => {
    const server = await rawServer((socket) => socket.write(ok));
    const controller = new AbortController();
    const client = clientFor(`http://127.0.0.1:${server.port}`);
    await whole(await client.request(requestWith({ signal: controller.signal })));
    controller.abort(reason);
    await whole(await client.request(requestWith()));
    expect(server.sockets).toHaveLength(1);
  });

  it.each([
    { name: 'after a chunk', reads: 1 },
    { name: 'before the first', reads: 0 },
  ])('is also what leaving the body $name does to the connection', async ({ reads }) => {
    const server = await rawServer((socket) => socket.write(chunkedStart));
    const client = clientFor(`http://127.0.0.1:${server.port}`);
    const body = (await client.request(requestWith())).body[Symbol.asyncIterator]();
    for (let read = 0; read < reads; read += 1) await body.next();
    await body.return?.();
    expect(await closedAfter(server.sockets[0] as Socket)).toBeLessThan(100);
    expect(await body.next()).toEqual({ done: true, value: undefined });
  });

  it('leaves no listener on a signal that lives long', async () => {
    const server = await rawServer((socket) => socket.write(ok));
    const { signal } = new AbortController();
    const added = vi.spyOn(signal, 'addEventListener');
    const removed = vi.spyOn(signal, 'removeEventListener');
    const client = clientFor(`http://127.0.0.1:${server.port}`);
    await whole(await client.request(requestWith({ signal })));
    await failureOf(clientFor('http://127.0.0.1:1').request(requestWith({ signal })));
    expect(added.mock.calls.length).toBeGreaterThan(0);
    expect(removed.mock.calls.map(([, listener]) => listener)).toEqual(
      expect.arrayContaining(added.mock.calls.map(([, listener]) => listener)),
    );
  });
});

describe('connections', () => {
  it('are reused one request after the other', async () => {
    const server = await rawServer((socket) => socket.write(ok));
    const client = clientFor(`http://127.0.0.1:${server.port}`);
    for (let turn = 0; turn < 3; turn += 1)
      expect(await whole(await client.request(requestWith()))).toBe('ok');
    expect(server.sockets).toHaveLength(1);
  });

  it('are opened for requests at the same time, and four of them are kept', async () => {
    const server = await rawServer((socket) => socket.write(ok));
    const client = clientFor(`http://127.0.0.1:${server.port}`);
    const responses = await Promise.all(Array.from({ length: 6 }, () => client.request(requestWith())));
    await Promise.all(responses.map(whole));
    expect(server.sockets).toHaveLength(6);
    await until(() => server.sockets.filter(({ destroyed }) => destroyed).length === 2);
    await Promise.all(
      [client.request(requestWith()), client.request(requestWith())].map(async (r) => whole(await r)),
    );
    expect(server.sockets).toHaveLength(6);
  });

  it('are not reused when the server says close, or the answer was not read', async () => {
    const server = await rawServer((socket) =>
      socket.write(ok.replace('OK\r\n', 'OK\r\nconnection: close\r\n')),
    );
    const client = clientFor(`http://127.0.0.1:${server.port}`);
    await whole(await client.request(requestWith()));
    await whole(await client.request(requestWith()));
    expect(server.sockets).toHaveLength(2);
  });

  it.each([
    { name: 'hangs up on', act: (socket: Socket) => socket.end() },
    { name: 'resets', act: (socket: Socket) => socket.resetAndDestroy() },
  ])('that the server $name at the second request are replaced unseen, once', async ({ act }) => {
    let requests = 0;
    const server = await rawServer((socket) => {
      requests += 1;
      if (requests === 2) act(socket);
      else socket.write(ok);
    });
    const client = clientFor(`http://127.0.0.1:${server.port}`);
    await whole(await client.request(requestWith()));
    expect(await whole(await client.request(requestWith()))).toBe('ok');
    expect(server.sockets).toHaveLength(2);
    expect(requests).toBe(3);
  });

  it('that die on the fresh connection too are an error', async () => {
    let requests = 0;
    const server = await rawServer((socket) => {
      requests += 1;
      if (requests === 1) socket.write(ok);
      else socket.end();
    });
    const client = clientFor(`http://127.0.0.1:${server.port}`);
    await whole(await client.request(requestWith()));
    expect((await failureOf(client.request(requestWith()))).kind).toBe('network');
    expect(requests).toBe(3);
  });

  it('that break in the middle of a second answer are not tried again', async () => {
    let requests = 0;
    const server = await rawServer((socket) => {
      requests += 1;
      if (requests === 1) socket.write(ok);
      else socket.end('HTTP/1.1 2');
    });
    const client = clientFor(`http://127.0.0.1:${server.port}`);
    await whole(await client.request(requestWith()));
    expect((await failureOf(client.request(requestWith()))).kind).toBe('network');
    expect(requests).toBe(2);
  });

  it('that lie idle are closed by close(), and none is kept after it', async () => {
    const server = await rawServer((socket) => socket.write(ok));
    const client = clientFor(`http://127.0.0.1:${server.port}`);
    await whole(await client.request(requestWith()));
    await client.close();
    expect(await closedAfter(server.sockets[0] as Socket)).toBeLessThan(500);
    await whole(await client.request(requestWith()));
    expect(await closedAfter(server.sockets[1] as Socket)).toBeLessThan(500);
  });
});

it('refuses an endpoint that is no URL without repeating it', () => {
  expect(() => clientFor('sk-secret')).toThrow(expect.objectContaining({ code: 'endpoint-invalid' }));
  expect(() => clientFor('sk-secret')).not.toThrow(/secret/);
});

describe('a process', { retry: 2 }, () => {
  const scenarios = {
    'after a whole answer': `await (await ask({})).text(100);`,
    'after an abort while connecting': `await ask({ abortAfter: 50, origin: 'http://192.0.2.1' }).catch(() => {});`,
    'after a connect timeout': `await ask({ connectTimeoutMs: 50, origin: 'http://192.0.2.1' }).catch(() => {});`,
    'after an abort while waiting': `await ask({ abortAfter: 50, path: '/silent' }).catch(() => {});`,
    'after an answer left unread': `for await (const chunk of (await ask({ path: '/endless' })).body) break;`,
  };

  it.each(Object.entries(scenarios))('ends at once %s', async (_name, act) => {
    const port = await listen(
      createHttpServer((request, reply) => {
        if (request.url === '/silent') return;
        if (request.url === '/endless') reply.write('x');
        else reply.end('ok');
      }),
    );
    const bundle = await exitScript(`
      import { HttpClient } from './src/providers/http.ts';
      const clock = { now: Date.now, monotonic: () => performance.now(),
        setTimer: (delayMs, callback) => { const timer = setTimeout(callback, delayMs); return () => clearTimeout(timer); } };
      const ask = ({ origin = 'http://127.0.0.1:${port}', path = '/', connectTimeoutMs = 5000, abortAfter }) => {
        const controller = new AbortController();
        if (abortAfter) setTimeout(() => controller.abort(new Error('enough')), abortAfter);
        const endpoint = { origin, socketPath: null, loopback: true, proxy: null, caFile: null };
        return new HttpClient(endpoint, () => undefined).request({ method: 'GET', path, headers: {}, body: null,
          signal: controller.signal, clock, connectTimeoutMs });
      };
      (async () => { ${act} process.stdout.write(String(performance.now())); })();`);
    const started = performance.now();
    const child = spawn(process.execPath, ['-'], { stdio: ['pipe', 'pipe', 'inherit'] });
    child.stdin.end(bundle);
    await once(child.stdout, 'data');
    const done = performance.now();
    const [code] = await once(child, 'close');
    expect(code).toBe(0);
    expect(performance.now() - done).toBeLessThan(500);
    expect(done - started).toBeLessThan(5000);
  });
});

async function exitScript(source: string): Promise<string> {
  const { build } = await import('esbuild');
  const { outputFiles } = await build({
    stdin: { contents: source, loader: 'ts', resolveDir: new URL('../..', import.meta.url).pathname },
    bundle: true,
    platform: 'node',
    format: 'cjs',
    write: false,
    logLevel: 'silent',
  });
  return outputFiles[0]?.text ?? '';
}
