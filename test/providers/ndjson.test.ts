import { describe, expect, it } from 'vitest';
import { ndjsonReader } from '../../src/providers/ndjson.js';

function read(chunks: readonly (string | Uint8Array)[]): { lines: string[]; stray: string } {
  const lines: string[] = [];
  const reader = ndjsonReader((line) => lines.push(line));
  for (const chunk of chunks) reader.push(Buffer.from(chunk));
  reader.end();
  return { lines, stray: reader.stray };
}

describe('lines of JSON', () => {
  it.each([
    { name: 'LF', body: '\uFEFF{"a":"ü€😀"}\n\n{"b":1}\n' },
    { name: 'CRLF', body: '\uFEFF{"a":"ü€😀"}\r\n\r\n{"b":1}\r\n' },
    { name: 'no line end after the last', body: '\uFEFF{"a":"ü€😀"}\n \n{"b":1}' },
  ])('with $name are the same wherever the bytes are split', ({ body }) => {
    const bytes = Buffer.from(body);
    for (let split = 0; split <= bytes.length; split += 1) {
      expect(read([bytes.subarray(0, split), bytes.subarray(split)])).toEqual({
        lines: ['{"a":"ü€😀"}', '{"b":1}'],
        stray: '',
      });
    }
    expect(read([...bytes].map((byte) => Uint8Array.of(byte))).lines).toHaveLength(2);
  });

  it('are told at once', () => {
    const lines: string[] = [];
    ndjsonReader((line) => lines.push(line)).push(Buffer.from('{"a":1}\n{"b'));
    expect(lines).toEqual(['{"a":1}']);
  });

  it('of a megabyte arrive whole from small chunks', () => {
    const line = `{"a":"${'x'.repeat(1_000_000)}"}`;
    const bytes = Buffer.from(`${line}\n`);
    const chunks = Array.from({ length: Math.ceil(bytes.length / 1000) }, (_, index) =>
      bytes.subarray(index * 1000, (index + 1) * 1000),
    );
    expect(read(chunks).lines).toEqual([line]);
  });

  it('that never end are a network error', () => {
    const reader = ndjsonReader(() => {}, { maxChars: 100 });
    expect(() => {
      for (let turn = 0; turn < 20; turn += 1) reader.push(Buffer.from('xxxxxxxxxx'));
    }).toThrow(expect.objectContaining({ kind: 'network' }));
  });

  it('that are broken are told like the others, so that they can be counted', () => {
    expect(read(['{"a":1}\n{"a":\n{"b":2}\n']).lines).toEqual(['{"a":1}', '{"a":', '{"b":2}']);
  });

  it('of one JSON error together are kept as text that parses', () => {
    const error = JSON.stringify({ error: { message: 'no' } }, null, 2);
    expect(JSON.parse(read([error]).stray)).toEqual({ error: { message: 'no' } });
  });

  it('of a page are kept as text', () => {
    expect(read(['<html>\nno\n</html>\n']).stray).toBe('<html>\nno\n</html>');
  });
});
