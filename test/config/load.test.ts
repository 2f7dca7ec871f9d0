import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadConfig } from '../../src/config/load.js';
import { Registry } from '../../src/index.js';

let root: string;
let home: string;
let project: string;

beforeEach(() => {
  root = realpathSync(mkdtempSync(path.join(tmpdir(), 'majordomo-load-')));
  home = path.join(root, 'home');
  project = path.join(home, 'src/project');
  mkdirSync(path.join(project, '.git'), { recursive: true });
  mkdirSync(path.join(home, '.config/majordomo'), { recursive: true });
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const user = (value: unknown): void =>
  writeFileSync(path.join(home, '.config/majordomo/config.json'), JSON.stringify(value));
const projectYaml = (text: string): void => writeFileSync(path.join(project, 'majordomo.yaml'), text);

/** Loads the configuration as a program in `cwd` does, and what a registry makes of it. */
async function load({
  cwd = project,
  env = {},
  flagAliases = [],
}: {
  cwd?: string | null;
  env?: Record<string, string>;
  flagAliases?: readonly string[];
} = {}) {
  const all = { HOME: home, ...env };
  const config = await loadConfig({ cwd, env: all, platform: 'linux', flagAliases });
  const registry = new Registry({ env: all });
  config.register(registry);
  const alias = (name: string) => registry.aliases.get(name);
  return { config, registry, alias };
}

describe('the files', () => {
  it('may both be missing', async () => {
    const { config, registry } = await load();
    expect(config).toMatchObject({ model: null, chain: {}, health: {}, healthStore: null, warnings: [] });
    expect(registry.aliases.size).toBe(0);
  });

  it('add up key by key, the project before the user, and know where each key stands', async () => {
    user({
      aliases: { mine: 'm1/a' },
      chain: { retries: 3, timeout: '1m' },
      health: { threshold: 5, store: 'off' },
      providers: { m1: 'mock://' },
    });
    projectYaml(
      '# ours\naliases:\n  fast: m1/b,\n    # a comment\n    m1/c\nmodel: fast\nchain: {retries: 0}\n'.replace(
        ',\n    # a comment\n    m1/c',
        ',m1/c',
      ),
    );
    const { config, alias, registry } = await load();
    expect(config).toMatchObject({
      model: { spec: 'fast', source: { kind: 'project-file', key: 'majordomo.yaml:4' } },
      chain: { transientRetries: -1, timeoutMs: 60_000 },
      health: { threshold: 5 },
      healthStore: { name: 'off', source: { key: '~/.config/majordomo/config.json:1' } },
      warnings: [],
    });
    expect(alias('mine')).toMatchObject({
      spec: 'm1/a',
      source: { kind: 'user-file', key: '~/.config/majordomo/config.json:1' },
    });
    expect(alias('fast')).toMatchObject({ spec: 'm1/b,m1/c', source: { key: 'majordomo.yaml:3' } });
    expect(registry.parse('fast').targets.map(({ target }) => target)).toEqual(['m1/b', 'm1/c']);
  });

  it('are replaced by the one that is named', async () => {
    user({ model: 'm1/user' });
    projectYaml('model: m1/project');
    const named = path.join(root, 'named.yml');
    writeFileSync(named, 'model: m1/named\nproviders:\n  m1: mock://\n');
    const config = await loadConfig({ path: named, cwd: project, env: { HOME: home }, platform: 'linux' });
    expect(config.model).toMatchObject({ spec: 'm1/named', source: { key: `${named}:1` } });
  });
});

describe("the project's file", () => {
  const seen = async (cwd: string | null) => (await load({ cwd })).config.model?.source.key ?? null;

  it('is searched upward to the root of the repository', async () => {
    const deep = path.join(project, 'a/b');
    mkdirSync(deep, { recursive: true });
    projectYaml('model: m/x');
    expect(await seen(deep)).toBe('../../majordomo.yaml:1');
    writeFileSync(path.join(project, 'a/majordomo.json'), '{"model":"m/y"}');
    expect(await seen(deep)).toBe('../majordomo.json:1');
    expect(await seen(project)).toBe('majordomo.yaml:1');
  });

  it('is not searched above the root of the repository, nor above home', async () => {
    writeFileSync(path.join(home, 'src/majordomo.yaml'), 'model: m/x');
    expect(await seen(project)).toBeNull();
    expect(await seen(path.join(home, 'src'))).toBe('majordomo.yaml:1');
    writeFileSync(path.join(root, 'majordomo.yaml'), 'model: m/x');
    expect(await seen(home)).toBeNull();
  });

  it('is looked for in the working directory alone where neither is above', async () => {
    const shared = path.join(root, 'shared/deep');
    mkdirSync(shared, { recursive: true });
    writeFileSync(path.join(root, 'shared/majordomo.yaml'), 'model: m/x');
    expect(await seen(shared)).toBeNull();
    expect(await seen(path.join(root, 'shared'))).toBe('majordomo.yaml:1');
  });

  it('is none where the directory is gone, or where it is a directory', async () => {
    expect(await seen(null)).toBeNull();
    mkdirSync(path.join(project, 'majordomo.yaml'));
    expect(await seen(project)).toBeNull();
  });

  it.each([
    {
      name: 'a link to itself',
      make: () => symlinkSync('majordomo.yaml', path.join(project, 'majordomo.yaml')),
    },
    {
      name: 'behind a file in place of a directory',
      make: () => {
        writeFileSync(path.join(root, 'file'), '');
        symlinkSync(path.join(root, 'file/x'), path.join(project, 'majordomo.yaml'));
      },
    },
  ])('is none where it is $name', async ({ make }) => {
    make();
    expect(await seen(project)).toBeNull();
  });

  it('is not needed, nor is that of the user, where home cannot be looked into', async () => {
    const closed = path.join(root, 'loop');
    symlinkSync('loop', closed);
    const env = { HOME: closed };
    const config = await loadConfig({ cwd: path.join(closed, 'x'), env, platform: 'linux' });
    expect(config.model).toBeNull();
  });

  it('beside another one is an error that names both', async () => {
    projectYaml('model: m/x');
    writeFileSync(path.join(project, 'majordomo.json'), '{}');
    await expect(load()).rejects.toMatchObject({
      code: 'config-twice',
      message: expect.stringContaining('majordomo.json and majordomo.yaml'),
    });
  });

  it.each([
    {
      key: 'providers',
      text: 'aliases: {}\nproviders:\n  openai: openai://sk-hush0123456789abcd@evil.example\n',
      line: 2,
    },
    { key: 'providers', text: 'providers:\n  x: openai://evil.example?key_cmd=touch%20hush\n', line: 1 },
    { key: 'health.store', text: 'health:\n  store: redis://hush@evil.example\n', line: 2 },
    { key: 'trustedProjects', text: 'trustedProjects: [.]\n', line: 1 },
  ])('may not have $key', async ({ key, text, line }) => {
    projectYaml(text);
    const error = await load().catch((thrown: unknown) => thrown as Error);
    expect(error).toMatchObject({ code: 'config-project' });
    expect(String(error)).toContain(`majordomo.yaml:${line}: ${key} is not for the file of a project`);
    expect(JSON.stringify(error)).not.toContain('hush');
  });
});

describe('what a project would hide', () => {
  const hostile = 'aliases:\n  fast: evil/x\n  m1: evil/x\n  m2: evil/x\n  new: evil/x\nmodel: evil/x\n';

  it('is not used, and one line says so', async () => {
    user({ aliases: { fast: 'm1/a' }, model: 'fast', providers: { m2: 'mock://?model=b' } });
    projectYaml(hostile);
    const { config, alias } = await load({ env: { LLM_M1: 'mock://?model=a' } });
    expect(alias('fast')?.spec).toBe('m1/a');
    expect(alias('m1')).toBeUndefined();
    expect(alias('m2')).toBeUndefined();
    expect(alias('new')?.spec).toBe('evil/x');
    expect(config.model?.spec).toBe('fast');
    const places = [
      'fast (majordomo.yaml:2, yours: ~/.config/majordomo/config.json:1)',
      'm1 (majordomo.yaml:3, yours: LLM_M1)',
      'm2 (majordomo.yaml:4, yours: ~/.config/majordomo/config.json:1)',
      'model (majordomo.yaml:6, yours: ~/.config/majordomo/config.json:1)',
    ];
    expect(config.warnings).toEqual([
      {
        code: 'project-not-trusted',
        message: `this project is not trusted to replace what you have set yourself: ${places.join(', ')}; to let it, add "${project}" to trustedProjects in your configuration`,
      },
    ]);
  });

  it.each([
    { name: 'by its path', entry: () => project },
    { name: 'from home', entry: () => '~/src/project' },
    {
      name: 'through a link',
      entry: () => {
        symlinkSync(project, path.join(home, 'link'));
        return path.join(home, 'link');
      },
    },
  ])('is used once the directory is trusted, $name', async ({ entry }) => {
    user({ aliases: { fast: 'm1/a' }, model: 'fast', trustedProjects: [entry()] });
    projectYaml(hostile);
    const { config, alias } = await load();
    expect(alias('fast')).toMatchObject({
      spec: 'evil/x',
      shadows: [{ kind: 'user-file', key: '~/.config/majordomo/config.json:1' }],
    });
    expect(config.model?.spec).toBe('evil/x');
    expect(config.warnings).toEqual([]);
  });

  it.each(['~/src', '', '.', '/', '~/src/project/deeper'])(
    'is not used because %j is trusted',
    async (entry) => {
      user({ aliases: { fast: 'm1/a' }, trustedProjects: entry === '' ? [] : [entry] });
      projectYaml(hostile);
      expect((await load()).alias('fast')?.spec).toBe('m1/a');
    },
  );

  it('is not used because a relative path is trusted, whatever is there', async () => {
    const before = process.cwd();
    process.chdir(project);
    try {
      user({ aliases: { fast: 'm1/a' }, trustedProjects: ['.', '../project', '~/other'] });
      projectYaml(hostile);
      const { alias, config } = await load();
      expect(alias('fast')?.spec).toBe('m1/a');
      expect(config.warnings.map(({ code }) => code)).toEqual([
        'project-not-trusted',
        'trusted-relative',
        'trusted-relative',
      ]);
    } finally {
      process.chdir(before);
    }
  });

  it('is what a variable names in any case', async () => {
    projectYaml('aliases:\n  m1: evil/x\n  my-prov: evil/x\n');
    const { alias, config } = await load({ env: { LLM_m1: 'mock://', LLM_My_Prov: 'mock://' } });
    expect([alias('m1'), alias('my-prov')]).toEqual([undefined, undefined]);
    expect(config.warnings[0]?.message).toContain('yours: LLM_m1');
  });

  it('is nothing where both say the same', async () => {
    user({ aliases: { fast: 'evil/x' }, model: 'evil/x' });
    projectYaml('aliases: { fast: evil/x }\nmodel: evil/x\n');
    expect((await load()).config.warnings).toEqual([]);
  });

  it.each([
    { name: 'a variable', env: { MAJORDOMO_ALIAS_DEFAULT: 'm1/a' }, mine: {} },
    { name: 'a variable in another case', env: { MAJORDOMO_ALIAS_Default: 'm1/a' }, mine: {} },
    { name: 'a file', env: {}, mine: { aliases: { default: 'm1/a' } } },
    { name: 'a flag', env: {}, mine: {}, flagAliases: ['default'] },
  ])(
    'is the model, too, where an alias "default" of $name is what is asked',
    async ({ env, mine, flagAliases = [] }) => {
      user(mine);
      projectYaml('model: evil/x\n');
      const { config } = await load({ env, flagAliases });
      expect(config.model).toBeNull();
      expect(config.warnings).toHaveLength(1);
    },
  );
});
