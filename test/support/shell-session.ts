import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { command, type Environment, environment } from './cli.js';
import { hasTerminal } from './terminal.js';

export type Shell = 'bash' | 'zsh' | 'fish';

/** How each is started without anybody's configuration, and told to complete. */
const shells = {
  bash: {
    start: 'bash --norc --noprofile -i',
    load: 'source <(majordomo completion bash)',
    tabsToList: 2,
  },
  zsh: {
    start: 'zsh -f -i',
    load: 'autoload -Uz compinit; compinit -D -u; source <(majordomo completion zsh)',
    tabsToList: 1,
  },
  fish: { start: 'fish --no-config -i', load: 'majordomo completion fish | source', tabsToList: 1 },
} as const satisfies Record<Shell, { start: string; load: string; tabsToList: number }>;

/** Whether a shell is there, and a terminal to run it in; where it is not, its tests are skipped, visibly. */
export function hasShell(shell: Shell): boolean {
  return hasTerminal && spawnSync(shell, ['-c', 'true'], { stdio: 'ignore' }).status === 0;
}

/** How long a key may take to show what it does; a machine may be busy. */
const patienceMs = 30_000;

/** A directory for the path with the built program under its name, and `words`, which tells what it was called with. */
function programDirectory(folder: string): string {
  const directory = path.join(folder, 'bin');
  mkdirSync(directory);
  const script = (name: string, text: string): void => {
    writeFileSync(path.join(directory, name), `#!/bin/sh\n${text}\n`);
    chmodSync(path.join(directory, name), 0o755);
  };
  const program = command([]).flat();
  script('majordomo', `exec ${program.map((word) => `'${word}'`).join(' ')} "$@"`);
  script('words', `printf '%s\\n' "$@" > "$WORDS_FILE.new" && mv "$WORDS_FILE.new" "$WORDS_FILE"`);
  return directory;
}

/** A real interactive shell on a pseudo-terminal, in a directory of its own, with completion loaded. */
export class ShellSession {
  readonly #shell: Shell;
  readonly #child: ChildProcess;
  readonly #folder: string;
  /** The working directory of the shell. */
  readonly directory: string;
  /** Everything that the terminal was sent. */
  screen = '';

  private constructor(shell: Shell, env: Environment) {
    this.#shell = shell;
    this.#folder = mkdtempSync(path.join(os.tmpdir(), 'majordomo-shell-'));
    this.directory = path.join(this.#folder, 'work');
    mkdirSync(this.directory);
    const directory = programDirectory(this.#folder);
    const size = 'stty cols 200 rows 50';
    this.#child = spawn('script', ['-qefc', `${size}; exec ${shells[shell].start}`, '/dev/null'], {
      cwd: this.directory,
      env: environment({
        TERM: 'xterm',
        HOME: this.#folder,
        WORDS_FILE: this.#wordsFile,
        ...env,
        PATH: `${directory}:${process.env.PATH ?? ''}`,
      }),
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    this.#child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      this.screen += text;
    });
  }

  static async start(shell: Shell, env: Environment = {}): Promise<ShellSession> {
    const session = new ShellSession(shell, env);
    // What is typed before the shell reads keys is echoed by the terminal, and works all the same.
    await session.#enter(`${shells[shell].load}\rwords ready\r`);
    return session;
  }

  get #wordsFile(): string {
    return path.join(this.#folder, 'words');
  }

  /**
   * Types a line, Tab and an X, and lets the shell run what stands there then with `words` before it: the words that a
   * program would have got. The X tells whether Tab ended the word with a space.
   */
  async complete(line: string): Promise<readonly string[]> {
    return this.#enter(`${line}\tX\u0001words \r`);
  }

  /** Lets the shell run a line. */
  async run(line: string): Promise<void> {
    await this.#enter(`${line}\rwords done\r`);
  }

  /** Types a line, lets Tab list what may follow, and takes the line back; resolves to all that came to the screen. */
  async list(line: string, until: RegExp): Promise<string> {
    const before = this.screen.length;
    await this.press(line + '\t'.repeat(shells[this.#shell].tabsToList), until);
    await this.#enter('\u0015words cleared\r');
    return this.screen.slice(before);
  }

  /** Types keys, and waits for what comes to the screen after them. */
  async press(keys: string, until: RegExp): Promise<void> {
    const before = this.screen.length;
    this.#child.stdin?.write(keys);
    await this.#waitFor(() => until.test(this.screen.slice(before)), `${until}`);
  }

  async end(): Promise<void> {
    const closed = once(this.#child, 'close');
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), 5_000);
    this.#child.stdin?.write('\u0015exit\r');
    await closed;
    clearTimeout(timer);
    rmSync(this.#folder, { recursive: true, force: true, maxRetries: 10 });
  }

  async #enter(keys: string): Promise<readonly string[]> {
    rmSync(this.#wordsFile, { force: true });
    this.#child.stdin?.write(keys);
    await this.#waitFor(() => existsSync(this.#wordsFile), JSON.stringify(keys));
    return readFileSync(this.#wordsFile, 'utf8').trimEnd().split('\n');
  }

  async #waitFor(isThere: () => boolean, what: string): Promise<void> {
    const untilMs = performance.now() + patienceMs;
    while (!isThere()) {
      if (performance.now() > untilMs) throw new Error(`nothing came of ${what}:\n${this.screen}`);
      await wait(20);
    }
  }
}
