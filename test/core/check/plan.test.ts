import { describe, expect, it } from 'vitest';
import type { Level } from '../../../src/core/check/level.js';
import { planChecks, type Question } from '../../../src/core/check/plan.js';
import { Registry } from '../../../src/index.js';

const env = {
  LLM_M1: 'ollama://m1.lan?model=qwen3',
  LLM_WORK: 'openai://sk-0123456789abcdef@gw.corp/v1',
};

async function plan(
  questions: readonly Question[],
  more: { level?: Level; required?: readonly string[]; optional?: readonly string[] } = {},
) {
  const infos = new Map((await new Registry({ env }).describe()).map((info) => [info.name, info]));
  const subjects = planChecks(questions, {
    infoOf: (name) => {
      const info = infos.get(name.toLowerCase());
      if (info === undefined) throw new Error(`no ${name}`);
      return info;
    },
    level: more.level ?? null,
    required: new Set(more.required),
    optional: new Set(more.optional),
  });
  return subjects.map(
    ({ name, model, required, level }) => `${name} ${model} ${required ? 'required' : 'optional'} ${level}`,
  );
}

const provider = (name: string): Question => ({ kind: 'provider', name });
const target = (name: string): Question => ({ kind: 'target', target: name });
const chain = (...targets: string[]): Question => ({ kind: 'chain', spec: targets.join(','), targets });

describe('the checks', () => {
  it.each<{
    name: string;
    questions: readonly Question[];
    more?: Parameters<typeof plan>[1];
    checks: readonly string[];
  }>([
    {
      name: 'of a provider with a key',
      questions: [provider('work')],
      checks: ['work null required credential'],
    },
    { name: 'of one without', questions: [provider('m1')], checks: ['m1 null required reachable'] },
    { name: 'of a target', questions: [target('work/gpt-x')], checks: ['work/gpt-x gpt-x required model'] },
    {
      name: 'of a target whose model has slashes',
      questions: [target('work/a/b')],
      checks: ['work/a/b a/b required model'],
    },
    {
      name: 'of a chain',
      questions: [chain('m1/a', 'work/b')],
      checks: ['m1/a a optional model', 'work/b b optional model'],
    },
    {
      name: 'of two chains with one target',
      questions: [chain('m1/a'), chain('work/b', 'm1/a')],
      checks: ['m1/a a optional model', 'work/b b optional model'],
    },
    {
      name: 'of a target and a chain with it',
      questions: [target('m1/a'), chain('m1/a')],
      checks: ['m1/a a required model'],
    },
    {
      name: 'of a chain and a target of it',
      questions: [chain('m1/a'), target('m1/a')],
      checks: ['m1/a a required model'],
    },
    {
      name: 'of a provider whose default model is to be asked',
      questions: [provider('m1')],
      more: { level: 'generates' },
      checks: ['m1 qwen3 required generates'],
    },
    {
      name: 'as high as is wanted',
      questions: [target('m1/a'), provider('work')],
      more: { level: 'configured' },
      checks: ['m1/a a required configured', 'work null required configured'],
    },
    {
      name: 'that are optional by name',
      questions: [provider('m1'), target('work/x')],
      more: { optional: ['m1', 'work'] },
      checks: ['m1 null optional reachable', 'work/x x optional model'],
    },
    {
      name: 'that are required by name',
      questions: [chain('m1/a', 'work/b')],
      more: { required: ['work/b'] },
      checks: ['m1/a a optional model', 'work/b b required model'],
    },
    {
      name: 'that are required by another spelling of their names',
      questions: [chain('m1/a', 'work/b')],
      more: { required: ['WORK', 'M1/a'] },
      checks: ['m1/a a required model', 'work/b b required model'],
    },
    {
      name: 'of a chain that is required, which goes without saying',
      questions: [chain('m1/a', 'work/b')],
      more: { required: ['m1/a,work/b'] },
      checks: ['m1/a a optional model', 'work/b b optional model'],
    },
    {
      name: 'of a name in another spelling',
      questions: [provider('WORK')],
      checks: ['work null required credential'],
    },
  ])('$name', async ({ questions, more, checks }) => {
    expect(await plan(questions, more)).toEqual(checks);
  });

  it.each([
    { required: 'wrok/b', hint: 'did you mean work/b?' },
    { required: 'm1/z', hint: expect.stringContaining('m1/a') },
    { required: 'somebody-else', hint: expect.stringContaining('name it among') },
  ])('do not leave out what is required: $required', async ({ required, hint }) => {
    await expect(plan([chain('m1/a', 'work/b')], { required: [required] })).rejects.toMatchObject({
      code: 'required',
      message: expect.stringContaining(required),
      hint,
    });
  });
});
