import { describe, expect, it } from 'vitest';
import { modelRows, providerRows } from '../../../src/cli/render/provider-rows.js';
import { detailLines, modelLines, tableLines } from '../../../src/cli/render/providers-lines.js';
import { providersReport } from '../../../src/cli/render/providers-report.js';
import { ProviderError } from '../../../src/core/errors.js';
import type { ModelListing } from '../../../src/core/model-listing.js';
import { Registry } from '../../../src/index.js';

const key = 'sk-0123456789abcdef-WXYZ';
const hostile = 'evil\u001b[2J\u202e$(rm -rf ~)';

const registry = new Registry({
  env: {
    LLM_M1: 'ollama://m1.lan?model=qwen3&timeout=20s&retries=2&price_in=0.5',
    LLM_GW: `openai://${key}@a-gateway-with-a-long-name.department.corp.example/openai/v1`,
    LLM_BAD: 'opnai://x',
    LLM_NOKEY: 'anthropic://?key_env=NOPE',
    LLM_MODEL: 'gpt',
  },
});

async function reportOf(
  names: readonly string[],
  listings: Readonly<Record<string, Partial<ModelListing>>> = {},
) {
  const infos = await registry.describe(names);
  const providers = infos.map((info) => {
    const given = listings[info.name];
    const listing =
      given === undefined ? null : { provider: info.name, models: [], error: null, durationMs: 1, ...given };
    return { info, listing, aliases: ['fast', 'smart'] };
  });
  return providersReport({
    providers,
    ignored: registry.ignored,
    folded: 20,
    now: 0,
    matches: (id) => !id.startsWith('hidden'),
    warnings: [],
    error: null,
    exitCode: 0,
    durationMs: 1,
  });
}

const layout = (width: number) => ({ now: 0, width, paint: (_: string, text: string) => text });
const widest = (lines: readonly string[]) => Math.max(...lines.map((line) => [...line].length));

describe('the table of providers', () => {
  it('has a row each where there is room', async () => {
    const report = await reportOf(['m1', 'nokey']);
    expect(tableLines(report, { ...layout(120), all: false })).toEqual([
      'name   scheme     endpoint                      credential     source     status',
      'm1     ollama     http://m1.lan:11434/api       no key needed  LLM_M1     ready',
      'nokey  anthropic  https://api.anthropic.com/v1  no key         LLM_NOKEY  no key',
      '20 more built-in providers, 1 ignored variable: --all shows them',
    ]);
  });

  it('has a block each where there is not, and says what is wrong', async () => {
    const lines = tableLines(await reportOf(['bad', 'm1']), { ...layout(40), all: false });
    expect(lines.slice(0, 3)).toEqual(['bad  invalid', '  LLM_BAD', '  ✗ LLM_BAD: an unknown name in the']);
    expect(lines).toContain('m1  ollama  ready');
    expect(lines.join(' ').replace(/ +/g, ' ')).toContain('Did you mean openai?');
  });

  it('tells with --all what is ignored, and why', async () => {
    const lines = tableLines({ ...(await reportOf(['m1'])), folded: 0 }, { ...layout(80), all: true });
    expect(lines.slice(-2)).toEqual(['ignored variables', 'LLM_MODEL the value is no DSN: it has no ://']);
  });

  it('is as wide as a terminal, but for what cannot be cut', async () => {
    const report = await reportOf(['bad', 'm1', 'nokey']);
    for (const width of [40, 60, 80, 200]) {
      expect(widest(tableLines(report, { ...layout(width), all: true }))).toBeLessThanOrEqual(width);
    }
    // an address can be copied whole
    const lines = tableLines(await reportOf(['gw']), { ...layout(40), all: false });
    expect(lines.join('\n')).toContain(
      'https://a-gateway-with-a-long-name.department.corp.example/openai/v1',
    );
  });
});

describe('a provider by name', () => {
  it('is told with everything about it, and a line to try', async () => {
    expect(detailLines(await reportOf(['m1']), layout(80))).toEqual([
      'm1  ready',
      '  scheme         ollama',
      '  endpoint       http://m1.lan:11434/api',
      '  credential     no key needed',
      '  source         LLM_M1',
      '  default model  qwen3',
      '  models         qwen3',
      '  options        timeout=20s, retries=2, price_in=0.5',
      '  aliases        fast, smart',
      '  circuit        closed',
      '  $ majordomo run -m m1 "why is the sky blue?"',
    ]);
  });

  it.each([
    {
      name: 'gw',
      says: ['credential  LLM_GW …WXYZ', '$ majordomo providers --models gw', 'run -m gw/MODEL'],
    },
    { name: 'nokey', says: ['✗ no key: NOPE, which key_env names, is not set'] },
    { name: 'bad', says: ['✗ LLM_BAD: an unknown name in the scheme'] },
    { name: 'openai', says: ['source      built in', 'no key: set OPENAI_API_KEY'] },
  ])('$name: what to do', async ({ name, says }) => {
    const text = detailLines(await reportOf([name]), layout(80)).join('\n');
    for (const part of says) expect(text).toContain(part);
    expect(text).not.toContain(key);
  });

  it('gives a shell no line with a name that a server made up', async () => {
    const lines = detailLines(await reportOf(['gw'], { gw: { models: [hostile, 'gpt-x'] } }), layout(200));
    expect(lines.at(-1)).toBe('  $ majordomo run -m gw/gpt-x "why is the sky blue?"');
    expect(lines.join('\n')).not.toContain('\u001b');
    expect(lines.join('\n')).not.toContain('\u202e');
  });
});

describe('the models of providers', () => {
  const listings = {
    gw: { models: ['b', 'a', 'hidden-x', hostile] },
    m1: { error: new ProviderError({ kind: 'unreachable', message: 'refused', hint: 'is it running?' }) },
  };

  it('stand below their name, with what went wrong', async () => {
    const lines = modelLines(await reportOf(['gw', 'm1', 'nokey'], listings), layout(80));
    expect(lines).toEqual([
      'gw  2 models',
      '  gw/a',
      '  gw/b',
      '',
      'm1  1 model',
      '  m1/qwen3  LLM_M1',
      '  ✗ refused',
      '    hint: is it running?',
      '',
      'nokey',
      '  ✗ no key: NOPE, which key_env names, is not set',
    ]);
  });

  it('are said to be none where none matches', async () => {
    expect(modelLines(await reportOf(['gw'], { gw: { models: ['hidden'] } }), layout(80))).toEqual([
      'no model matches',
    ]);
  });

  it('are a row each for programs', async () => {
    const report = await reportOf(['gw', 'm1', 'bad'], { ...listings, gw: { models: ['b', 'a'] } });
    expect(modelRows(report)).toEqual([
      ['gw/a', 'endpoint'],
      ['gw/b', 'endpoint'],
      ['m1/qwen3', 'LLM_M1'],
    ]);
    expect(providerRows(report, { ignored: true }).map((row) => [row[0], row[6], row.length])).toEqual([
      ['gw', 'ready', 9],
      ['m1', 'ready', 9],
      ['bad', 'invalid', 9],
      ['LLM_MODEL', 'ignored', 9],
    ]);
  });
});
