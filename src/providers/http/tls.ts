import { readFile } from 'node:fs/promises';
import { isIP, type Socket } from 'node:net';
import type { ConnectionOptions, SecureContext, TLSSocket } from 'node:tls';
import { ProviderError } from '../../core/errors.js';

/**
 * The trust of one endpoint: the default certificate authorities, or those of a PEM file instead. Read and built
 * once, at first use (a first context costs some 60 ms on Node 20); a failure is not remembered, so that a file
 * which comes to be is found.
 */
export class Trust {
  readonly #caFile: string | null;
  #context: Promise<SecureContext> | null = null;

  constructor(caFile: string | null) {
    this.#caFile = caFile;
  }

  /** Throws a `ProviderError` of kind `misconfigured` that names `ca_file`, never its path. */
  context(): Promise<SecureContext> {
    if (this.#context !== null) return this.#context;
    const context = this.#caFile === null ? defaultContext() : contextOf(this.#caFile);
    this.#context = context;
    context.catch(() => {
      this.#context = null;
    });
    return context;
  }
}

async function defaultContext(): Promise<SecureContext> {
  const { createSecureContext } = await import('node:tls');
  return createSecureContext();
}

const certificateBlock = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

async function contextOf(caFile: string): Promise<SecureContext> {
  const [{ createSecureContext }, { X509Certificate }, pem] = await Promise.all([
    import('node:tls'),
    import('node:crypto'),
    read(caFile),
  ]);
  // OpenSSL passes over what it cannot read, and then every server would be refused for no visible reason.
  const certificates = pem.match(certificateBlock);
  if (!certificates) throw unusable('holds no PEM certificate', null);
  try {
    for (const certificate of certificates) new X509Certificate(certificate);
    return createSecureContext({ ca: certificates });
  } catch {
    throw unusable('holds a certificate that cannot be read', null);
  }
}

async function read(caFile: string): Promise<string> {
  try {
    return await readFile(caFile, 'latin1');
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? null;
    throw unusable(code === 'ENOENT' ? 'does not exist' : 'cannot be read', code);
  }
}

function unusable(what: string, rawCode: string | null): ProviderError {
  return new ProviderError({
    kind: 'misconfigured',
    message: `the file named by ca_file ${what}`,
    hint: 'ca_file= takes a PEM file with the certificates of the authorities to trust',
    rawCode,
  });
}

export interface TlsRequest {
  /** Connected; the TLS socket takes it over. */
  readonly socket: Socket;
  /** Without the brackets of IPv6; an address is checked too, but not sent as server name (RFC 6066). */
  readonly hostname: string;
  readonly context: SecureContext;
}

/** Starts a handshake in which the server is always verified, whatever NODE_TLS_REJECT_UNAUTHORIZED says. */
export async function startTls({ socket, hostname, context }: TlsRequest): Promise<TLSSocket> {
  const { connect } = await import('node:tls');
  const options: ConnectionOptions & { readonly highWaterMark: number } = {
    socket,
    host: hostname,
    servername: isIP(hostname) === 0 ? hostname : '',
    secureContext: context,
    rejectUnauthorized: true,
    ALPNProtocols: ['http/1.1'],
    // a TLS record is never larger
    highWaterMark: 16 * 1024,
  };
  return connect(options);
}
