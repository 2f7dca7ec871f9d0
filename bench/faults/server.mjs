// A provider that fails as a scenario says, in one dialect, and one beside it that is well. Both refuse what the real
// API would refuse, and keep a log of who was asked when.
import { createServer } from 'node:http';

export const key = 'fault-key-0123456789abcdef';
export const usage = { input: 7, output: 60 };

const tokens = (name) => Array.from({ length: 60 }, (_, index) => `${name}${index} `);

/** The whole answer of the provider called `name`. */
export function wholeText(name) {
  return tokens(name).join('');
}

/**
 * Starts both. `primary(answer, asked)` says how the first provider answers its request number `asked`, from 1; the
 * second one always answers.
 */
export async function startPair(wire, primary) {
  const log = [];
  const sinceMs = performance.now();
  const open = new Set();
  const listen = async (name, behave) => {
    let asked = 0;
    const server = createServer((request, response) => {
      let text = '';
      request.setEncoding('utf8').on('data', (part) => (text += part));
      request.on('end', () => {
        asked += 1;
        const url = new URL(request.url, 'http://h');
        const { method, headers } = request;
        const seen = { method, headers, path: url.pathname, query: url.searchParams, body: parsed(text) };
        const entry = { name, atMs: performance.now() - sinceMs, accepted: wire.accepts(seen, key) };
        log.push(entry);
        const answer = new Answer(wire, response, name);
        if (entry.accepted) behave(answer, asked);
        else answer.refuse(400, 'prefill');
      });
    });
    server.on('connection', (socket) => {
      open.add(socket);
      socket.on('close', () => open.delete(socket));
    });
    await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
    return server;
  };
  const servers = [await listen('p', primary), await listen('f', (answer) => answer.whole())];
  const [first, second] = servers.map((server) => `127.0.0.1:${server.address().port}${wire.basePath}`);
  return {
    log,
    first,
    second,
    /** How many connections are still open. */
    open: () => open.size,
    close: () => {
      for (const server of servers) {
        server.closeAllConnections();
        server.close();
      }
    },
  };
}

/** One response, told what to do. */
class Answer {
  #wire;
  #response;
  #name;
  #timers = new Set();

  constructor(wire, response, name) {
    this.#wire = wire;
    this.#response = response;
    this.#name = name;
    response.on('close', () => {
      for (const timer of this.#timers) clearTimeout(timer);
    });
  }

  refuse(status, error = status, headers = {}) {
    this.#response.writeHead(status, { 'content-type': 'application/json', ...headers });
    this.#response.end(JSON.stringify(this.#wire.errors[error]));
  }

  /** A refusal for what the prompt says, by the API's own way. */
  refusePolicy() {
    if (this.#wire.refusal === undefined) return this.refuse(400, 'policy');
    this.head();
    this.#response.end(`data: ${JSON.stringify(this.#wire.refusal)}\n\n`);
  }

  head() {
    this.#response.writeHead(200, { 'content-type': this.#wire.framing });
    this.#response.flushHeaders();
  }

  /** The first so many tokens. */
  some(count) {
    this.head();
    const frames = tokens(this.#name).slice(0, count);
    this.write([
      ...this.#wire.begin(this.#model),
      ...frames.map((text) => this.#wire.token(text, this.#model)),
    ]);
  }

  /** The answer as it should be; `broken` puts an event that is none after the ninth token, `done` false leaves [DONE] out. */
  whole({ broken = false, done = true, hold = false } = {}) {
    this.head();
    const frames = tokens(this.#name).map((text) => this.#wire.token(text, this.#model));
    if (broken) frames.splice(9, 0, this.#wire.broken);
    this.write([
      ...this.#wire.begin(this.#model),
      ...frames,
      ...this.#wire.finish(this.#model, usage),
      ...(done ? this.#wire.done : []),
    ]);
    if (!hold) this.#response.end();
  }

  write(frames) {
    for (const frame of frames) this.#response.write(frame);
  }

  /** Ends the connection without the end of the body. */
  cut() {
    this.later(20, () => this.#response.socket?.destroy());
  }

  /** A TCP reset. */
  reset() {
    this.#response.socket?.resetAndDestroy();
  }

  later(delayMs, action) {
    this.#timers.add(setTimeout(action, delayMs));
  }

  get #model() {
    return `${this.#name}-model`;
  }
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}
