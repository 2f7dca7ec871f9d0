import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ControlFilter, seenText } from '../../src/core/control-filter.js';

const clean = (parts: readonly string[]): string => {
  const filter = new ControlFilter();
  return parts.map((part) => filter.push(part)).join('');
};

const rows = [
  { name: 'colours', text: 'a\u001b[31mb\u001b[0mc', shown: 'abc' },
  { name: 'a cleared screen', text: 'a\u001b[2J\u001b[Hb', shown: 'ab' },
  { name: 'a link', text: '\u001b]8;;http://x\u001b\\text\u001b]8;;\u001b\\', shown: 'text' },
  { name: 'the clipboard', text: 'a\u001b]52;c;aGk=\u0007b', shown: 'ab' },
  { name: 'device control', text: 'a\u001bPq#0\u001b\\b', shown: 'ab' },
  { name: 'application command', text: 'a\u001b_x\u001b\\b', shown: 'ab' },
  { name: '8-bit introducers', text: 'a\u009b31mb\u009d0;t\u009cc', shown: 'abc' },
  { name: 'a reset', text: 'a\u001bcb', shown: 'ab' },
  { name: 'a character set', text: 'a\u001b(0b', shown: 'ab' },
  { name: 'carriage return, backspace, bell', text: 'safe\rb\bc\u0007d', shown: 'safebcd' },
  { name: 'CR LF', text: 'a\r\nb', shown: 'a\nb' },
  { name: 'tab and newline, which stay', text: 'a\tb\nc', shown: 'a\tb\nc' },
  { name: 'reordered text', text: 'a\u202eb\u2066c\u2069\u200fd', shown: 'abcd' },
  { name: 'a string that never ends', text: 'a\u001b]0;title\nb', shown: 'a\nb' },
  { name: 'a sequence in a sequence', text: 'a\u001b[3\u001b[31mb', shown: 'ab' },
  { name: 'letters of the world', text: 'héllo 🙂 日本', shown: 'héllo 🙂 日本' },
];

describe('an untrusted text on a terminal', () => {
  it.each(rows)('is without $name', ({ text, shown }) => {
    expect(clean([text])).toBe(shown);
  });

  it.each(rows)('is the same cut anywhere: $name', ({ text, shown }) => {
    for (let at = 1; at < text.length; at += 1)
      expect(clean([text.slice(0, at), text.slice(at)])).toBe(shown);
    expect(clean([...text].map((char) => char))).toBe(shown);
  });

  it('never holds a control character, whatever comes in whatever pieces', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'binary' })), (parts) => {
        // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
        expect(clean(parts)).not.toMatch(/[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]/);
      }),
    );
  });
});

describe('a text as a reader sees it', () => {
  it.each([
    ...rows,
    { name: 'a soft hyphen', text: 'a\u00adb', shown: 'ab' },
    { name: 'a zero-width space', text: 'a\u200bb', shown: 'ab' },
    { name: 'a joiner and a selector', text: 'a\u034f\ufe0f\u{e0100}b', shown: 'ab' },
    { name: 'a tag', text: 'a\u{e0061}b', shown: 'ab' },
  ])('is without $name', ({ name, text, shown }) => {
    // a message may be shown in several lines, and a lone CR begins one
    const expected = name.startsWith('carriage return') ? 'safe\nbcd' : shown;
    expect(seenText(text)).toBe(expected);
  });

  it('has its line ends, of whatever kind', () => {
    expect(seenText('a\rb\r\nc\u2028d\u0085e\nf\tg')).toBe('a\nb\nc\nd\ne\nf\tg');
  });
});
