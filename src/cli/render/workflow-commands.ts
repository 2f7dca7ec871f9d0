/**
 * Makes GitHub Actions' workflow commands in a model's answer harmless: the runner obeys `::…` at the start of a
 * line (white space before it does not count) and `##[…` anywhere (actions/runner, ActionCommand.cs). The text
 * arrives in pieces; what may be the beginning of a command is held back until it is known.
 */
export class WorkflowCommandFilter {
  #held = '';
  #lineStart = true;

  push(text: string): string {
    return this.#run(this.#held + text, false);
  }

  /** What was held back. */
  end(): string {
    return this.#run(this.#held, true);
  }

  #run(text: string, last: boolean): string {
    this.#held = '';
    let clean = '';
    for (let i = 0; i < text.length; i += 1) {
      const char = text[i] ?? '';
      const rest = text.slice(i, i + 3);
      if (this.#lineStart && char === ':') {
        if (rest.length === 1 && !last) return this.#hold(clean, rest);
        if (rest[1] === ':') {
          clean += ': :';
          i += 1;
          this.#lineStart = false;
          continue;
        }
      }
      if (char === '#') {
        if (!last && '##['.startsWith(rest) && rest.length < 3) return this.#hold(clean, rest);
        if (rest === '##[') {
          clean += '# #[';
          i += 2;
          this.#lineStart = false;
          continue;
        }
      }
      clean += char;
      this.#lineStart = char === '\n' || char === '\r' || (this.#lineStart && isPassedOver(char));
    }
    return clean;
  }

  #hold(clean: string, rest: string): string {
    this.#held = rest;
    return clean;
  }
}

/** Whether output is read by GitHub Actions' runner, which takes orders from it. */
export function runnerReads(env: Readonly<Record<string, string | undefined>>): boolean {
  return env.GITHUB_ACTIONS === 'true';
}

/** A whole text without workflow commands. */
export function withoutWorkflowCommands(text: string): string {
  const filter = new WorkflowCommandFilter();
  return filter.push(text) + filter.end();
}

/**
 * What the runner does not see at the start of a line: white space, of which .NET knows more than JavaScript (U+0085),
 * and what its comparison by culture passes over (U+200B, U+00AD).
 */
function isPassedOver(char: string): boolean {
  return /[\s\p{Cc}\p{Cf}]/u.test(char);
}
