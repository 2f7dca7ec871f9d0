import { mkdtempSync, writeFileSync } from 'node:fs';
import { createServer as createHttpsServer } from 'node:https';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer as createTlsServer, type TLSSocket } from 'node:tls';
import { afterEach, describe, expect, it, vi } from 'vitest';
import {
  certificate,
  clientFor,
  closedAfter,
  failureOf,
  listen,
  pem,
  pemPath,
  rawServer,
  requestWith,
  whole,
} from './network-rig.js';

const caFile = pemPath('ca');
const mutual = { requestCert: true, rejectUnauthorized: true, ca: pem('ca') };

async function httpsServer(name: string): Promise<{ port: number; serverNames: unknown[] }> {
  const serverNames: unknown[] = [];
  const server = createHttpsServer(certificate(name), (request, reply) => {
    serverNames.push((request.socket as TLSSocket & { servername?: unknown }).servername);
    reply.end('secured');
  });
  return { port: await listen(server), serverNames };
}

afterEach(() => {
  vi.unstubAllEnvs();
});

describe('a TLS server', () => {
  it('that the authority of ca_file has signed is trusted, and told the host name', async () => {
    const { port, serverNames } = await httpsServer('localhost');
    const client = clientFor(`https://localhost:${port}`, { caFile });
    expect(await whole(await client.request(requestWith()))).toBe('secured');
    expect(await whole(await client.request(requestWith({ headers: { Host: 'elsewhere' } })))).toBe(
      'secured',
    );
    expect(serverNames).toEqual(['localhost', 'localhost']);
  });

  it('is reached by address without a server name, the address being verified', async () => {
    const { port, serverNames } = await httpsServer('localhost');
    const client = clientFor(`https://127.0.0.1:${port}`, { caFile });
    expect(await whole(await client.request(requestWith()))).toBe('secured');
    expect(serverNames).toEqual([false]);
  });

  it.each([
    {
      name: 'self-signed',
      certificate: 'self-signed',
      rawCode: 'DEPTH_ZERO_SELF_SIGNED_CERT',
      hint: 'ca_file',
    },
    {
      name: 'for another host',
      certificate: 'other-host',
      rawCode: 'ERR_TLS_CERT_ALTNAME_INVALID',
      hint: 'host',
    },
    { name: 'expired', certificate: 'expired', rawCode: 'CERT_HAS_EXPIRED', hint: 'clock' },
  ])('with a certificate that is $name is misconfigured', async ({ certificate: name, rawCode, hint }) => {
    const { port } = await httpsServer(name);
    const client = clientFor(`https://localhost:${port}`, { caFile });
    const error = await failureOf(client.request(requestWith()));
    expect(error).toMatchObject({ kind: 'misconfigured', rawCode, hint: expect.stringContaining(hint) });
    expect(error.cause).toBeUndefined();
  });

  it.each([
    // what TLS 1.3 says after the handshake Node's server does not always send from within one process: see the zoo
    {
      name: 'a client certificate, with TLS 1.2',
      more: { ...mutual, maxVersion: 'TLSv1.2' as const },
      says: 'wants a client certificate',
    },
    {
      name: 'an old version',
      more: { minVersion: 'TLSv1', maxVersion: 'TLSv1', ciphers: 'DEFAULT@SECLEVEL=0' } as const,
      says: 'too old',
    },
    {
      name: 'a cipher that nobody has',
      more: { maxVersion: 'TLSv1.2', ciphers: 'NULL-SHA256:@SECLEVEL=0' } as const,
      says: 'no way of encryption in common',
    },
  ])('that wants $name is misconfigured, and is not asked again', async ({ more, says }) => {
    const server = createHttpsServer({ ...certificate('localhost'), ...more }, (_, reply) => reply.end('ok'));
    const client = clientFor(`https://localhost:${await listen(server)}`, { caFile });
    const error = await failureOf(client.request(requestWith()));
    expect(error).toMatchObject({ kind: 'misconfigured', message: expect.stringContaining(says) });
    expect(error.hint).toContain('put a proxy before');
  });

  it('is not trusted without ca_file, and the hint names it', async () => {
    const { port } = await httpsServer('localhost');
    const error = await failureOf(clientFor(`https://localhost:${port}`).request(requestWith()));
    expect(error).toMatchObject({ kind: 'misconfigured', hint: expect.stringContaining('ca_file=') });
  });

  it('is verified even where NODE_TLS_REJECT_UNAUTHORIZED switches that off', async () => {
    vi.stubEnv('NODE_TLS_REJECT_UNAUTHORIZED', '0');
    const { port } = await httpsServer('self-signed');
    const error = await failureOf(clientFor(`https://localhost:${port}`).request(requestWith()));
    expect(error.kind).toBe('misconfigured');
  });

  it('keeps the connection for the next request, and a stale one is replaced unseen', async () => {
    const sockets: TLSSocket[] = [];
    let requests = 0;
    const server = createTlsServer(certificate('localhost'), (socket) => {
      sockets.push(socket);
      socket.on('error', () => {});
      socket.on('data', () => {
        requests += 1;
        if (requests === 3) socket.end();
        else socket.write('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok');
      });
    });
    const client = clientFor(`https://localhost:${await listen(server)}`, { caFile });
    for (let turn = 0; turn < 3; turn += 1)
      expect(await whole(await client.request(requestWith()))).toBe('ok');
    expect(sockets).toHaveLength(2);
    expect(requests).toBe(4);
  });

  it('sees the connection gone when the request is aborted', async () => {
    const sockets: Socket[] = [];
    const controller = new AbortController();
    const reason = new Error('enough');
    const server = createTlsServer(certificate('localhost'), (socket) => {
      sockets.push(socket);
      socket.on('error', () => {});
      socket.on('data', () => controller.abort(reason));
    });
    const client = clientFor(`https://localhost:${await listen(server)}`, { caFile });
    await expect(client.request(requestWith({ signal: controller.signal }))).rejects.toBe(reason);
    expect(await closedAfter(sockets[0] as Socket)).toBeLessThan(100);
  });
});

describe('https to a port without TLS', () => {
  it.each([
    {
      name: 'answers in HTTP',
      act: (socket: Socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'),
      kind: 'misconfigured',
    },
    { name: 'hangs up', act: (socket: Socket) => socket.end(), kind: 'network' },
    { name: 'resets', act: (socket: Socket) => socket.resetAndDestroy(), kind: 'network' },
  ])('that $name says how to write http', async ({ act, kind }) => {
    const server = await rawServer((socket) => act(socket));
    const error = await failureOf(clientFor(`https://127.0.0.1:${server.port}`).request(requestWith()));
    expect(error).toMatchObject({ kind, hint: expect.stringContaining('+http ') });
  });

  it('that never answers says how to write http when the time is up', async () => {
    const server = await rawServer(() => {});
    const client = clientFor(`https://127.0.0.1:${server.port}`);
    const error = await failureOf(client.request(requestWith({ connectTimeoutMs: 150 })));
    expect(error).toMatchObject({
      kind: 'timeout',
      phase: 'connect',
      message: expect.stringContaining('the TLS handshake with the server'),
      hint: expect.stringMatching(/^if the server has no TLS on this port, write \+http .*connect_timeout=/),
    });
  });

  it('on the way through a silent https proxy says nothing of the server', async () => {
    const proxy = await rawServer(() => {});
    const client = clientFor('https://api.example', { proxy: `https://127.0.0.1:${proxy.port}` });
    const error = await failureOf(client.request(requestWith({ connectTimeoutMs: 150 })));
    expect(error).toMatchObject({
      message: expect.stringContaining('with the proxy'),
      hint: expect.not.stringContaining('+http'),
    });
  });
});

it('http to a TLS port says how to write https', async () => {
  const { port } = await httpsServer('localhost');
  const error = await failureOf(clientFor(`http://127.0.0.1:${port}`).request(requestWith()));
  expect(['network', 'misconfigured']).toContain(error.kind);
  expect(error.hint).toContain('+https');
});

describe('ca_file', () => {
  const directory = mkdtempSync(join(tmpdir(), 'majordomo-secret-'));
  const file = (name: string, text: string): string => {
    writeFileSync(join(directory, name), text);
    return join(directory, name);
  };

  it.each([
    { name: 'does not exist', path: join(directory, 'absent'), says: 'does not exist' },
    { name: 'is a directory', path: directory, says: 'cannot be read' },
    { name: 'is empty', path: file('empty', ''), says: 'no PEM certificate' },
    { name: 'is no PEM', path: file('text', 'hello'), says: 'no PEM certificate' },
    {
      name: 'is broken PEM',
      path: file('broken', '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n'),
      says: 'cannot be read',
    },
  ])('that $name is misconfigured, and its path is not told', async ({ path, says }) => {
    const { port } = await httpsServer('localhost');
    const error = await failureOf(
      clientFor(`https://localhost:${port}`, { caFile: path }).request(requestWith()),
    );
    expect(error.kind).toBe('misconfigured');
    expect(error.message).toContain('ca_file');
    expect(error.message).toContain(says);
    expect(JSON.stringify([error, error.stack, error.cause])).not.toContain('majordomo-secret');
  });

  it('that is mended is used by the next request', async () => {
    const { port } = await httpsServer('localhost');
    const path = join(directory, 'later');
    const client = clientFor(`https://localhost:${port}`, { caFile: path });
    await failureOf(client.request(requestWith()));
    writeFileSync(path, (await import('./network-rig.js')).pem('ca'));
    expect(await whole(await client.request(requestWith()))).toBe('secured');
  });
});
