import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { defaultOptions } from '../../../src/core/dsn/option-shape.js';
import { type Dsn, parseDsn, type SchemeTraits } from '../../../src/core/dsn.js';

function parse(query: string, traits: SchemeTraits = {}): Dsn {
  return parseDsn('LLM_WORK', `api://h?${query}`, { traits: () => traits, names: () => ['api'] });
}

describe('the options of a DSN', () => {
  it.each([
    ['model=qwen3:8b', { model: 'qwen3:8b' }],
    ['model=anthropic/claude-x', { model: 'anthropic/claude-x' }],
    ['model=%40cf/meta/llama', { model: '@cf/meta/llama' }],
    ['models=a,b/c,a,%20d', { models: ['a', 'b/c', 'd'] }],
    ['key_env=OPENAI_API_KEY', { keyEnv: 'OPENAI_API_KEY' }],
    ['key_env=HF_TOKEN_2', { keyEnv: 'HF_TOKEN_2' }],
    ['key_env=hf_token', { keyEnv: 'hf_token' }],
    ['key_file=/run/secrets/key', { keyFile: '/run/secrets/key' }],
    ['key_cmd=pass show openai', { keyCmd: 'pass show openai' }],
    ['key_cmd=pass%20show%20a=b', { keyCmd: 'pass show a=b' }],
    ['timeout=30s', { attemptTimeoutMs: 30_000 }],
    ['connect_timeout=500ms', { connectTimeoutMs: 500 }],
    ['first_token_timeout=1.5s', { firstTokenTimeoutMs: 1500 }],
    ['idle_timeout=2m', { idleTimeoutMs: 120_000 }],
    ['retries=0', { retries: 0 }],
    ['max_tokens=4096', { maxTokens: 4096 }],
    ['api_version=2024-10-21', { apiVersion: '2024-10-21' }],
    ['deployment=gpt-4.1_mini', { deployment: 'gpt-4.1_mini' }],
    ['org=org-1&project=proj_2', { org: 'org-1', project: 'proj_2' }],
    ['region=eu-west-1', { region: 'eu-west-1' }],
    ['proxy=http://proxy:3128', { proxy: 'http://proxy:3128' }],
    ['proxy=HTTPS%3A%2F%2Fu%3Ap%40proxy%2F', { proxy: 'HTTPS://u:p@proxy/' }],
    ['ca_file=/etc/ca.pem', { caFile: '/etc/ca.pem' }],
    ['insecure=1', { insecure: true }],
    ['insecure=false', { insecure: false }],
    ['price_in=0.15&price_out=0', { priceIn: 0.15, priceOut: 0 }],
    ['header.X-Title=My App', { headers: { 'X-Title': 'My App' } }],
    ['header.X=a&header.x=b', { headers: { X: 'a, b' } }],
    ['header.Cookie=a&header.Cookie=b', { headers: { Cookie: 'a; b' } }],
    ['header.X=a+b', { headers: { X: 'a+b' } }],
    ['header.X=%C3%BC', { headers: { X: 'ü' } }],
    ['query.a=1&query.b=', { query: { a: '1', b: '' } }],
    ["query.a='", { query: { a: "'" } }],
    ['query.a=x=y', { query: { a: 'x=y' } }],
    ['mod%65l=x', { model: 'x' }],
    ['&&retries=2&', { retries: 2 }],
    ['', { model: null, models: [], retries: null, headers: {}, query: {}, insecure: false, extra: {} }],
  ])('%j', (query, expected) => {
    const { options, warnings } = parse(query);
    for (const [name, value] of Object.entries(expected)) {
      expect(options[name as keyof typeof options]).toEqual(value);
    }
    expect(warnings).toEqual([]);
  });

  it('keeps every value of a repeated query parameter', () => {
    const dsn = parse('query.tag=a&query.x=1&query.tag=b');
    expect(dsn.queryPairs()).toEqual([
      ['tag', 'a'],
      ['x', '1'],
      ['tag', 'b'],
    ]);
    expect(dsn.options.query).toEqual({ tag: 'b', x: '1' });
  });

  it.each(['header', 'query'] as const)('takes __proto__ as a %s like any other', (kind) => {
    const dsn = parse(`${kind}.__proto__=x`);
    const record = kind === 'header' ? dsn.options.headers : dsn.options.query;
    expect(Object.entries(record)).toEqual([['__proto__', 'x']]);
    expect(Object.getPrototypeOf(record)).toBe(Object.prototype);
  });

  it('hands what only the scheme knows to the scheme', () => {
    const dsn = parse('scope=a%20b&model=x&empty', { options: ['scope', 'empty'] });
    expect(dsn.options.extra).toEqual({ scope: 'a b', empty: '' });
    expect(dsn.options.model).toBe('x');
  });

  it('leaves the checking to a scheme that takes any option', () => {
    const dsn = parse('reply=hi+there&script=429,ok&timeout=2s', { options: 'any' });
    expect(dsn.options.extra).toEqual({ reply: 'hi+there', script: '429,ok' });
    expect(dsn.options.attemptTimeoutMs).toBe(2000);
  });

  it.each([
    ['twice the same', 'a=1&a=2', 'dsn-duplicate-option'],
    ['one without name', '=1', 'dsn-unknown-option'],
  ])('refuses from a scheme that takes any option %s', (_, query, code) => {
    expect(() => parse(query, { options: 'any' })).toThrow(expect.objectContaining({ code }));
  });

  it("offers a scheme's own option to who mistyped it", () => {
    expect(() => parse('scpoe=x', { options: ['scope'] })).toThrow(/Did you mean scope\?.*, scope, header/);
  });

  it.each([
    'openai+http://h?header.X-Title=App',
    'openai+http://h?query.version=2',
    'openai+http://h?key_env=A&insecure=1',
    'openai+http://localhost?key_env=A',
    'openai+https://h?header.Authorization=Bearer%20x',
  ])('lets %s pass', (text) => {
    const lookup = { traits: () => ({}), names: () => ['openai'] };
    expect(() => parseDsn('LLM_WORK', text, lookup)).not.toThrow();
  });
});

describe('options as they are handed around', () => {
  const hidden = ['keyFile', 'keyCmd', 'headers', 'query', 'proxy', 'caFile', 'extra'];
  const { options: none } = parse('');
  const { options: some } = parse('model=x&header.A=b&query.c=d&proxy=http://u:p%40h');

  it('are shown, or hidden, each of them', () => {
    expect([...Object.keys(none), ...hidden].sort()).toEqual(Object.keys(defaultOptions()).sort());
    for (const options of [none, some]) {
      const shown = { ...options, ...structuredClone(options) };
      expect(Object.keys(shown).filter((key) => hidden.includes(key))).toEqual([]);
    }
  });

  it('cannot be changed, nor anything in them', () => {
    for (const options of [none, some]) {
      const parts = [options, options.models, options.headers, options.query, options.extra];
      expect(parts.map(Object.isFrozen)).toEqual([true, true, true, true, true]);
    }
  });

  it('are shown without what may be secret', () => {
    const shown = {
      headers: { A: '[redacted]' },
      query: { c: '[redacted]' },
      proxy: '[redacted]',
      model: 'x',
    };
    expect(JSON.parse(JSON.stringify(some))).toMatchObject(shown);
    expect(inspect(some)).not.toMatch(/u:p|'b'|'d'/);
  });
});
