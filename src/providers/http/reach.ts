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
    const certificateDays = daysLeft(socket, options.clock.now());
    return { dnsMs: took.dns, connectMs: took.connect, tlsMs: took.tls, certificateDays };
  } finally {
    socket.destroy();
  }
}

/** Whole days until the server's certificate ends; null without TLS. */
function daysLeft(socket: Socket, now: number): number | null {
  const until = (socket as Partial<TLSSocket>).getPeerCertificate?.().valid_to;
  const untilMs = until === undefined ? Number.NaN : Date.parse(until);
  return Number.isNaN(untilMs) ? null : Math.floor((untilMs - now) / dayMs);
}
