import type { Socket } from 'node:net';
import { ProviderError } from '../../core/errors.js';
import { type HttpProxy, proxyPlace } from './proxy.js';

/** More than any proxy sends before the tunnel is open. */
const maxHeadBytes = 16 * 1024;

export interface TunnelRequest {
  readonly socket: Socket;
  readonly proxy: HttpProxy;
  readonly hostname: string;
  readonly port: number;
}

/**
 * Asks the proxy at the other end of `socket` for a tunnel (`CONNECT`, RFC 9110 section 9.3.6). The socket is
 * the tunnel when the promise resolves. Rejects with a `ProviderError`, or with the socket's own error.
 */
export async function openTunnel({ socket, proxy, hostname, port }: TunnelRequest): Promise<void> {
  const authority = `${hostname.includes(':') ? `[${hostname}]` : hostname}:${port}`;
  const lines = [`CONNECT ${authority} HTTP/1.1`, `host: ${authority}`, 'proxy-connection: keep-alive'];
  if (proxy.authorization !== null) lines.push(`proxy-authorization: ${proxy.authorization}`);
  socket.write(`${lines.join('\r\n')}\r\n\r\n`, 'latin1');
  const status = await readStatus(socket, proxy);
  if (status < 200 || status > 299) throw refusal(status, proxy);
}

/** Reads one response head and leaves the socket paused, with whatever came after the head put back. */
function readStatus(socket: Socket, proxy: HttpProxy): Promise<number> {
  return new Promise((resolve, reject) => {
    let head = Buffer.alloc(0);
    const settle = (outcome: () => void) => {
      socket.off('data', onData).off('error', onError).off('close', onClose).off('end', onClose).pause();
      outcome();
    };
    const onData = (chunk: Buffer) => {
      head = Buffer.concat([head, chunk]);
      const end = head.indexOf('\r\n\r\n');
      if (end === -1 && head.length <= maxHeadBytes) return;
      const status = /^HTTP\/1\.[01] (\d{3})\b/.exec(head.toString('latin1', 0, Math.max(end, 0)))?.[1];
      settle(() => {
        if (status === undefined) return reject(notAProxy(proxy));
        const rest = head.subarray(end + 4);
        if (rest.length > 0) socket.unshift(rest);
        resolve(Number(status));
      });
    };
    const onError = (error: Error) => settle(() => reject(error));
    const onClose = () => settle(() => reject(Object.assign(new Error('closed'), { code: 'ECONNRESET' })));
    socket.on('data', onData).on('error', onError).on('close', onClose).on('end', onClose);
  });
}

/** What it means when a proxy answers 407 to a request or to `CONNECT`, or 401 in its place. */
function wantsPassword(proxy: HttpProxy, status: 401 | 407): ProviderError {
  return new ProviderError({
    kind: 'misconfigured',
    message:
      proxy.authorization === null
        ? `the proxy wants a user and a password (${status})`
        : `the proxy does not accept the user or the password (${status})`,
    httpStatus: status,
    hint: `put them into the proxy’s URL, which is in ${proxy.source}: http://USER:PASSWORD@HOST:PORT`,
  });
}

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * Throws a `ProviderError` of kind `misconfigured` for an answer to a request in absolute form that is the proxy's own:
 * 407, or a 401 that asks for a user and a password, as tinyproxy refuses a wrong one. APIs ask for a bearer token or
 * say nothing; a server that was sent user and password (`authorization`) may well ask for others.
 */
export function checkProxyAnswer(
  proxy: HttpProxy,
  { status, headers }: Answer,
  authorization: string | undefined,
): void {
  const challenges = headers['www-authenticate'] ?? '';
  const asksForPassword = /(?:^|,)\s*basic\b/i.test(challenges) && !/(?:^|,)\s*bearer\b/i.test(challenges);
  if (status === 407) throw wantsPassword(proxy, status);
  if (status === 401 && asksForPassword && !/^basic\b/i.test(authorization ?? ''))
    throw wantsPassword(proxy, status);
}

function refusal(status: number, proxy: HttpProxy): ProviderError {
  // before the tunnel is open nobody else can have answered
  if (status === 401 || status === 407) return wantsPassword(proxy, status);
  if (status >= 500) {
    return new ProviderError({
      kind: 'unreachable',
      message: `the proxy ${proxyPlace(proxy)} could not reach the server (${status})`,
      httpStatus: status,
    });
  }
  return new ProviderError({
    kind: 'misconfigured',
    message: `the proxy ${proxyPlace(proxy)} does not open a tunnel to the server (${status})`,
    httpStatus: status,
    hint: `does the proxy, which is named by ${proxy.source}, allow this host and port?`,
  });
}

function notAProxy(proxy: HttpProxy): ProviderError {
  return new ProviderError({
    kind: 'misconfigured',
    message: `the proxy ${proxyPlace(proxy)} does not speak HTTP on this port`,
    hint: `are the proxy’s host and port right? They are in ${proxy.source}`,
  });
}
