import { createServer } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { describe, expect, it } from 'vitest';
import type { Reached } from '../../../src/core/ports.js';
import type { HttpClient } from '../../../src/providers/http.js';
import {
  certificate,
  clientFor,
  failureOf,
  fullListener,
  listen,
  pemPath,
  requestWith,
  until,
} from './network-rig.js';

const reach = (client: HttpClient, connectTimeoutMs = 5000): Promise<Reached> => {
  const { signal, clock } = requestWith();
  return client.reach({ signal, clock, connectTimeoutMs });
};

/** A server that counts what it was sent. */
async function quiet() {
  const seen = { bytes: 0, open: 0 };
  const server = createServer((socket) => {
    seen.open += 1;
    socket.on('data', (chunk) => (seen.bytes += chunk.length)).on('close', () => (seen.open -= 1));
  });
  return { port: await listen(server), seen };
}

describe('reaching a server', () => {
  it('connects, sends nothing and hangs up', async () => {
    const { port, seen } = await quiet();
    const reached = await reach(clientFor(`http://127.0.0.1:${port}`));
    expect(reached).toEqual({
      dnsMs: null,
      connectMs: expect.any(Number),
      tlsMs: null,
      certificateDays: null,
      certificateLeft: null,
    });
    await until(() => seen.open === 0);
    expect(seen.bytes).toBe(0);
  });

  it('times the look-up of a name', async () => {
    const { port } = await quiet();
    const { dnsMs, connectMs } = await reach(clientFor(`http://localhost:${port}`));
    expect(dnsMs).toBeGreaterThanOrEqual(0);
    expect(connectMs).toBeGreaterThanOrEqual(0);
  });

  it('times the handshake and reads how long the certificate is good for', async () => {
    const port = await listen(createTlsServer(certificate('localhost')));
    const { tlsMs, certificateDays, certificateLeft } = await reach(
      clientFor(`https://localhost:${port}`, { caFile: pemPath('ca') }),
    );
    expect(tlsMs).toBeGreaterThan(0);
    expect(certificateDays).toBeGreaterThan(365);
    expect(Number.isInteger(certificateDays)).toBe(true);
    // it was made for a hundred years, some of which are over
    expect(certificateLeft).toBeGreaterThan(0);
    expect(certificateLeft).toBeLessThan(1);
  });

  it.each([
    { name: 'expired', kind: 'misconfigured', says: 'expired' },
    { name: 'other-host', kind: 'misconfigured', says: 'another host name' },
    { name: 'self-signed', kind: 'misconfigured', says: 'no trusted authority' },
  ])('refuses a certificate: $name', async ({ name, kind, says }) => {
    const port = await listen(createTlsServer(certificate(name)));
    const failure = await failureOf(reach(clientFor(`https://localhost:${port}`, { caFile: pemPath('ca') })));
    expect(failure).toMatchObject({ kind, message: expect.stringContaining(says) });
  });

  it.each([
    { name: 'a closed port', origin: 'http://127.0.0.1:1', kind: 'unreachable' },
    { name: 'an unknown name', origin: 'http://nowhere.invalid:80', kind: 'unreachable' },
  ])('fails as a request would: $name', async ({ origin, kind }) => {
    expect(await failureOf(reach(clientFor(origin)))).toMatchObject({ kind });
  });

  it('gives up in time', async () => {
    const { port } = await fullListener();
    const failure = await failureOf(reach(clientFor(`http://127.0.0.1:${port}`), 120));
    expect(failure).toMatchObject({ kind: 'timeout', phase: 'connect' });
  });
});
