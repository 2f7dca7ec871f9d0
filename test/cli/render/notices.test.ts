import { Writable } from 'node:stream';
import { Chalk } from 'chalk';
import { describe, expect, it } from 'vitest';
import { Notices, type NoticesOptions } from '../../../src/cli/render/notices.js';
import type { Attempt, ChainEvent } from '../../../src/core/events.js';
import { attempt, limited } from './attempt-record.js';

function written(tell: (notices: Notices) => void, options: Partial<NoticesOptions> = {}): string {
  let text = '';
  const stderr = new Writable({
    write(chunk, _encoding, done) {
      text += String(chunk);
      done();
    },
  });
  const plain = { quiet: false, color: null, spinner: null, neutralize: false, beforeLine: () => {} };
  tell(new Notices({ stderr, ...plain, ...options }));
  return text;
}

const end = (
  record: Attempt,
  more: Partial<Extract<ChainEvent, { type: 'attempt-end' }>> = {},
): ChainEvent => ({
  type: 'attempt-end',
  attempt: 1,
  record,
  nextTarget: 'm2/b',
  waitMs: 0,
  hint: null,
  ...more,
});

describe('a remark', () => {
  it.each([
    { name: 'a switch', event: end(limited()), line: '⚠ m1/a: rate-limit (429, retry after 30s) → m2/b\n' },
    {
      name: 'a switch after a message',
      event: end(limited({ retryAfterMs: null })),
      line: '⚠ m1/a: rate-limit (429, slow down) → m2/b\n',
    },
    {
      name: 'a switch that says nothing',
      event: end(limited({ retryAfterMs: null, message: null, httpStatus: null })),
      line: '⚠ m1/a: rate-limit → m2/b\n',
    },
    {
      name: 'a retry',
      event: end(limited({ next: 'retry' }), { nextTarget: 'm1/a', waitMs: 2000 }),
      line: '⚠ m1/a: rate-limit (429, retry after 30s) → m1/a again in 2s\n',
    },
    {
      name: 'a skip',
      event: end(limited({ outcome: 'skipped', reason: 'circuit-open', retryAfterMs: 4000, message: null })),
      line: '⚠ m1/a: skipped, circuit-open (free in 4s) → m2/b\n',
    },
    {
      name: 'a wrong setting, with its hint',
      event: end(
        limited({ outcome: 'misconfigured', retryAfterMs: null, httpStatus: 404, message: 'no such path' }),
        { hint: 'is /v1 missing?' },
      ),
      line: '⚠ m1/a: misconfigured (404, no such path) → m2/b\n⚠   is /v1 missing?\n',
    },
    {
      name: 'a warning',
      event: { type: 'warning', warning: { code: 'c', message: 'the answer is empty' } } as const,
      line: '⚠ the answer is empty\n',
    },
    {
      name: 'nothing of the last failure, which the error tells',
      event: end(limited(), { nextTarget: null }),
      line: '',
    },
    { name: 'nothing of an answer', event: end(attempt()), line: '' },
    { name: 'nothing of a cancelled attempt', event: end(limited({ outcome: 'cancelled' })), line: '' },
  ])('tells $name', ({ event, line }) => {
    expect(written((notices) => notices.onEvent(event))).toBe(line);
    expect(written((notices) => notices.onEvent(event), { quiet: true })).toBe('');
  });

  it('cuts a long message short', () => {
    const text = written((notices) =>
      notices.onEvent(end(limited({ retryAfterMs: null, message: 'x'.repeat(5000) }))),
    );
    expect(text.length).toBeLessThan(260);
  });

  it('is coloured where colour is wanted, and only there', () => {
    const color = new Chalk({ level: 1 });
    expect(written((notices) => notices.notice('careful'), { color })).toBe(
      '\u001b[33m⚠\u001b[39m careful\n',
    );
    expect(written((notices) => notices.line('plain'), { color })).toBe('plain\n');
  });

  it('is one line without control sequences, whoever wrote it', () => {
    expect(written((notices) => notices.line('a\u001b[2J\r\nb\u0007\u202e'))).toBe('a b\n');
  });

  it('has no workflow command under GitHub Actions', () => {
    expect(written((notices) => notices.line('  ::error::a ##[b]'), { neutralize: true })).toBe(
      '  : :error::a # #[b]\n',
    );
    expect(written((notices) => notices.line('##[b]'))).toBe('##[b]\n');
  });

  it('is written when what comes before it is', () => {
    const order: string[] = [];
    const stderr = new Writable({
      write(_chunk, _encoding, done) {
        order.push('line');
        done();
      },
    });
    const options = { quiet: false, color: null, spinner: null, neutralize: false };
    new Notices({ stderr, ...options, beforeLine: () => order.push('before') }).line('x');
    expect(order).toEqual(['before', 'line']);
  });

  it('that nobody can read ends nothing', async () => {
    const stderr = new Writable({ write: (_chunk, _encoding, done) => done(new Error('EPIPE')) });
    const options = { quiet: false, color: null, spinner: null, neutralize: false, beforeLine: () => {} };
    const notices = new Notices({ stderr, ...options });
    expect(() => notices.line('x')).not.toThrow();
    await new Promise((resolve) => setImmediate(resolve));
  });
});
