import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { type CliResult, command, type Environment, ended, environment } from '../support/cli.js';

const root = mkdtempSync(path.join(tmpdir(), 'majordomo-mistakes-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** In each place where a key may stand by mistake. */
const key = 'sk-canary7QzWm4xKp9vLr2tA';
const pieces = ['canary', '7Qz', 'Kp9v'];

interface Mistake {
  readonly name: string;
  readonly words: readonly string[];
  readonly env?: Environment;
  /** Below the home; the working directory is `clone`, the root of a repository. */
  readonly files?: Readonly<Record<string, string | Buffer>>;
  readonly code: number;
  /** What is wrong, where, and what to do: each has to be said, on whichever stream. */
  readonly says: readonly (string | RegExp)[];
}

const config = '.config/majordomo/config.yaml';
const mocks = { LLM_M1: 'mock://?reply=m1', LLM_M2: 'mock://?reply=m2' };
const run = (spec: string): string[] => ['run', '-m', spec, 'hi'];

const inDsns: readonly Mistake[] = [
  {
    name: 'a mistyped scheme',
    env: { LLM_M1: 'olama://m1.lan' },
    words: run('m1/x'),
    code: 3,
    says: ['LLM_M1', 'the scheme', 'Did you mean ollama?'],
  },
  {
    name: 'a plain URL',
    env: { LLM_M1: 'http://m1.lan:11434' },
    words: ['resolve', 'm1/x'],
    code: 3,
    says: ['LLM_M1', 'openai+http://host/v1 or ollama+http://host'],
  },
  {
    name: 'the transport first',
    env: { LLM_M1: 'http+ollama://m1.lan' },
    words: run('m1/x'),
    code: 3,
    says: ['LLM_M1', 'ollama+http://'],
  },
  {
    name: 'no //',
    env: { LLM_M1: 'ollama:m1.lan' },
    words: run('m1/x'),
    code: 3,
    says: ['unknown provider "m1"', 'LLM_M1 is set, but was ignored', 'ollama://HOST'],
  },
  {
    name: 'a host alone, and nothing else',
    env: { LLM_M1: 'm1.lan:11434' },
    words: ['providers'],
    code: 0,
    says: ['nothing is configured', 'LLM_M1 is ignored', '://'],
  },
  {
    name: 'a key in the place of the host',
    env: { LLM_W: `openai://${key}` },
    words: ['providers', 'w'],
    code: 3,
    says: ['LLM_W', 'looks like a key in the host', 'openai://KEY@'],
  },
  {
    name: 'a key in the path, which is not shown',
    env: { LLM_W: `openai://gw.example/${key}/v1` },
    words: ['resolve', 'w/x'],
    code: 3,
    says: ['https://gw.example/[redacted]/v1', 'before the host: openai://KEY@HOST'],
  },
  {
    name: 'a key as an option',
    env: { LLM_W: `openai://gw.example?api_key=${key}` },
    words: ['resolve', 'w/x'],
    code: 3,
    says: ['LLM_W', 'unknown option', 'before the "@"', 'key_env'],
  },
  {
    name: 'a variable that nobody expanded',
    env: { LLM_W: 'openai://$OPENAI_API_KEY@gw.example/v1' },
    words: run('w/x'),
    code: 3,
    says: ['LLM_W', 'not expanded', 'double quotes', 'key_env=NAME'],
  },
  {
    name: 'a variable in the way of Windows',
    env: { LLM_W: 'openai://%OPENAI_API_KEY%@gw.example/v1' },
    words: run('w/x'),
    code: 3,
    says: ['LLM_W', 'not expanded', 'key_env=NAME'],
  },
  {
    name: 'key_env with a $',
    env: { LLM_W: 'openai://gw.example?key_env=$CORP_KEY' },
    words: ['providers', 'w'],
    code: 3,
    says: ['LLM_W', 'key_env', 'the name of the variable alone'],
  },
  {
    name: 'a variable of key_env that is not set',
    env: { LLM_W: 'openai://gw.example?key_env=CORP_KEY' },
    words: ['resolve', 'w/x'],
    code: 3,
    says: ['CORP_KEY, which key_env names, is not set'],
  },
  {
    name: 'a gateway without a key: the way out keeps its host',
    env: { LLM_W: 'openai://gw.example/v1' },
    words: run('w/x'),
    code: 3,
    says: ['OPENAI_API_KEY', 'LLM_W before the host', 'openai://KEY@HOST'],
  },
  {
    name: 'a mistyped option',
    env: { LLM_M1: 'ollama://m1.lan?timout=30s' },
    words: run('m1/x'),
    code: 3,
    says: ['LLM_M1', 'unknown option', 'Did you mean timeout?'],
  },
  {
    name: 'a duration without a unit',
    env: { LLM_M1: 'ollama://m1.lan?timeout=30' },
    words: run('m1/x'),
    code: 3,
    says: ['LLM_M1', 'the option timeout', '30s or 30ms'],
  },
  {
    name: 'options that ; separates',
    env: { LLM_M1: 'ollama://m1.lan?timeout=30s;retries=2' },
    words: run('m1/x'),
    code: 3,
    says: ['LLM_M1', 'the option timeout', 'by "&"'],
  },
  {
    name: 'the secret of a CI that is empty',
    env: { LLM_W: 'openai://@gw.example/v1' },
    words: run('w/x'),
    code: 3,
    says: ['LLM_W', 'nothing before the "@"', 'unset secret'],
  },
  {
    name: 'a key over plain http',
    env: { LLM_W: `openai+http://${key}@gw.example/v1` },
    words: run('w/x'),
    code: 3,
    says: ['LLM_W', 'plain http', '+https', 'insecure=1'],
  },
  {
    name: 'the usual key over plain http, which resolve knows too',
    env: { LLM_W: 'openai+http://gw.example/v1', OPENAI_API_KEY: key },
    words: ['resolve', 'w/x'],
    code: 3,
    says: ['LLM_W: the key of w would travel over plain http', 'openai+https://'],
  },
  {
    name: 'a key_file that is not there',
    env: { LLM_W: 'openai://127.0.0.1:9?key_file=/nowhere/key' },
    words: ['providers', 'w'],
    code: 3,
    says: ['LLM_W', 'key_file', 'ENOENT', 'no such file'],
  },
  {
    name: 'a key_file that is a directory',
    env: { LLM_W: 'openai://127.0.0.1:9?key_file=/tmp' },
    words: run('w/x'),
    code: 3,
    says: ['LLM_W', 'key_file', 'it is a directory'],
  },
  {
    name: 'a key_cmd for a shell',
    env: { LLM_W: 'openai://127.0.0.1:9?key_cmd=cat%20none%20|%20head%20-1' },
    words: run('w/x'),
    code: 3,
    says: ['LLM_W', 'key_cmd failed', 'sh -c'],
  },
  {
    name: 'two variables of one name',
    env: { LLM_MY_GW: 'mock://', 'LLM_my-gw': 'mock://' },
    words: run('my-gw/x'),
    code: 3,
    says: ['LLM_MY_GW and LLM_my-gw', 'unset all but one'],
  },
];

const inVariables: readonly Mistake[] = [
  {
    name: 'LLM_MODEL, which others read',
    env: { LLM_MODEL: 'gpt-4', OPENAI_API_KEY: key },
    words: ['run', 'hi'],
    code: 3,
    says: ['no model was named', 'MAJORDOMO_MODEL', 'LLM_MODEL is not read'],
  },
  {
    name: 'a model without its provider',
    env: { OPENAI_API_KEY: key },
    words: run('gpt-4.1-mini'),
    code: 3,
    says: ['"gpt-4.1-mini"', 'openai/gpt-4.1-mini'],
  },
  {
    name: 'a model after a colon',
    env: { OPENAI_API_KEY: key },
    words: run('openai:gpt-4'),
    code: 3,
    says: ['did you mean openai/gpt-4?'],
  },
  {
    name: 'a model without its provider in MAJORDOMO_MODEL',
    env: { ...mocks, MAJORDOMO_MODEL: 'gpt-4' },
    words: ['run', 'hi'],
    code: 3,
    says: [/MAJORDOMO_MODEL: .*"gpt-4"/, 'm1/gpt-4'],
  },
  {
    name: 'a model without its provider in an alias',
    env: { ...mocks, MAJORDOMO_ALIAS_FAST: 'gpt-4' },
    words: ['resolve', 'fast'],
    code: 3,
    says: ['alias fast (MAJORDOMO_ALIAS_FAST): "gpt-4"', 'm1/gpt-4'],
  },
  {
    name: 'a provider without a model',
    env: { OPENAI_API_KEY: key },
    words: run('openai'),
    code: 3,
    says: ['"openai" is a provider without a default model', 'openai/MODEL'],
  },
  {
    name: 'a chain where an endpoint belongs',
    env: { ...mocks, LLM_FAST: 'm1/x,m2/y' },
    words: run('fast'),
    code: 3,
    says: ['LLM_FAST is set, but was ignored', 'define an alias'],
  },
  {
    name: 'a comma too many in an alias',
    env: { ...mocks, MAJORDOMO_ALIAS_FAST: 'm1/a,m2/b,' },
    words: run('fast'),
    code: 3,
    says: ['MAJORDOMO_ALIAS_FAST', 'a target is missing at character 11', 'single commas'],
  },
  {
    name: 'quotes that nothing has taken away',
    env: { ...mocks, MAJORDOMO_ALIAS_FAST: '"m1/a"' },
    words: run('fast'),
    code: 3,
    says: ['MAJORDOMO_ALIAS_FAST', 'a quote at character 1', 'take the quotes away'],
  },
  {
    name: 'semicolons between targets',
    env: { ...mocks, MAJORDOMO_MODEL: 'm1/a;m2/b' },
    words: ['run', 'hi'],
    code: 2,
    says: ['MAJORDOMO_MODEL', 'at character 5', 'by commas'],
  },
  {
    name: 'a DSN in an alias',
    env: { ...mocks, MAJORDOMO_ALIAS_FAST: `openai://${key}@gw.example/v1` },
    words: run('fast'),
    code: 3,
    says: ['MAJORDOMO_ALIAS_FAST', 'a DSN stands where a target belongs', 'LLM_<NAME>'],
  },
  {
    name: 'an OLLAMA_HOST that is a port',
    env: { OLLAMA_HOST: '11434' },
    words: run('ollama/qwen3'),
    code: 3,
    says: ['OLLAMA_HOST', 'HOST:PORT'],
  },
  {
    name: 'an OPENAI_BASE_URL without https://',
    env: { OPENAI_BASE_URL: 'gw.example/v1', OPENAI_API_KEY: key },
    words: run('openai/x'),
    code: 3,
    says: ['OPENAI_BASE_URL', 'https://HOST/PATH'],
  },
  {
    name: 'a key in the variable of the endpoint',
    env: { LLM_OPENAI: key },
    words: run('openai/x'),
    code: 3,
    says: ['LLM_OPENAI', 'no DSN', 'openai://KEY@'],
  },
  {
    name: 'a key that nobody expanded',
    env: { OPENAI_API_KEY: '$MY_KEY', OPENAI_BASE_URL: 'http://127.0.0.1:9' },
    words: ['resolve', 'openai/x'],
    code: 0,
    says: ['OPENAI_API_KEY', 'not expanded'],
  },
  {
    name: 'a server that is not there',
    env: { OLLAMA_HOST: '127.0.0.1:9' },
    words: ['run', '--retries', '0', '-m', 'ollama/x', 'hi'],
    code: 5,
    says: ['refused the connection', 'http://127.0.0.1:9/api (OLLAMA_HOST)', 'is it running'],
  },
];

const inFiles: readonly Mistake[] = [
  {
    name: 'a circle of aliases in two places',
    env: { ...mocks, MAJORDOMO_ALIAS_FAST: 'smart' },
    files: { [config]: 'aliases:\n  smart: fast\n' },
    words: run('fast'),
    code: 3,
    says: ['fast → smart → fast', 'fast (MAJORDOMO_ALIAS_FAST)', `smart (~/${config}:2)`],
  },
  {
    name: 'tabs',
    files: { [config]: 'aliases:\n\tfast: m1/x\n' },
    words: run('fast'),
    code: 3,
    says: [`~/${config}:2`, 'indent with spaces'],
  },
  {
    name: 'a wrong indentation',
    files: { [config]: 'aliases:\n fast: m1/x\n  smart: m2/x\n' },
    words: ['resolve'],
    code: 3,
    says: [`~/${config}:2`, 'the indentation of this line and the next'],
  },
  {
    name: 'no indentation',
    files: { [config]: 'aliases:\nfast: m1/x\n' },
    words: ['resolve'],
    code: 3,
    says: [`~/${config}:2`, 'fast is no known key', 'indent it if it belongs to aliases'],
  },
  {
    name: 'one key twice',
    files: { [config]: 'aliases:\n  fast: m1/x\n  fast: m2/x\n' },
    words: ['providers'],
    code: 3,
    says: [`~/${config}:3`, 'keep one of them'],
  },
  {
    name: 'a list of targets',
    files: { [config]: 'aliases:\n  fast: [m1/x, m2/x]\n' },
    words: run('fast'),
    code: 3,
    says: [`~/${config}:2`, 'aliases.fast', 'commas between'],
  },
  {
    name: 'a setting of the chain at the top',
    files: { [config]: 'timeout: 30s\n' },
    words: run('m1/x'),
    code: 3,
    says: [`~/${config}:1`, 'timeout is no known key', 'below chain'],
  },
  {
    name: 'a key that a file would have to expand',
    files: { [config]: 'providers:\n  w: openai://${OPENAI_API_KEY}@gw.example/v1\n' },
    words: ['providers', 'w'],
    code: 3,
    says: [`~/${config}:2: providers.w`, 'key_env=NAME'],
  },
  {
    name: 'a provider called by its variable',
    files: { [config]: 'providers:\n  LLM_W: mock://\n' },
    words: run('w/x'),
    code: 3,
    says: ['unknown provider "w"', 'leave LLM_ out'],
  },
  {
    name: 'a comment in JSON',
    files: { 'clone/majordomo.json': '{\n  // mine\n  "aliases": {}\n}' },
    words: ['resolve'],
    code: 3,
    says: ['majordomo.json:2', 'no comments'],
  },
  {
    name: 'YAML in a file of another name',
    files: { 'clone/conf': 'aliases:\n  fast: m1/x\n' },
    words: ['run', '--config', 'conf', '-m', 'fast', 'hi'],
    code: 3,
    says: ['conf:1', '.yaml or .yml'],
  },
  {
    name: 'variables as the configuration',
    files: { 'clone/.env': 'LLM_W=mock://\n' },
    words: ['run', '--config', '.env', '-m', 'w/x', 'hi'],
    code: 3,
    says: ['.env:1', '--env-file'],
  },
  {
    name: 'UTF-16',
    files: { [config]: Buffer.from('aliases:\n  fast: m1/x\n', 'utf16le') },
    words: ['resolve'],
    code: 3,
    says: [`~/${config}`, 'save it as UTF-8'],
  },
  {
    name: 'a file that is not there',
    words: ['resolve', '--config', 'nope.yaml'],
    code: 3,
    says: ['nope.yaml', 'there is no such file'],
  },
  {
    name: 'variables that are not there',
    words: ['run', '--env-file', 'nope', '-m', 'm1/x', 'hi'],
    code: 3,
    says: ['--env-file', 'nope', 'there is no such file'],
  },
  {
    name: 'a directory',
    words: ['resolve', '--config', '.'],
    code: 3,
    says: ['file . cannot', 'it is a directory'],
  },
  {
    name: 'providers of a project',
    files: { 'clone/majordomo.yaml': 'providers:\n  m9: mock://\n' },
    words: run('m9/x'),
    code: 3,
    says: ['majordomo.yaml:1', 'not for the file of a project', 'your own configuration'],
  },
  {
    name: 'an alias of a project that is not trusted',
    env: mocks,
    files: { [config]: 'aliases:\n  fast: m1/x\n', 'clone/majordomo.yaml': 'aliases:\n  fast: m2/x\n' },
    words: run('fast'),
    code: 0,
    says: ['not trusted', 'majordomo.yaml:2', `~/${config}:2`, 'trustedProjects', 'm1\n'],
  },
  {
    name: 'a # in a DSN of --env-file',
    files: { 'clone/vars': `LLM_F=openai://${key}#x@127.0.0.1:9\n` },
    words: ['run', '--env-file', 'vars', '-m', 'f/x', 'hi'],
    code: 3,
    says: ['vars:1', 'LLM_F is cut at a #', '%23'],
  },
];

const onCommandLines: readonly Mistake[] = [
  {
    name: 'a prompt without a command',
    words: ['why', 'is', 'the', 'sky', 'blue'],
    code: 2,
    says: ["unknown command 'why'", 'majordomo run -m MODEL'],
  },
  { name: 'a command of others', words: ['models'], code: 2, says: ['majordomo providers --models'] },
  {
    name: 'an option before the command',
    words: ['-m', 'm1/x', 'hi'],
    code: 2,
    says: ["unknown option '-m'", 'go after its name'],
  },
  {
    name: 'a mistyped option',
    words: ['run', '--modle', 'm1/x', 'hi'],
    code: 2,
    says: ['hint: did you mean --model?', 'put -- before the prompt'],
  },
  { name: '-o json', words: ['resolve', '-o', 'json', 'm1/x'], code: 2, says: ['--json'] },
  { name: '-o json for an answer', words: ['run', '-o', 'json', 'hi'], code: 2, says: ['--json'] },
  {
    name: 'a timeout without a unit',
    words: ['run', '-m', 'm1/x', '--timeout', '30', 'hi'],
    code: 2,
    says: ['--timeout', '30s'],
  },
  {
    name: 'a DSN as the model',
    words: run(`openai://${key}@gw.example/v1`),
    code: 2,
    says: ['a DSN stands where a target belongs', 'LLM_<NAME>'],
  },
  {
    name: 'a mistyped provider',
    words: run('opnai/x'),
    code: 3,
    says: ['unknown provider "opnai"', 'LLM_OPNAI', 'did you mean openai?'],
  },
  {
    name: 'a target where a provider belongs',
    env: mocks,
    words: ['providers', 'm1/x'],
    code: 3,
    says: ['"m1/x"', 'without a model: m1'],
  },
  {
    name: 'an alias where a provider belongs',
    env: { ...mocks, MAJORDOMO_ALIAS_FAST: 'm1/x' },
    words: ['providers', 'fast'],
    code: 3,
    says: ['it is an alias: majordomo resolve fast'],
  },
  {
    name: 'nothing at all',
    words: ['run', 'hi'],
    code: 3,
    says: ['no model was named', 'export LLM_LOCAL=', 'export MAJORDOMO_MODEL='],
  },
];

let homes = 0;

function make({ words, env = {}, files = {} }: Mistake): Promise<CliResult> {
  const home = path.join(root, String(homes++));
  mkdirSync(path.join(home, 'clone/.git'), { recursive: true });
  for (const [name, text] of Object.entries(files)) {
    const file = path.join(home, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
  const [node, args] = command(words);
  // Node would look for a flag of its own among our words: --env-file
  const options = { cwd: path.join(home, 'clone'), env: environment({ HOME: home, ...env }) };
  return ended(spawn(node, ['--', ...args], { ...options, stdio: ['ignore', 'pipe', 'pipe'] }));
}

describe.concurrent.each([
  { where: 'in a DSN', mistakes: inDsns },
  { where: 'in a variable', mistakes: inVariables },
  { where: 'in a file', mistakes: inFiles },
  { where: 'on the command line', mistakes: onCommandLines },
])('a mistake $where', ({ mistakes }) => {
  it.each(mistakes)('is told with its place and a way out: $name', async (mistake) => {
    const { code, stdout, stderr } = await make(mistake);
    const told = stdout + stderr;
    for (const words of mistake.says) expect(told).toMatch(words);
    expect(code).toBe(mistake.code);
    for (const piece of pieces) expect(told).not.toContain(piece);
    // an error of a run is no answer, and every line of one is for people
    if (code !== 0 && mistake.words[0] === 'run') expect(stdout).toBe('');
    expect(stderr).not.toContain('this is a bug');
  });
});
