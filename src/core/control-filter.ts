/** Everything that a terminal could take for a command, and characters that reorder text on the screen. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for
const suspicious = /[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/;

type State = 'ground' | 'escape' | 'csi' | 'string' | 'string-escape';

/** A control string longer than this is not one: what follows is shown as text. */
const longestString = 4096;

const stringIntroducers = new Set(['P', ']', 'X', '^', '_']);
const c1Strings = new Set(['\x90', '\x9d', '\x98', '\x9e', '\x9f']);

/**
 * Takes control sequences out of a text that arrives in pieces, however they are cut: CSI, OSC, DCS, APC, PM,
 * SOS, other escapes, single control characters (tab and newline stay; CR LF becomes LF, a lone CR goes) and
 * bidirectional overrides. After ECMA-48 and xterm's control sequences.
 */
export class ControlFilter {
  #state: State = 'ground';
  #length = 0;

  push(text: string): string {
    if (this.#state === 'ground' && !suspicious.test(text)) return text;
    let clean = '';
    for (const char of text) clean += this.#next(char);
    return clean;
  }

  #next(char: string): string {
    switch (this.#state) {
      case 'ground':
        return this.#ground(char);
      case 'escape':
        return this.#escape(char);
      case 'csi':
        return this.#csi(char);
      case 'string':
        return this.#string(char);
      case 'string-escape':
        // ESC \ ends the string; any other escape ends it too and begins anew.
        this.#state = 'ground';
        return char === '\\' ? '' : this.#escape(char);
    }
  }

  #ground(char: string): string {
    if (char === '\x1b') this.#state = 'escape';
    else if (char === '\x9b') this.#state = 'csi';
    else if (c1Strings.has(char)) this.#openString();
    else if (!suspicious.test(char)) return char;
    return '';
  }

  #escape(char: string): string {
    if (char === '[') this.#state = 'csi';
    else if (stringIntroducers.has(char)) this.#openString();
    else if (char === '\x1b') this.#state = 'escape';
    // Intermediate bytes: more of the escape is to come.
    else if (char >= ' ' && char <= '/') this.#state = 'escape';
    else {
      this.#state = 'ground';
      return char >= '0' && char <= '~' ? '' : this.#ground(char);
    }
    return '';
  }

  #csi(char: string): string {
    if (char >= ' ' && char <= '?') return '';
    this.#state = 'ground';
    return char >= '@' && char <= '~' ? '' : this.#ground(char);
  }

  #openString(): void {
    this.#state = 'string';
    this.#length = 0;
  }

  #string(char: string): string {
    this.#length += 1;
    if (char === '\x1b') this.#state = 'string-escape';
    else if (char === '\x07' || char === '\x9c') this.#state = 'ground';
    else if (char === '\n' || this.#length > longestString) {
      this.#state = 'ground';
      return this.#ground(char);
    }
    return '';
  }
}

const simple = /^[\t\n -~]*$/;
const lineEnd = /\r\n?|[\u2028\u2029\u0085]/g;

/**
 * A text as a reader sees it: without control sequences, single control characters (tab stays, line ends become newlines)
 * and characters that have no look of their own, such as a soft hyphen or a zero-width space.
 */
export function seenText(text: string): string {
  if (simple.test(text)) return text;
  // here, and not at the top: a class of Unicode takes up to half a millisecond to make, and nearly all texts are simple
  const unseen = /[\p{Cf}\p{Default_Ignorable_Code_Point}]/gu;
  return new ControlFilter().push(text.replace(lineEnd, '\n')).replace(unseen, '');
}
