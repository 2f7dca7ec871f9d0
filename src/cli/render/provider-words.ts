import type { CredentialInfo } from '../../core/ports.js';
import type { Source } from '../../core/source.js';

/** `LLM_WORK …cdef`. */
export function credentialWords(credential: CredentialInfo | null, usable: boolean): string {
  if (credential === null) return usable ? 'no key needed' : 'no key';
  return credential.fingerprint === null
    ? credential.source
    : `${credential.source} ${credential.fingerprint}`;
}

export function sourceWords({ kind, key }: Source): string {
  return kind === 'builtin' ? 'built in' : key;
}

/** An endpoint, with the variable that named it where its definition did not. */
export function endpointWords(of: {
  readonly endpoint: string | null;
  readonly endpointVariable: string | null;
  readonly source: Source;
}): string {
  const { endpoint, endpointVariable: variable, source } = of;
  const from = variable === null || variable === source.key ? '' : ` (${variable})`;
  return endpoint === null || endpoint === '' ? '-' : `${endpoint}${from}`;
}
