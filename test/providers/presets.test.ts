import { describe, expect, it } from 'vitest';
import { parseDsn } from '../../src/core/dsn.js';
import { ConfigError } from '../../src/core/errors.js';
import { resolveEndpoint } from '../../src/providers/endpoint.js';
import { type Preset, presets } from '../../src/providers/presets.js';

const rows: readonly Preset[] = presets;

function resolved(text: string, env: Readonly<Record<string, string>> = {}) {
  const dsn = parseDsn('LLM_X', text, {
    traits: (scheme) => rows.filter(({ name }) => name === scheme).map(({ local }) => ({ local }))[0],
    names: () => rows.map(({ name }) => name),
  });
  const preset = rows.find(({ name }) => name === dsn.scheme);
  if (preset === undefined) throw new Error(`no preset for ${dsn.scheme}`);
  const { endpoint, basePath, display } = resolveEndpoint({ dsn, preset, envLookup: (name) => env[name] });
  return { url: `${endpoint.origin}${basePath}`, display, endpoint };
}

describe('the table', () => {
  it('has each name once, as a scheme can be written', () => {
    const names = rows.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    for (const name of names) expect(name).toMatch(/^[a-z][a-z0-9-]*$/);
  });

  it.each(rows.filter(({ baseUrl }) => baseUrl !== ''))(
    '$name is at $baseUrl',
    ({ name, baseUrl, local, keyVariables }) => {
      expect(new URL(baseUrl).protocol).toBe(local ? 'http:' : 'https:');
      expect(baseUrl).not.toMatch(/\/$/);
      expect(local || keyVariables.length > 0).toBe(true);
      expect(resolved(`${name}://`)).toMatchObject({ url: baseUrl, display: baseUrl });
    },
  );
});

describe('where a DSN points', () => {
  it.each([
    ['openai://', 'https://api.openai.com/v1'],
    ['openai://k@gw.example', 'https://gw.example/v1'],
    ['openai://k@gw.example:8443/', 'https://gw.example:8443'],
    ['openai://k@gw.example/llm/v2', 'https://gw.example/llm/v2'],
    ['openai+http://127.0.0.1:9/v1', 'http://127.0.0.1:9/v1'],
    ['openai://localhost:9', 'http://localhost:9/v1'],
    ['openai://[::1]:9', 'http://[::1]:9/v1'],
    ['openai:///other', 'https://api.openai.com/other'],
    ['ollama://', 'http://127.0.0.1:11434/api'],
    ['ollama://m1.lan', 'http://m1.lan:11434/api'],
    ['ollama://m1.lan:80', 'http://m1.lan/api'],
    ['ollama+https://ollama.com', 'https://ollama.com/api'],
    ['llamacpp://box', 'http://box:8080/v1'],
    ['vllm://box', 'http://box:8000/v1'],
    ['lmstudio://box', 'http://box:1234/v1'],
    ['groq://k@proxy.example', 'https://proxy.example/openai/v1'],
    ['perplexity://k@', 'https://api.perplexity.ai'],
    ['anthropic://k@gw.example', 'https://gw.example/v1'],
    ['gemini://k@gw.example', 'https://gw.example/v1beta'],
    ['azure://k@r.openai.azure.com', 'https://r.openai.azure.com/openai/v1'],
    ['azure://k@r.openai.azure.com?deployment=d', 'https://r.openai.azure.com/openai'],
    ['azure://k@r.openai.azure.com?api_version=2024-10-21', 'https://r.openai.azure.com/openai'],
    ['azure://k@r.openai.azure.com/own?deployment=d', 'https://r.openai.azure.com/own'],
  ])('%s is %s', (dsn, url) => {
    expect(resolved(dsn).url).toBe(url);
  });

  it('is a socket', () => {
    const { endpoint, display } = resolved('llamacpp+unix://%2Frun%2FLlama.sock');
    expect(endpoint).toMatchObject({ socketPath: '/run/Llama.sock', loopback: true });
    expect(display).toBe('unix:/run/Llama.sock:/v1');
  });

  it.each([
    ['openai://localhost:9', true],
    ['ollama://', true],
    ['openai://[::1]:9', true],
    ['openai://', false],
    ['ollama://m1.lan', false],
  ])('%s is on this machine: %s', (dsn, loopback) => {
    expect(resolved(dsn).endpoint.loopback).toBe(loopback);
  });
});

describe('the variables that people have', () => {
  it.each([
    ['openai://', 'OPENAI_BASE_URL', 'https://gw.example/v1/', 'https://gw.example/v1'],
    ['openai://', 'OPENAI_BASE_URL', 'http://localhost:8080', 'http://localhost:8080'],
    ['openai-responses://', 'OPENAI_BASE_URL', '"https://gw.example/v1"', 'https://gw.example/v1'],
    ['anthropic://', 'ANTHROPIC_BASE_URL', 'https://gw.example', 'https://gw.example/v1'],
    [
      'anthropic://',
      'ANTHROPIC_BASE_URL',
      'https://gw.example/anthropic/v1',
      'https://gw.example/anthropic/v1',
    ],
    [
      'azure://',
      'AZURE_OPENAI_ENDPOINT',
      'https://r.openai.azure.com/',
      'https://r.openai.azure.com/openai/v1',
    ],
    [
      'azure://?deployment=d',
      'AZURE_OPENAI_ENDPOINT',
      'https://r.openai.azure.com/',
      'https://r.openai.azure.com/openai',
    ],
    ['ollama://', 'OLLAMA_HOST', '0.0.0.0', 'http://127.0.0.1:11434/api'],
    ['ollama://', 'OLLAMA_HOST', '0.0.0.0:8000', 'http://127.0.0.1:8000/api'],
    ['ollama://', 'OLLAMA_HOST', 'm1.lan', 'http://m1.lan:11434/api'],
    ['ollama://', 'OLLAMA_HOST', 'm1.lan:80', 'http://m1.lan/api'],
    ['ollama://', 'OLLAMA_HOST', ':8000', 'http://127.0.0.1:8000/api'],
    ['ollama://', 'OLLAMA_HOST', 'http://m1.lan', 'http://m1.lan/api'],
    ['ollama://', 'OLLAMA_HOST', 'https://m1.lan/ollama/', 'https://m1.lan/ollama/api'],
    ['ollama://', 'OLLAMA_HOST', '[::1]:8000', 'http://[::1]:8000/api'],
    ['ollama://', 'OLLAMA_HOST', '::1', 'http://[::1]:11434/api'],
    ['ollama://', 'OLLAMA_HOST', '::', 'http://[::1]:11434/api'],
    ['ollama://', 'OLLAMA_HOST', ' m1.lan ', 'http://m1.lan:11434/api'],
  ])('%s with %s=%s is %s', (dsn, variable, value, url) => {
    expect(resolved(dsn, { [variable]: value }).url).toBe(url);
  });

  it.each([
    'openai://k@',
    'openai://?key_env=MY_KEY',
    'openai://h.example',
    'openai://?key_cmd=pass%20show%20x',
  ])('a base URL does not lead %s elsewhere', (dsn) => {
    expect(resolved(dsn, { OPENAI_BASE_URL: 'https://elsewhere.example/v1' }).url).not.toContain('elsewhere');
  });

  it.each([
    { value: 'https://user:canary1@h.example/v1' },
    { value: 'https://h.example/v1?key=canary1' },
    { value: 'canary1' },
    { value: 'ftp://canary1/v1' },
    { value: 'https://canary1:99999/' },
  ])('a base URL that cannot be used is refused without repeating it: $value', ({ value }) => {
    const failure = (() => {
      try {
        return resolved('openai://', { OPENAI_BASE_URL: value });
      } catch (error) {
        return error;
      }
    })();
    expect(failure).toBeInstanceOf(ConfigError);
    expect(String((failure as ConfigError).stack)).toContain('OPENAI_BASE_URL');
    expect(`${(failure as ConfigError).stack}${JSON.stringify(failure)}`).not.toContain('canary1');
  });

  it.each(['11434', 'http//m1.lan', '$BOX', '-', 'm1.lan:abc', 'ollama://m1.lan'])(
    'OLLAMA_HOST=%s is refused, and told how to be written',
    (value) => {
      expect(() => resolved('ollama://', { OLLAMA_HOST: value })).toThrow(
        expect.objectContaining({
          code: 'base-url',
          hint: 'write it as HOST, HOST:PORT or http://HOST:PORT',
        }),
      );
    },
  );

  it('Azure without a host, but with a key, is not told to set a variable that would not count', () => {
    expect(() => resolved('azure://?key_env=MY_KEY')).toThrow(
      expect.objectContaining({ hint: 'name its host: azure://KEY@HOST' }),
    );
  });

  it('Azure without a host says how to name one', () => {
    expect(() => resolved('azure://')).toThrow(
      expect.objectContaining({
        code: 'no-endpoint',
        hint: expect.stringContaining('AZURE_OPENAI_ENDPOINT'),
      }),
    );
  });
});
