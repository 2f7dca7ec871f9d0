import { beforeEach, describe, expect, it, vi } from 'vitest';
import { openCredential } from '../../src/config/credentials.js';
import { parseDsn } from '../../src/core/dsn.js';
import { openaiChat } from '../../src/providers/openai-chat.js';
import { presets } from '../../src/providers/presets.js';

const system = vi.hoisted(() => ({ hostname: '', id: '' as string | null, reads: 0 }));

vi.mock('node:os', async (original) => ({
  ...(await original<typeof import('node:os')>()),
  hostname: () => system.hostname,
}));

vi.mock('node:fs', async (original) => ({
  ...(await original<typeof import('node:fs')>()),
  readFileSync: (path: string) => {
    if (path !== '/etc/machine-id') throw new Error('nothing else is read here');
    system.reads += 1;
    if (system.id === null) throw new Error('ENOENT');
    return system.id;
  },
}));

beforeEach(() => {
  Object.assign(system, { hostname: 'box', id: 'aaaa\n', reads: 0 });
});

/** The health keys of the DSNs in a process that starts now, all of them in one. */
async function keysOf(...texts: readonly string[]): Promise<readonly (string | undefined)[]> {
  vi.resetModules();
  const { endpointFactory } = await import('../../src/providers/endpoint-provider.js');
  const preset = presets.find(({ name }) => name === 'openai');
  if (preset === undefined) throw new Error('no preset');
  const envLookup = () => undefined;
  return texts.map((text) => {
    const dsn = parseDsn('LLM_X', text, { traits: () => ({}), names: () => [] });
    const context = { envLookup, openCredential: () => openCredential(dsn, [], envLookup) };
    return endpointFactory(preset, async () => openaiChat)('x', dsn, context).healthKey;
  });
}

const local = 'openai://127.0.0.1:8080/v1';
const socket = 'openai+unix://%2Frun%2Fllama.sock/v1';
const remote = 'openai://k@h.example';

describe('the memory of failures of an endpoint', () => {
  it.each([
    { dsn: local, what: 'a machine of another name', there: { hostname: 'other' }, shared: false },
    { dsn: local, what: 'a machine of the same name', there: { id: 'bbbb\n' }, shared: false },
    { dsn: local, what: 'the same machine', there: {}, shared: true },
    { dsn: socket, what: 'a machine of the same name', there: { id: 'bbbb\n' }, shared: false },
    { dsn: remote, what: 'any machine', there: { hostname: 'other', id: 'bbbb\n' }, shared: true },
  ])('$dsn is shared with $what: $shared', async ({ dsn, there, shared }) => {
    const [here] = await keysOf(dsn);
    Object.assign(system, there);
    const [elsewhere] = await keysOf(dsn);
    expect(here === elsewhere).toBe(shared);
  });

  it('goes by the name of the machine where it has no id', async () => {
    system.id = null;
    const [here] = await keysOf(local);
    expect(await keysOf(local)).toEqual([here]);
    system.hostname = 'other';
    expect(await keysOf(local)).not.toEqual([here]);
  });

  it('asks for the id of the machine once, and only for what is on it', async () => {
    await keysOf(remote);
    expect(system.reads).toBe(0);
    await keysOf(local, socket, local);
    expect(system.reads).toBe(1);
  });
});
