import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import type { Reached } from '../../core/ports.js';
import { type ConnectPhase, type OpenOptions, openConnection, type Route } from './connection.js';

export type ReachOptions = Omit<OpenOptions, 'trust' | 'onPhase'>;

const dayMs = 86_400_000;

/** Opens a connection, looks at the certificate, and closes it. Throws what {@link openConnection} throws. */
export async function reach(route: Route, options: Omit<OpenOptions, 'onPhase'>): Promise<Reached> {
  const took: Record<ConnectPhase, number | null> = { dns: null, connect: null, tls: null };
  const onPhase = (phase: ConnectPhase, tookMs: number): void => {
    took[phase] = tookMs;
  };
  const socket = await openConnection(route, { ...options, onPhase });
  try {
    return {
      dnsMs: took.dns,
      connectMs: took.connect,
      tlsMs: took.tls,
      ...certificateLife(socket, options.clock.now()),
    };
  } finally {
    socket.destroy();
  }
}

/** How long the server's certificate is still good for; null without TLS. */
function certificateLife(socket: Socket, now: number): Pick<Reached, 'certificateDays' | 'certificateLeft'> {
  const { valid_from: from, valid_to: to } = (socket as Partial<TLSSocket>).getPeerCertificate?.() ?? {};
  const fromMs = Date.parse(from ?? '');
  const leftMs = Date.parse(to ?? '') - now;
  if (Number.isNaN(leftMs)) return { certificateDays: null, certificateLeft: null };
  const left = Math.min(1, Math.max(0, leftMs / (leftMs + now - fromMs)));
  return {
    certificateDays: Math.floor(leftMs / dayMs),
    certificateLeft: Number.isNaN(left) ? null : left,
  };
}
