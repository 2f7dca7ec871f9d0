import { describe, expect, it } from 'vitest';
import { WorkflowCommandFilter, withoutWorkflowCommands } from '../../../src/cli/render/workflow-commands.js';

const neutral = (parts: readonly string[]): string => {
  const filter = new WorkflowCommandFilter();
  return parts.map((part) => filter.push(part)).join('') + filter.end();
};

describe('workflow commands in an answer', () => {
  it.each([
    { name: 'at the beginning', text: '::error::x', printed: ': :error::x' },
    { name: 'at the start of a line', text: 'a\n::warning::x\nb', printed: 'a\n: :warning::x\nb' },
    { name: 'after white space', text: 'a\n \t::debug::x', printed: 'a\n \t: :debug::x' },
    { name: 'after a carriage return', text: 'a\r::debug::x', printed: 'a\r: :debug::x' },
    {
      name: 'after white space that only .NET knows',
      text: 'a\n\u0085::debug::x',
      printed: 'a\n\u0085: :debug::x',
    },
    {
      name: 'after what has no width',
      text: '\u200b\ufeff\u00ad::debug::x',
      printed: '\u200b\ufeff\u00ad: :debug::x',
    },
    { name: 'of the old form, anywhere', text: 'a ##[error]x', printed: 'a # #[error]x' },
    { name: 'none: colons inside a line', text: 'std::vector', printed: 'std::vector' },
    { name: 'none: a heading', text: '## a [b]\n# c\n:', printed: '## a [b]\n# c\n:' },
  ])('are harmless $name', ({ text, printed }) => {
    expect(neutral([text])).toBe(printed);
    for (let at = 1; at < text.length; at += 1)
      expect(neutral([text.slice(0, at), text.slice(at)])).toBe(printed);
    expect(neutral([...text])).toBe(printed);
    expect(withoutWorkflowCommands(text)).toBe(printed);
  });
});
