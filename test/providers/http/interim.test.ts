import { createServer as createHttpServer } from 'node:http';
import type { Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { describe, expect, it } from 'vitest';
import {
  certificate,
  clientFor,
  closedAfter,
  failureOf,
  listen,
  pemPath,
  rawServer,
  requestWith,
  whole,
} from './network-rig.js';

const continues = 'HTTP/1.1 100 Continue\r\n\r\n';
const ok = 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok';

/** Sends the parts one after the other, each as a packet of its own. */
async function sendParts(socket: Socket, parts: readonly string[]): Promise<void> {
  for (const part of parts) {
    socket.write(part, 'latin1');
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

async function answerTo(parts: readonly string[]): Promise<{ status: number; text: string }> {
  const server = await rawServer((socket) => void sendParts(socket, parts));
  const response = await clientFor(`http://127.0.0.1:${server.port}`).request(requestWith());
  return { status: response.status, text: await whole(response) };
}

describe('an answer', () => {
  it.each([
    { name: 'together with it', parts: [continues + ok] },
    { name: 'before it', parts: [continues, ok] },
    { name: 'with headers', parts: ['HTTP/1.1 100 Continue\r\nVia: 1.1 gateway\r\nX: y\r\n\r\n', ok] },
    { name: 'without a reason', parts: ['HTTP/1.1 100\r\n\r\n', ok] },
    { name: 'with bare line feeds', parts: [`HTTP/1.1 100 Continue\n\n${ok}`] },
    { name: 'twice', parts: [continues + continues, continues + ok] },
    {
      name: 'among others',
      parts: [`HTTP/1.1 102 Processing\r\n\r\n${continues}HTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\n`, ok],
    },
    { name: 'byte by byte', parts: [...`${continues}${ok}`] },
  ])('is read when the server says unasked that it may be continued, $name', async ({ parts }) => {
    expect(await answerTo(parts)).toEqual({ status: 200, text: 'ok' });
  });

  it('is read wherever the head before it is cut', async () => {
    const bytes = `${continues}${ok}`;
    for (let at = 1; at < continues.length + 14; at += 1) {
      expect(await answerTo([bytes.slice(0, at), bytes.slice(at)]), `cut at ${at}`).toEqual({
        status: 200,
        text: 'ok',
      });
    }
  });

  it('is read byte by byte where nothing is before it', async () => {
    expect(await answerTo([...ok])).toEqual({ status: 200, text: 'ok' });
  });

  it('keeps a body that looks like an interim response', async () => {
    const head = `HTTP/1.1 200 OK\r\ncontent-length: ${continues.length}\r\n\r\n`;
    expect(await answerTo([head, continues])).toEqual({ status: 200, text: continues });
  });

  it('keeps its connection for the next request, interim responses or not', async () => {
    let requests = 0;
    const port = await listen(
      createHttpServer((_request, reply) => {
        requests += 1;
        if (requests !== 2) reply.writeContinue();
        reply.end(`answer ${requests}`);
      }).on('connection', () => {
        connections += 1;
      }),
    );
    let connections = 0;
    const client = clientFor(`http://127.0.0.1:${port}`);
    for (const text of ['answer 1', 'answer 2', 'answer 3'])
      expect(await whole(await client.request(requestWith()))).toBe(text);
    expect(connections).toBe(1);
  });

  it('is read over TLS too', async () => {
    const server = createTlsServer(certificate('localhost'), (socket) => {
      socket
        .on('error', () => {})
        .on('data', () => void sendParts(socket, ['HTTP/1.1 1', '00 x\r\n\r\n', ok]));
    });
    const client = clientFor(`https://localhost:${await listen(server)}`, { caFile: pemPath('ca') });
    expect(await whole(await client.request(requestWith()))).toBe('ok');
  });
});

describe('no answer', () => {
  it.each([
    { name: 'only an interim response', sent: continues, kind: 'network' },
    { name: 'the beginning of one', sent: 'HTTP/1.1 1', kind: 'network' },
    { name: 'nothing', sent: '', kind: 'network' },
    {
      name: 'an endless interim response',
      sent: `HTTP/1.1 100 x\r\nx: ${'y'.repeat(40_000)}`,
      kind: 'misconfigured',
    },
  ])('is $kind when the server sends $name and hangs up', async ({ sent, kind }) => {
    const server = await rawServer((socket) => socket.end(sent));
    const error = await failureOf(clientFor(`http://127.0.0.1:${server.port}`).request(requestWith()));
    expect(error.kind).toBe(kind);
    expect(await closedAfter(server.sockets[0] as Socket)).toBeLessThan(500);
  });

  it('comes after an interim response when the request is aborted, and the connection goes', async () => {
    const controller = new AbortController();
    const reason = new Error('enough');
    const server = await rawServer((socket) => {
      socket.write(continues);
      setTimeout(() => controller.abort(reason), 20);
    });
    const client = clientFor(`http://127.0.0.1:${server.port}`);
    await expect(client.request(requestWith({ signal: controller.signal }))).rejects.toBe(reason);
    expect(await closedAfter(server.sockets[0] as Socket)).toBeLessThan(100);
  });
});
