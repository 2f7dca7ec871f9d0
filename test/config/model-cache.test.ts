import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import {
  type ModelCache,
  modelCachePath,
  readModelCache,
  rememberModels,
} from '../../src/config/model-cache.js';

const folder = mkdtempSync(path.join(os.tmpdir(), 'majordomo-models-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let count = 0;
const place = (): string => path.join(folder, String(++count), 'majordomo', 'models.json');
function written(text: string, mode = 0o600): string {
  const file = place();
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, text, { mode });
  chmodSync(file, mode);
  return file;
}
const entry = (models: readonly string[], updatedAtMs = 1) => ({
  endpoint: 'http://m1',
  models,
  updatedAtMs,
});
const document = (providers: object, schema = 'majordomo/models@1') => JSON.stringify({ schema, providers });

describe('the cache of models', () => {
  it.each([
    {
      name: 'XDG_CACHE_HOME',
      env: { XDG_CACHE_HOME: '/c', HOME: '/h' },
      platform: 'linux',
      at: '/c/majordomo',
    },
    { name: 'the home', env: { HOME: '/h' }, platform: 'linux', at: '/h/.cache/majordomo' },
    { name: 'macOS', env: { HOME: '/h' }, platform: 'darwin', at: '/h/Library/Caches/majordomo' },
    { name: 'Windows', env: { LOCALAPPDATA: '/l' }, platform: 'win32', at: '/l/majordomo/Cache' },
  ] as const)('is where $name has caches', ({ env, platform, at }) => {
    expect(modelCachePath(env, platform)).toBe(`${at}/models.json`);
  });

  it('is nowhere without a home', () => {
    expect(modelCachePath({}, 'linux')).toBeNull();
  });

  it('gives back what was remembered, in a file for this user alone', async () => {
    const file = place();
    const found = new Map([['m1', entry(['qwen3:8b', 'a b'])]]);
    expect(await rememberModels(file, found)).toBe(true);
    expect(await readModelCache(file)).toEqual(found);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(JSON.parse(document({ m1: found.get('m1') })));
    expect(readdirSync(path.dirname(file))).toEqual(['models.json']);
  });

  it('is not made where nothing was listed', async () => {
    const file = place();
    expect(await rememberModels(file, new Map())).toBe(true);
    expect(existsSync(path.dirname(file))).toBe(false);
  });

  it('keeps what is known of other providers', async () => {
    const file = place();
    await rememberModels(
      file,
      new Map([
        ['a', entry(['1'])],
        ['b', entry(['2'])],
      ]),
    );
    await rememberModels(file, new Map([['b', entry(['3'], 2)]]));
    expect(Object.fromEntries(await readModelCache(file))).toEqual({ a: entry(['1']), b: entry(['3'], 2) });
  });

  it('takes a name that every object has for a name', async () => {
    const file = place();
    await rememberModels(file, new Map([['__proto__', entry(['x'])]]));
    expect([...(await readModelCache(file)).keys()]).toEqual(['__proto__']);
  });

  it('has at most 200 providers, the latest, and 2000 models of each', async () => {
    const file = place();
    const models = Array.from({ length: 2001 }, (_, index) => `m${index}`);
    const many = new Map(Array.from({ length: 210 }, (_, index) => [`p${index}`, entry(['x'], index)]));
    await rememberModels(file, many);
    await rememberModels(file, new Map([['late', entry(models, 1000)]]));
    const cache = await readModelCache(file);
    expect(cache.size).toBe(200);
    expect(cache.get('late')?.models).toHaveLength(2000);
    expect([cache.has('p209'), cache.has('p10')]).toEqual([true, false]);
  });

  it('never grows beyond what can be read', async () => {
    const file = place();
    const models = Array.from({ length: 2000 }, (_, index) => `${index}`.padEnd(256, 'é'));
    const many = new Map(Array.from({ length: 9 }, (_, index) => [`p${index}`, entry(models, index)]));
    expect(await rememberModels(file, many)).toBe(true);
    expect(statSync(file).size).toBeLessThan(4 * 1024 * 1024);
    expect([...(await readModelCache(file)).keys()]).toEqual(['p8', 'p7', 'p6', 'p5']);
  });
});

describe('a file that is no cache of ours', () => {
  const good = document({ m1: entry(['x']) });
  it.each([
    { name: 'is not there', make: place },
    { name: 'is damaged', make: () => written('{"schema":') },
    { name: 'is empty', make: () => written('') },
    { name: 'is no object', make: () => written('[1]') },
    { name: 'has no schema', make: () => written('{"providers":{}}') },
    {
      name: 'is of a later version',
      make: () => written(document({ m1: entry(['x']) }, 'majordomo/models@2')),
    },
    { name: 'is too large', make: () => written(good + ' '.repeat(4 * 1024 * 1024)) },
    { name: 'others may write to', make: () => written(good, 0o666) },
    {
      name: 'is a link',
      make: () => {
        const file = place();
        mkdirSync(path.dirname(file), { recursive: true });
        symlinkSync(written(good), file);
        return file;
      },
    },
    {
      name: 'is a directory',
      make: () => {
        const file = place();
        mkdirSync(file, { recursive: true });
        return file;
      },
    },
  ])('and $name counts as empty', async ({ make }) => {
    expect(await readModelCache(make())).toEqual(new Map());
  });

  it('is read where it is sound: the same text, for comparison', async () => {
    expect((await readModelCache(written(good))).size).toBe(1);
  });

  it('is replaced when it is damaged, and left alone when it is of a later version', async () => {
    const found: ModelCache = new Map([['m1', entry(['x'])]]);
    const damaged = written('{');
    expect(await rememberModels(damaged, found)).toBe(true);
    expect(await readModelCache(damaged)).toEqual(found);
    const later = written(document({}, 'majordomo/models@2'));
    expect(await rememberModels(later, found)).toBe(false);
    expect(readFileSync(later, 'utf8')).toContain('models@2');
  });

  it('cannot be written where no directory can be: false, no error', async () => {
    const file = path.join(written('a file'), 'majordomo', 'models.json');
    expect(await rememberModels(file, new Map([['m1', entry(['x'])]]))).toBe(false);
  });
});

describe('an entry that makes no sense', () => {
  it.each([
    { name: 'no object', provider: 'm1', value: 'x' },
    { name: 'a name with a comma', provider: 'a,b', value: entry(['x']) },
    { name: 'a name with a control character', provider: 'a\u001b', value: entry(['x']) },
    { name: 'no endpoint', provider: 'm1', value: { models: ['x'], updatedAtMs: 1 } },
    { name: 'an endpoint with a line break', provider: 'm1', value: { ...entry(['x']), endpoint: 'a\nb' } },
    { name: 'models that are no list', provider: 'm1', value: { ...entry([]), models: 'x' } },
    { name: 'no time', provider: 'm1', value: { endpoint: 'e', models: ['x'] } },
  ])('is left out: $name', async ({ provider, value }) => {
    const file = written(document({ [provider]: value, good: entry(['y']) }));
    expect([...(await readModelCache(file)).keys()]).toEqual(['good']);
  });

  it('loses only the ids that cannot be shown', async () => {
    const ids = ['ok', '', 7, null, 'a\u001b[2J', 'a\nb', 'a\u202eb', 'x'.repeat(257), 'y'.repeat(256)];
    const file = written(document({ m1: { ...entry([]), models: ids } }));
    expect((await readModelCache(file)).get('m1')?.models).toEqual(['ok', 'y'.repeat(256)]);
  });
});
