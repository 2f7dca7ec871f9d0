import { describe, expect, it } from 'vitest';
import { otherBudgetName } from '../../src/providers/budget-name.js';
import { recordedJson } from '../support/replay.js';

const error = (message: string, more = {}): string => JSON.stringify({ error: { message, ...more } });
const pydantic = (name: string): string =>
  JSON.stringify({
    detail: [{ type: 'extra_forbidden', loc: ['body', name], msg: 'Extra inputs are not permitted' }],
  });

function asked(
  sent: Readonly<Record<string, unknown>>,
  { status = 400, bodyText }: { status?: number; bodyText: string },
) {
  const wire = { path: '/chat/completions', headers: {}, body: { model: 'm', ...sent }, warnings: [] };
  return otherBudgetName(wire, { status, bodyText });
}

describe('a limit is asked for by its other name', () => {
  it.each([
    {
      by: 'a reasoning model of OpenAI',
      sent: 'max_tokens',
      bodyText: JSON.stringify(recordedJson('openai/reasoning-model-legacy-parameter-error.json')),
    },
    {
      by: 'an older Azure',
      sent: 'max_completion_tokens',
      bodyText: error('Unrecognized request argument supplied: max_completion_tokens'),
    },
    {
      by: 'OpenAI of a name that it does not know',
      sent: 'max_completion_tokens',
      bodyText: error("Unknown parameter: 'max_completion_tokens'.", {
        code: 'unknown_parameter',
        param: 'max_completion_tokens',
      }),
    },
    {
      by: 'Groq',
      sent: 'max_completion_tokens',
      bodyText: error("property 'max_completion_tokens' is unsupported"),
    },
    {
      by: 'a server made with FastAPI',
      sent: 'max_completion_tokens',
      status: 422,
      bodyText: pydantic('max_completion_tokens'),
    },
    {
      by: 'xAI',
      sent: 'max_tokens',
      bodyText: JSON.stringify({ code: 'x', error: 'Argument not supported on this model: max_tokens' }),
    },
    { by: 'plain text', sent: 'max_tokens', bodyText: 'max_tokens is gone, use max_completion_tokens' },
  ])('after a refusal by $by', ({ sent, bodyText, status = 400 }) => {
    const other = sent === 'max_tokens' ? 'max_completion_tokens' : 'max_tokens';
    expect(asked({ [sent]: 16, stream: true }, { status, bodyText })).toEqual({
      wire: {
        path: '/chat/completions',
        headers: {},
        body: { model: 'm', [other]: 16, stream: true },
        warnings: [],
      },
      note: `asked again with ${other}: ${sent} is not supported`,
    });
  });

  const unsupported = error("Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens' instead.");
  it.each([
    { name: 'a number that is not taken', bodyText: error('max_tokens is too large: 16. The most is 8') },
    {
      name: 'a number, which names both',
      bodyText: error("'max_tokens' or 'max_completion_tokens' is too large: 50000. The maximum is 16384."),
    },
    {
      name: 'a number, as one that is not allowed',
      bodyText: error('max_tokens: 100000 is not allowed for your plan (limit 4096)'),
    },
    { name: 'another option', bodyText: error("Unsupported parameter: 'stop' is not supported") },
    {
      name: 'a longer name',
      bodyText: error("Unknown parameter: 'thinking_max_tokens_x'"),
    },
    { name: 'nothing', bodyText: '' },
    { name: 'a key', status: 401, bodyText: unsupported },
    { name: 'what broke', status: 500, bodyText: unsupported },
  ])('but not after a refusal of $name', ({ status = 400, bodyText }) => {
    expect(asked({ max_tokens: 16 }, { status, bodyText })).toBeNull();
  });

  it.each([
    { name: 'none', sent: {} },
    { name: 'both', sent: { max_tokens: 1, max_completion_tokens: 1 } },
  ])('nor where $name was sent', ({ sent }) => {
    expect(asked(sent, { bodyText: unsupported })).toBeNull();
  });
});
