import { describe, expect, it } from 'vitest';
import { maxStrayChars } from '../../src/providers/frames.js';
import { sseReader } from '../../src/providers/sse.js';

type Event = [data: string, name: string | undefined];

function read(
  chunks: readonly (string | Uint8Array)[],
  { end = true } = {},
): { events: Event[]; stray: string } {
  const events: Event[] = [];
  const reader = sseReader((data, name) => events.push([data, name]));
  for (const chunk of chunks) reader.push(Buffer.from(chunk));
  if (end) reader.end();
  return { events, stray: reader.stray };
}

const stream = [
  '\uFEFFdata: {"a":"ü€😀"}',
  '',
  ': a comment',
  'event: delta',
  'id: 7',
  'retry: never',
  'data: one',
  'data:two',
  'data',
  '',
  'event: ping',
  '',
  'data: [DONE]',
  '',
  '',
];
const expected: Event[] = [
  ['{"a":"ü€😀"}', undefined],
  ['one\ntwo\n', 'delta'],
  ['[DONE]', undefined],
];

describe('server-sent events', () => {
  describe.each([
    { name: 'LF', lineEnd: '\n' },
    { name: 'CRLF', lineEnd: '\r\n' },
    { name: 'CR', lineEnd: '\r' },
  ])('with $name', ({ lineEnd }) => {
    const bytes = Buffer.from(stream.join(lineEnd));

    it('are the same wherever the bytes are split', () => {
      for (let split = 0; split <= bytes.length; split += 1) {
        expect(read([bytes.subarray(0, split), bytes.subarray(split)]).events).toEqual(expected);
      }
    });

    it('are the same byte for byte', () => {
      expect(read([...bytes].map((byte) => Uint8Array.of(byte))).events).toEqual(expected);
    });

    it('are told as soon as their blank line has come, without the next chunk', () => {
      expect(read([bytes], { end: false }).events).toEqual(expected);
    });
  });

  it.each([
    { name: 'a blank line', body: 'data: x\n' },
    { name: 'a line end', body: 'data: x' },
    { name: 'the second half of CRLF', body: 'data: x\r' },
  ])('count without $name at the end of the body', ({ body }) => {
    expect(read([body]).events).toEqual([['x', undefined]]);
    expect(read([body], { end: false }).events).toEqual([]);
  });

  it.each([
    { name: 'no data', body: 'event: x\n\n' },
    { name: 'empty data', body: 'data:\n\n' },
    { name: 'only comments', body: ': PROCESSING\n\n: PROCESSING\n\n' },
    { name: 'nothing at all', body: '' },
  ])('with $name are none', ({ body }) => {
    expect(read([body])).toEqual({ events: [], stray: '' });
  });

  it('forget the name after each event', () => {
    expect(read(['event: a\ndata: 1\n\ndata: 2\n\n']).events).toEqual([
      ['1', 'a'],
      ['2', undefined],
    ]);
  });

  it('of a megabyte arrive whole from small chunks', () => {
    const data = 'x'.repeat(1_000_000);
    const bytes = Buffer.from(`data: ${data}\n\n`);
    const chunks = Array.from({ length: Math.ceil(bytes.length / 1000) }, (_, index) =>
      bytes.subarray(index * 1000, (index + 1) * 1000),
    );
    expect(read(chunks).events).toEqual([[data, undefined]]);
  });

  it.each([
    { name: 'one line without an end', body: 'data: '.padEnd(200, 'x') },
    { name: 'an event of many lines without an end', body: 'data: xxxxxxxxx\n'.repeat(20) },
  ])('that grow beyond the limit as $name are a network error', ({ body }) => {
    const reader = sseReader(() => {}, { maxChars: 100 });
    expect(() => reader.push(Buffer.from(body))).toThrow(expect.objectContaining({ kind: 'network' }));
  });

  it('let an error of the reader of events through', () => {
    const reader = sseReader(() => {
      throw new Error('refused');
    });
    expect(() => reader.push(Buffer.from('data: x\n\n'))).toThrow('refused');
  });
});

describe('what is no event', () => {
  const error = JSON.stringify({ error: { code: 429, message: 'data: too many\nü', status: 'X' } }, null, 2);

  it.each([
    { name: 'JSON of several lines', body: error },
    { name: 'the same with CRLF', body: error.replaceAll('\n', '\r\n') },
    { name: 'JSON of one line without its end', body: JSON.stringify(JSON.parse(error)) },
    { name: 'a JSON array, as some versions send it', body: `[${error}\n]` },
  ])('such as $name is kept as text that parses', ({ body }) => {
    for (const size of [1, 7, 1000]) {
      const bytes = Buffer.from(body);
      const chunks = Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) =>
        bytes.subarray(index * size, (index + 1) * size),
      );
      const { events, stray } = read(chunks);
      expect(events).toEqual([]);
      expect(JSON.parse(stray)).toEqual(JSON.parse(body));
    }
  });

  it('is kept beside the events around it', () => {
    expect(read(['data: 1\n\n{"error":\n"x"}\n\ndata: 2\n\n'])).toEqual({
      events: [
        ['1', undefined],
        ['2', undefined],
      ],
      stray: '{"error":\n"x"}',
    });
  });

  it('is bounded', () => {
    const { stray } = read([`${'y'.repeat(1000)}\n`.repeat(1000)]);
    expect(stray.length).toBe(maxStrayChars);
  });
});
