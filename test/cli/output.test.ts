import { PassThrough, Writable } from 'node:stream';
import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { Output } from '../../src/cli/output.js';
import { MajordomoError } from '../../src/core/errors.js';

/** A stream that tells each write it got. */
function recorder(): { stream: Writable; writes: string[] } {
  const writes: string[] = [];
  const stream = new Writable({
    write(chunk, _encoding, done) {
      writes.push(String(chunk));
      done();
    },
  });
  return { stream, writes };
}

/** A stream whose writes fail. */
function failing(code: string): Writable {
  return new Writable({ write: (_chunk, _encoding, done) => done(Object.assign(new Error('no'), { code })) });
}

describe('standard output', () => {
  it('gets what comes in one turn in one write', async () => {
    const { stream, writes } = recorder();
    const output = new Output(stream, () => {});
    for (const text of ['a', '', 'b', 'c']) output.write(text);
    expect(writes).toEqual([]);
    await turn();
    output.write('d');
    await output.end();
    expect(writes.filter((text) => text !== '')).toEqual(['abc', 'd']);
  });

  it('is held back when that is wanted, until something else is written or it ends', async () => {
    const { stream, writes } = recorder();
    const output = new Output(stream, () => {});
    for (const text of ['a', '', 'b']) output.hold(text);
    await turn();
    expect([writes, output.last]).toEqual([[], 'b']);
    output.write('c');
    await turn();
    expect(writes).toEqual(['abc']);
    output.hold('d');
    output.flush();
    output.hold('e');
    await output.end();
    expect(writes.filter((text) => text !== '')).toEqual(['abc', 'd', 'e']);
  });

  it('says which text is the last to a stream that wants to know', async () => {
    const { stream, writes } = recorder();
    const last: string[] = [];
    const output = new Output(
      Object.assign(stream, { writeLast: (text: string) => last.push(text) }),
      () => {},
    );
    output.write('a');
    await turn();
    output.hold('b');
    await output.end();
    expect([writes.filter((text) => text !== ''), last]).toEqual([['a'], ['b']]);
  });

  it('can be flushed before something else is written', () => {
    const { stream, writes } = recorder();
    const output = new Output(stream, () => {});
    output.write('a');
    output.flush();
    expect(writes).toEqual(['a']);
    expect(output.last).toBe('a');
  });

  it('gets no half of a character, unless nothing more comes', async () => {
    const { stream, writes } = recorder();
    const output = new Output(stream, () => {});
    output.write('a\ud83d');
    output.flush();
    output.write('\ude42b');
    output.flush();
    output.write('\ud83d');
    await output.end();
    expect(writes.filter((text) => text !== '')).toEqual(['a', '🙂b', '\ufffd']);
  });

  it.each(['EPIPE', 'ECONNRESET', 'ERR_STREAM_DESTROYED'])(
    'whose reader has gone (%s) is no failure, told once',
    async (code) => {
      let told = 0;
      const output = new Output(failing(code), () => (told += 1));
      output.write('a');
      await turn();
      output.write('b');
      await output.end();
      expect(told).toBe(1);
    },
  );

  it('that cannot be written, as on a full disk, fails with its code', async () => {
    let told = 0;
    const output = new Output(failing('ENOSPC'), () => (told += 1));
    output.write('a');
    const end = output.end();
    await expect(end).rejects.toThrow(MajordomoError);
    await expect(end).rejects.toThrow('standard output cannot be written (ENOSPC)');
    expect(told).toBe(1);
  });

  it('is at its end only when a slow reader has it all', async () => {
    const stream = new PassThrough({ highWaterMark: 1 });
    const output = new Output(stream, () => {});
    output.write('abc');
    let ended = false;
    const end = output.end().then(() => (ended = true));
    await turn();
    expect(ended).toBe(false);
    stream.resume();
    await end;
  });
});
