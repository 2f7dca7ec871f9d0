import { Buffer } from 'node:buffer';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fingerprint, redacted, scrubber } from '../../src/core/secrets.js';

const key = 'sk-a/b+c=d "e\\f&g%25?h';

function lowerHex(text: string): string {
  return text.replace(/%[0-9A-F]{2}/g, (found) => found.toLowerCase());
}

describe('scrubber', () => {
  it.each([
    ['as it is', key],
    ['percent-encoded', encodeURIComponent(key)],
    ['percent-encoded in lower case', lowerHex(encodeURIComponent(key))],
    ['only partly percent-encoded', encodeURI(key)],
    ['form-encoded', new URLSearchParams({ key }).toString().slice('key='.length)],
    ['escaped as JSON', JSON.stringify(key).slice(1, -1)],
    ['escaped as JSON with \\/', JSON.stringify(key).slice(1, -1).replaceAll('/', '\\/')],
    ['escaped as JSON within JSON', JSON.stringify(JSON.stringify('aa\\bb')).slice(3, -3), 'aa\\bb'],
    [
      'escaped as \\u0026 in JSON',
      key.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replace('&', '\\u0026'),
    ],
    ['escaped as HTML', key.replaceAll('&', '&amp;').replaceAll('"', '&quot;')],
    ['escaped as HTML by numbers', 'a&#38;b&#x3C;c&#062;d&#39;', "a&b<c>d'"],
    ['escaped as HTML, as templates do', 'ab&#43;cd&#x2F;ef&#x3D;', 'ab+cd/ef='],
    ['in base64', Buffer.from(key).toString('base64')],
    ['in base64url', Buffer.from(key).toString('base64url')],
    [
      'in base64, percent-encoded',
      encodeURIComponent(Buffer.from(`${key}?>`).toString('base64')),
      `${key}?>`,
    ],
    ['with a line end in JSON', 'ab\\ncd', 'ab\ncd'],
    ['not in ASCII, percent-encoded', encodeURIComponent('schlüssel😀'), 'schlüssel😀'],
    ['not in ASCII, in base64', Buffer.from('schlüssel😀').toString('base64'), 'schlüssel😀'],
    ['not in ASCII, as \\u', 'schl\\u00fcssel\\uD83D\\ude00', 'schlüssel😀'],
    ['with the white space of its file', 'abcdef', 'abcdef\n'],
  ])('takes out a secret %s', (_, shown, secret = key) => {
    expect(scrubber([secret])(`before <${shown}> after`)).toBe(`before <${redacted}> after`);
  });

  it.each([
    ['in lower case', 'zq8vt3klm9xw2rb7'],
    ['in upper case', 'ZQ8VT3KLM9XW2RB7'],
    [
      'as `URL` makes a host of it',
      new URL('https://Zq8vT3kLm9Xw2Rb7.evil.example/').host.split('.')[0] ?? '',
    ],
    ['in lower case, percent-encoded', 'zq8v%543klm9xw2rb7'],
    ['in lower case, not in ASCII', 'ünïcöde-key-1', 'ÜNÏCÖDE-key-1'],
  ])('takes out a secret %s', (_, shown, secret = 'Zq8vT3kLm9Xw2Rb7') => {
    expect(scrubber([secret])(`before <${shown}> after`)).toBe(`before <${redacted}> after`);
  });

  it.each(['Pa55wrd', 'Majordomo'])('heeds the case of %s, which may be a word', (secret) => {
    expect(scrubber([secret])(`${secret.toLowerCase()}, ${secret}`)).toBe(
      `${secret.toLowerCase()}, ${redacted}`,
    );
  });

  it('heeds the case of base64, where another one is another text', () => {
    const shown = Buffer.from('Zq8vT3kLm9Xw2Rb7').toString('base64').toLowerCase();
    expect(scrubber(['Zq8vT3kLm9Xw2Rb7'])(shown)).toBe(shown);
  });

  it.each([
    ['a bell', '\u0007'],
    ['a NUL', '\0'],
    ['a colour', '\u001b[31m'],
    ['a colour in 8 bits', '\u009b31m'],
    ['a link', '\u001b]8;;http://x\u001b\\'],
    ['an override of the direction', '\u202e'],
    ['a zero-width space', '\u200b'],
    ['a soft hyphen', '\u00ad'],
    ['a variation selector', '\ufe0f'],
    ['a tag', '\u{e0041}'],
  ])('takes out a secret with %s in it', (_, unseen) => {
    const scrub = scrubber(['Zq8vT3kLm9Xw2Rb7']);
    expect(scrub(`<${unseen}Zq8vT3k${unseen}Lm9Xw2Rb7>\n`)).toBe(`<${redacted}>\n`);
    expect(scrub(`<${Buffer.from('Zq8vT3kLm9Xw2Rb7').toString('base64').replace('M', `${unseen}M`)}>`)).toBe(
      `<${redacted}>`,
    );
  });

  it('takes out a secret that whoever shows the text would not see', () => {
    expect(scrubber(['Zq8vT3kLm9Xw2Rb7'])('\u001b]0;Zq8vT3kLm9Xw2Rb7\u0007')).toBe(
      `\u001b]0;${redacted}\u0007`,
    );
  });

  it('leaves what nobody sees where it is, as long as it hides nothing', () => {
    const text = '\u001b[31mred\u001b[0m, so\u00adft, \u{1f468}\u200d\u{1f469}';
    expect(scrubber(['Zq8vT3kLm9Xw2Rb7'])(text)).toBe(text);
  });

  it.each(['', 'u', 'us', 'use', ':', 'user:', 'longer user:'])('finds it in Basic after %j', (before) => {
    const scrub = scrubber([key]);
    for (const after of ['', 'x', 'xy', 'xyz']) {
      const shown = Buffer.from(`${before}${key}${after}`).toString('base64');
      const known = Buffer.from(key).toString('base64').slice(4, 20);
      const scrubbed = scrub(`Basic ${shown}!`);
      expect(scrubbed).toContain(redacted);
      expect(scrubbed).not.toContain(known);
      // nothing of what the middle of the key encodes to is left, whatever the alignment
      const rest = scrubbed.replace('Basic ', '').replace(redacted, '').replace('!', '');
      expect(rest.length).toBeLessThanOrEqual(shown.length - Math.ceil((key.length * 4) / 3));
    }
  });

  it('finds any secret in any form between any texts', () => {
    const character = fc.oneof(
      fc.constantFrom('a', 'Z', '9', '-', '_', '+', '/', ' ', '%', '\\', 'ü', '😀'),
      fc.string({ minLength: 1, maxLength: 1 }),
    );
    const words = (minLength: number, maxLength: number) =>
      fc.array(character, { minLength, maxLength }).map((all) => all.join(''));
    const forms = {
      raw: (secret: string) => secret,
      percent: (secret: string) => encodeURIComponent(secret),
      json: (secret: string) => JSON.stringify(secret).slice(1, -1),
      base64: (secret: string) => Buffer.from(secret).toString('base64').replace(/=+$/, ''),
      base64url: (secret: string) => Buffer.from(secret).toString('base64url'),
    };
    const form = fc.constantFrom(...(Object.keys(forms) as (keyof typeof forms)[]));
    fc.assert(
      fc.property(words(4, 40), form, words(0, 30), words(0, 30), (secret, name, before, after) => {
        fc.pre(!/\p{Cs}/u.test(secret) && secret.trim().length >= 4);
        const hidden = forms[name](secret);
        expect(scrubber([secret])(`${before} <${hidden}> ${after}`)).not.toContain(`<${hidden}>`);
      }),
      { numRuns: 3000 },
    );
  });

  it('leaves alone what holds none, however it looks', () => {
    const scrub = scrubber(['sk-0123456789abcdef']);
    for (const text of [
      '',
      'short',
      'https://gw.corp/v1?x=%41',
      'sk-0123456789abcde',
      'c2stMDEyMzQ1Njc4OWFiY2R'.slice(0, 20),
    ]) {
      expect(scrub(text)).toBe(text);
    }
  });

  it('replaces every occurrence', () => {
    expect(scrubber(['abcd'])('abcd-abcd abcdabcd')).toBe(`${redacted}-${redacted} ${redacted}${redacted}`);
  });

  it('replaces the longer of two secrets first', () => {
    expect(scrubber(['secret', 'id:secret', 'secret-and-more'])('id:secret, secret-and-more, secret')).toBe(
      `${redacted}, ${redacted}, ${redacted}`,
    );
  });

  it.each([[''], ['abc']])('leaves the text alone for the short secret %j', (secret) => {
    expect(scrubber([secret])('abc abcabc')).toBe('abc abcabc');
  });

  it('leaves other text alone', () => {
    expect(scrubber([key])('nothing to see: sk-other')).toBe('nothing to see: sk-other');
  });

  it.each(['.*.*', 'a|b|c', '(((((', '[a-z]', '$&$&$&', '^a{2}$', '\\\\\\\\\\'])(
    'takes %j literally',
    (secret) => {
      const scrub = scrubber([secret]);
      expect(scrub(`x ${secret} y`)).toBe(`x ${redacted} y`);
      expect(scrub('aaa bbb')).toBe('aaa bbb');
    },
  );

  it('takes out a secret of many thousand characters', () => {
    let state = 1;
    const character = () => {
      state = (state * 48_271) % 2_147_483_647;
      return String.fromCharCode(33 + (state % 90));
    };
    const long = Array.from({ length: 5000 }, character).join('');
    const scrub = scrubber([long]);
    for (const shown of [long, encodeURIComponent(long), Buffer.from(long).toString('base64')]) {
      expect(scrub(`<${shown}>`).replaceAll(redacted, '')).toMatch(/^<.{0,12}>$/);
    }
  });

  it('stays fast on long text made of what secrets are made of', () => {
    const scrub = scrubber([`${'%'.repeat(50)}x`, `${'\\'.repeat(50)}x`, `${'a'.repeat(50)}b`]);
    const text = `${'a'.repeat(40)}${'\\'.repeat(40)}${'%25'.repeat(40)}`.repeat(500);
    const before = performance.now();
    expect(scrub(text)).toBe(text);
    expect(performance.now() - before).toBeLessThan(5000);
  });
});

describe('fingerprint', () => {
  it.each([
    ['a key of 20 characters', 'abcdefghijklmnopqrst', '…qrst'],
    ['a long key', `sk-${'x'.repeat(60)}9f2c`, '…9f2c'],
    ['a key of 19 characters', 'abcdefghijklmnopqrs', null],
    ['nothing', '', null],
  ])('of %s', (_, secret, expected) => {
    expect(fingerprint(secret)).toBe(expected);
  });
});
