import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import type { Process } from '../../src/cli/context.js';
import { readPrompt } from '../../src/cli/prompt.js';
import { UsageError } from '../../src/core/errors.js';

const read = (words: readonly string[], stdin: Readable, signal = new AbortController().signal) =>
  readPrompt({
    words,
    stdin: true,
    process: { stdin } as unknown as Process,
    signal,
    onGarbled: () => {},
    onWaiting: () => {},
  });

describe('standard input, asked for with -', () => {
  it.each([
    {
      name: 'in bytes, cut inside a character',
      chunks: [new Uint8Array([0xf0, 0x9f]), new Uint8Array([0x99, 0x82])],
      text: '🙂',
    },
    { name: 'in strings', chunks: ['a', 'b'], text: 'ab' },
    { name: 'that ends inside a character', chunks: [new Uint8Array([97, 0xf0, 0x9f])], text: 'a\ufffd' },
  ])('is read $name', async ({ chunks, text }) => {
    expect(await read(['-'], Readable.from(chunks, { objectMode: true }))).toBe(text);
  });

  it('that cannot be read is a usage error with its code and a way out', async () => {
    const broken = new Readable({
      read() {
        this.destroy(Object.assign(new Error('input/output error, read'), { code: 'EIO' }));
      },
    });
    await expect(read(['-', 'hi'], broken)).rejects.toThrow(UsageError);
    await expect(read(['-', 'hi'], broken)).rejects.toMatchObject({
      code: 'stdin',
      message: expect.stringMatching(/^standard input cannot be read \(/),
      hint: 'use --no-stdin to leave it alone',
    });
  });

  it('that stays open is left when the run is interrupted', async () => {
    const open = new Readable({ read() {} });
    const controller = new AbortController();
    const reading = read(['-'], open, controller.signal);
    controller.abort(new Error('interrupted'));
    await expect(reading).rejects.toThrow('interrupted');
    expect(open.destroyed).toBe(true);
  });
});

describe('a prompt without standard input', () => {
  const without = (words: readonly string[]) =>
    readPrompt({
      words,
      stdin: false,
      process: { stdin: new Readable({ read() {} }) } as unknown as Process,
      signal: new AbortController().signal,
      onGarbled: () => {},
      onWaiting: () => {},
    });

  it('is the words', async () => {
    expect(await without(['a', ' b '])).toBe('a  b ');
  });

  it.each([{ words: [] }, { words: [''] }, { words: [' ', '\n'] }])(
    '$words is a usage error',
    async ({ words }) => {
      await expect(without(words)).rejects.toMatchObject({ code: 'no-prompt' });
    },
  );

  it('cannot ask for it with -', async () => {
    await expect(without(['-', 'hi'])).rejects.toMatchObject({ code: 'prompt' });
  });
});
