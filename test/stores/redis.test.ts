import { execFileSync } from 'node:child_process';
import { createServer, type Server } from 'node:net';
import path from 'node:path';
import { inspect } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RedisStore } from '../../src/stores/redis.js';
import { hasRedis, type RedisServer, startRedis } from '../support/redis.js';
import { healthEntry, testHealthStore } from './contract.js';

const stores: RedisStore[] = [];
afterAll(async () => {
  for (const store of stores) await store.close();
});

function opened(url: string, prefix?: string): RedisStore {
  const store = new RedisStore({ url, ...(prefix !== undefined && { prefix }) });
  stores.push(store);
  return store;
}

describe.skipIf(!hasRedis)('the Redis store', () => {
  let server: RedisServer;
  let made = 0;
  beforeAll(async () => {
    server = await startRedis();
  });
  afterAll(() => server.stop());
  const url = () => `redis://127.0.0.1:${server.port}`;
  const cli = (...words: string[]) =>
    execFileSync('redis-cli', ['-p', String(server.port), ...words], { encoding: 'utf8' }).trim();

  testHealthStore(() => {
    made += 1;
    return opened(url(), `test-${made}[*]:`);
  });

  it('is shared: another client sees it, and one with another prefix does not', async () => {
    await opened(url()).update('a', () => healthEntry('a'));
    expect(await opened(url()).read(['a'])).toEqual([healthEntry('a')]);
    expect(await opened(url(), 'other:').read(['a'])).toEqual([undefined]);
    expect(await opened(url(), 'other:').list()).toEqual([]);
    expect(cli('--scan', '--pattern', 'majordomo:*')).toBe('majordomo:health:a');
  });

  it('lets entries expire after seven days', async () => {
    await opened(url()).update('ttl', () => healthEntry('ttl'));
    const left = Number(cli('pttl', 'majordomo:health:ttl'));
    expect(left).toBeGreaterThan(7 * 24 * 3_600_000 - 60_000);
    expect(left).toBeLessThanOrEqual(7 * 24 * 3_600_000);
  });

  it('loses none of the transitions of several clients', async () => {
    const clients = Array.from({ length: 8 }, () => opened(url()));
    await Promise.all(
      clients.flatMap((client) =>
        Array.from({ length: 5 }, () =>
          client.update('many', (entry) => healthEntry('many', (entry?.circuit.failures ?? 0) + 1)),
        ),
      ),
    );
    expect((await clients[0]?.read(['many']))?.[0]?.circuit.failures).toBe(40);
  });

  it.each(['nonsense', '{"key":1}', ''])('takes %j for nothing and writes over it', async (text) => {
    cli('set', 'majordomo:health:odd', text);
    const store = opened(url());
    expect(await store.read(['odd'])).toEqual([undefined]);
    await store.update('odd', () => healthEntry('odd'));
    expect(await store.read(['odd'])).toEqual([healthEntry('odd')]);
  });

  it('comes back when the server does', async () => {
    const own = await startRedis();
    const store = opened(`redis://127.0.0.1:${own.port}`);
    await store.update('a', () => healthEntry('a'));
    own.stop();
    await expect(store.read(['a'])).rejects.toMatchObject({ code: 'health-store' });
    await expect(store.read(['a'])).rejects.toThrow('ECONNREFUSED');
    const again = await startRedis(() => ['--port', String(own.port)]);
    expect(await store.read(['a'])).toEqual([undefined]);
    again.stop();
  });

  it('is asked again over a new connection when it has hung up on an idle one', async () => {
    const own = await startRedis((port) => ['--port', String(port), '--timeout', '1']);
    const store = opened(`redis://127.0.0.1:${own.port}`);
    await store.update('a', () => healthEntry('a'));
    await new Promise((resolve) => setTimeout(resolve, 3_500));
    expect(await store.read(['a'])).toEqual([healthEntry('a')]);
    own.stop();
  });

  it('speaks with a password, and does not tell a wrong one', async () => {
    const own = await startRedis((port) => ['--port', String(port), '--requirepass', 'right-password']);
    const at = (password: string) => opened(`redis://:${password}@127.0.0.1:${own.port}/2`);
    await at('right-password').update('a', () => healthEntry('a'));
    const failure = await at('canary-password')
      .read(['a'])
      .catch((error: unknown) => error);
    expect(String(failure)).toMatch(/redis:\/\/127\.0\.0\.1:\d+ failed \(WRONGPASS\)/);
    expect(inspect(failure, { depth: 9 })).not.toContain('canary');
    await expect(opened(`redis://127.0.0.1:${own.port}`).read(['a'])).rejects.toThrow('NOAUTH');
    own.stop();
  });

  it('speaks TLS, and only to a server it can trust', async () => {
    const tls = path.join(import.meta.dirname, '../fixtures/tls');
    const own = await startRedis((port) => [
      ...['--port', '0', '--tls-port', String(port), '--tls-auth-clients', 'no'],
      ...['--tls-cert-file', `${tls}/localhost.pem`, '--tls-key-file', `${tls}/localhost-key.pem`],
      ...['--tls-ca-cert-file', `${tls}/ca.pem`],
    ]);
    const store = opened(`rediss://:canary@localhost:${own.port}`);
    const failure = await store.read(['a']).catch((error: unknown) => error);
    expect(String(failure)).toMatch(/rediss:\/\/localhost:\d+ failed \((UNABLE_TO|SELF_SIGNED|CERT|DEPTH)/);
    const library = path.join(import.meta.dirname, '../../dist/lib/index.js');
    const script = `
      import { RedisStore } from ${JSON.stringify(library)};
      const store = new RedisStore({ url: 'rediss://localhost:${own.port}' });
      console.log(JSON.stringify(await store.read(['a', 'b'])));
      await store.close();`;
    const env = { ...process.env, NODE_EXTRA_CA_CERTS: `${tls}/ca.pem` };
    const said = execFileSync(process.execPath, ['--input-type=module', '-e', script], {
      env,
      encoding: 'utf8',
    });
    expect(said.trim()).toBe('[null,null]');
    own.stop();
  });

  it('keeps no program from ending that forgot to close it, and answers before', async () => {
    await opened(url()).update('left', () => healthEntry('left'));
    const library = path.join(import.meta.dirname, '../../dist/lib/index.js');
    const script = `
      import { setTimeout } from 'node:timers/promises';
      import { RedisStore } from ${JSON.stringify(library)};
      const store = new RedisStore({ url: ${JSON.stringify(url())} });
      const say = async (key) => console.log((await store.read([key]))[0] === undefined ? 'none' : key);
      await say('left');
      await setTimeout(50);
      await Promise.all([say('left'), say('none'), say('left')]);
      await say('left');`;
    const said = execFileSync(process.execPath, ['--input-type=module', '-e', script], {
      encoding: 'utf8',
      timeout: 10_000,
    });
    expect(said.trim().split('\n')).toEqual(['left', 'left', 'none', 'left', 'left']);
  });
});

describe('a Redis server that is not there', () => {
  it('is an error that names the place and no secret', async () => {
    const failure = await opened('redis://user:canary@127.0.0.1:1/0')
      .read(['a'])
      .catch((error: unknown) => error);
    expect(String(failure)).toBe('StoreError: redis://127.0.0.1:1 failed (ECONNREFUSED)');
    expect(inspect(failure, { depth: 9, showHidden: true })).not.toContain('canary');
  });

  it('can be let go of while it does not answer', async () => {
    const server: Server = createServer((socket) => void socket.resume());
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address() as { port: number };
    const store = opened(`redis://127.0.0.1:${address.port}`);
    const asked = store.read(['a']).catch((error: unknown) => error);
    await new Promise((resolve) => setTimeout(resolve, 100));
    await store.close();
    expect(await asked).toMatchObject({ code: 'health-store' });
    await new Promise((resolve) => server.close(resolve));
  });

  it.each([
    'redis://',
    'http://h:1',
    'canary',
    'redis://user:canary@h:99999',
    'redis:canary',
    'redis://user:12/canary@h:1',
    'redis://user:12#canary@h:1',
    'redis://canary?x@h:1',
    'redis://:%zzcanary@h:1',
    'redis://h:1/canary',
  ])('and an address that is none is refused without repeating it: %s', (url) => {
    expect(() => new RedisStore({ url })).toThrow(
      expect.objectContaining({ code: 'health-store-url', message: expect.not.stringContaining('canary') }),
    );
  });
});
