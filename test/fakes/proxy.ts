import { createServer, type IncomingMessage } from 'node:http';
import { connect, type Socket } from 'node:net';

/**
 * An HTTP proxy that tunnels and forwards to this machine, whatever host is asked for; with a `password` (`user:password`)
 * only for those who have it.
 */
export function createProxy({ password }: { readonly password?: string } = {}) {
  const wanted = password === undefined ? null : `Basic ${Buffer.from(password).toString('base64')}`;
  const isWelcome = ({ headers }: IncomingMessage): boolean =>
    wanted === null || headers['proxy-authorization'] === wanted;
  const server = createServer((request, response) => {
    if (!isWelcome(request)) {
      response.writeHead(407, { 'proxy-authenticate': 'Basic realm="office"', 'content-type': 'text/html' });
      response.end('<title>Proxy Authentication Required</title>');
      return;
    }
    const target = new URL(request.url ?? '');
    const upstream = connect(Number(target.port), '127.0.0.1', () => {
      const { 'proxy-authorization': _, ...headers } = request.headers;
      const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
      upstream.write(
        [`${request.method} ${target.pathname}${target.search} HTTP/1.1`, ...lines, 'connection: close'].join(
          '\r\n',
        ),
      );
      upstream.write('\r\n\r\n');
      request.pipe(upstream, { end: false });
      request.socket.on('error', () => upstream.destroy());
      // the answer as it comes
      upstream.pipe(request.socket);
    });
    upstream.on('error', () => {
      response.writeHead(502, { 'content-type': 'text/html' });
      response.end('<title>502 Bad Gateway</title>');
    });
  });
  server.on('connect', (request: IncomingMessage, socket: Socket) => {
    if (!isWelcome(request)) {
      socket.end('HTTP/1.1 407 Proxy Authentication Required\r\ncontent-length: 0\r\n\r\n');
      return;
    }
    const port = Number((request.url ?? '').split(':').at(-1));
    const upstream = connect(port, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      upstream.pipe(socket).pipe(upstream);
    });
    upstream.on('error', () => socket.end('HTTP/1.1 502 Bad Gateway\r\ncontent-length: 0\r\n\r\n'));
    socket.on('error', () => upstream.destroy());
    socket.on('close', () => upstream.destroy());
  });
  return server;
}
