import { describe, expect, it } from 'vitest';
import { usageMessage } from '../../src/cli/usage-message.js';

const dsn = "openai://it's-secret@h?a='b";

describe('what cannot be read of a command line', () => {
  it.each([
    {
      message: `error: option '--alias <name=spec>' argument '${dsn}' is invalid. Write name=spec.`,
      told: "error: option '--alias <name=spec>' argument is invalid. Write name=spec.",
    },
    {
      message: `error: unknown option '--alais=d=${dsn}'\n(Did you mean --alias?)`,
      told: 'error: unknown option\n(Did you mean --alias?)',
    },
    { message: `error: unknown command '${dsn}'`, told: 'error: unknown command' },
    {
      message: `error: command-argument value '${dsn}' is invalid for argument 'x'.`,
      told: 'error: command-argument value.',
    },
  ])('is told without a DSN in it: $told', ({ message, told }) => {
    expect(usageMessage(message)).toBe(told);
  });

  it.each(["error: unknown option '--nope'", "error: option '--retries <n>' argument 'x' is invalid."])(
    'is told as it is otherwise: %s',
    (message) => {
      expect(usageMessage(message)).toBe(message);
    },
  );
});
