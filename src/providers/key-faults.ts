import type { Dsn } from '../core/dsn.js';
import type { Unavailable } from '../core/ports.js';
import type { Preset } from './presets.js';

/** Whose key it is, and where it would go. */
export interface KeyPlace {
  readonly name: string;
  readonly dsn: Dsn;
  readonly preset: Preset;
  /** The variables that are looked at for a key. */
  readonly usualVariables: readonly string[];
  /** The variable that named the endpoint; null where DSN or preset did. */
  readonly endpointVariable: string | null;
  readonly isPlainHttp: boolean;
}

/** There is no key. What to do keeps the prompt where it was meant for: a DSN without its host is another endpoint. */
export function noKey(place: KeyPlace): Unavailable {
  const { name, dsn } = place;
  const { keyEnv, keyFile, keyCmd } = dsn.options;
  const absent = (message: string): Unavailable => ({
    reason: 'no-credential',
    message: `no key: ${message}`,
  });
  if (keyEnv !== null) return absent(`${keyEnv}, which key_env names, is not set`);
  if (keyFile !== null) return absent(`the key_file of ${name} gave nothing`);
  if (keyCmd !== null) return absent(`the key_cmd of ${name} gave nothing`);
  const said = absent(`set ${place.usualVariables.join(' or ')}${inDsn(place)}`);
  // of a server of one's own it is likely that it wants no key; which schemes say so is nothing to know by heart
  if (place.preset.dialect !== 'openai' || !place.isPlainHttp || dsn.socketPath !== null) return said;
  const hint = `if the server wants no key, write vllm://HOST:PORT or llamacpp://HOST:PORT in place of ${dsn.scheme}://`;
  return { ...said, hint };
}

function inDsn({ name, dsn, endpointVariable }: KeyPlace): string {
  // a DSN with a key of its own leaves the variable of the endpoint alone
  if (endpointVariable !== null) return '';
  const hasPlace = dsn.host !== null || dsn.socketPath !== null;
  const isBuiltin = dsn.variable === name;
  const form = `${dsn.scheme}${dsn.socketPath === null ? '' : '+unix'}://KEY@${hasPlace ? 'HOST' : ''}`;
  if (isBuiltin) return `, or put it into a DSN: LLM_${name.toUpperCase().replaceAll('-', '_')}=${form}`;
  return hasPlace
    ? `, or put it into ${dsn.variable} before the host: ${form}`
    : `, or put it into ${dsn.variable}: ${form}`;
}

/** There is a key, which everybody on the way to another machine could read. */
export function plainHttpKey({ name, dsn, preset, endpointVariable }: KeyPlace): Unavailable {
  return {
    reason: 'no-credential',
    message: `${dsn.variable === name ? '' : `${dsn.variable}: `}the key of ${name} would travel over plain http to another machine`,
    hint:
      endpointVariable === null
        ? `write ${preset.name}+https://, or add insecure=1 if you trust the network between`
        : `write https:// in ${endpointVariable}, or use a DSN with insecure=1: ${preset.name}+http://HOST?insecure=1`,
  };
}
