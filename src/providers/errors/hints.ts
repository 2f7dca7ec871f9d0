import type { ErrorKind } from '../../core/classify.js';
import { certificateHint } from '../http/tls-errors.js';
import type { Preset } from '../presets.js';

interface HintFacts {
  readonly preset: Preset | null;
  readonly model: string | null;
  readonly status: number | null;
  /** Null where nobody says. */
  readonly endpoint: AskedEndpoint | null;
  /** What the server said, as it may be matched. */
  readonly text: string;
}

/** What was asked, as it may be shown. */
export interface AskedEndpoint {
  /** `https://gw.corp/v1 (OPENAI_BASE_URL)`: the base URL, and who named it. */
  readonly place: string;
  readonly basePath: string;
  /** Where its key comes from; null for none. */
  readonly keySource: string | null;
}

type Hint = (facts: HintFacts) => string | null;

/** What nginx, Go and Apache say on a port with TLS to a request without. */
const wantsTls =
  /plain HTTP request was sent to HTTPS port|sent an HTTP request to an HTTPS server|speaking plain HTTP to an SSL-enabled/i;

/** What nginx says to who shows no certificate, or a wrong one. */
const wantsCertificate = /no required SSL certificate was sent|the SSL certificate error/i;

/** Whether a server says that the DSN has the wrong one of http and https, or that no request of ours will do. */
export function saysTlsIsWrong(text: string): boolean {
  return wantsTls.test(text) || wantsCertificate.test(text);
}

/** What is wrong though scheme, host, port and path are right. */
const otherFaults: readonly { readonly says: RegExp; readonly hint: string }[] = [
  { says: wantsTls, hint: 'write +https after the scheme' },
  { says: wantsCertificate, hint: certificateHint },
  {
    says: /\bSERVICE_DISABLED\b|has not been used in project .{0,80}or it is disabled/i,
    hint: 'enable the API in the Google Cloud project of the key, and ask again some minutes later; or take the key of a project that has it',
  },
  {
    says: /unsupported_country|(country|region|location).{0,30} (is )?not supported|not available in your country|unsupported (country|region)/i,
    hint: 'the provider does not serve the country or region that this machine asks from: name another provider, or ask from one that it serves',
  },
];

/** OpenAI lets organizations that are not verified ask its newer models, but not for a stream. */
function streamHint({ text }: HintFacts): string | null {
  return /must be verified to stream/i.test(text)
    ? 'have the organization verified, or ask for a whole reply: majordomo run --no-stream'
    : null;
}

function isRetired({ status, text }: Pick<HintFacts, 'status' | 'text'>): boolean {
  return (
    status === 410 || /decommissioned|deprecated|retired|no longer (available|supported|offered)/i.test(text)
  );
}

/** What to do about each kind of error; null where the message says it, or where waiting is all. */
const hints = {
  auth: (facts) =>
    streamHint(facts) ??
    `${keyAdvice(facts)}; it must belong to ${facts.endpoint?.place ?? 'the endpoint that the provider points at'}`,
  quota: () =>
    "the account behind the key has no funds or has reached its limit: see the provider's billing page",
  'model-not-found': ({ preset, model, status, text }) =>
    isRetired({ status, text })
      ? 'it is no longer offered: name another model (majordomo providers --models lists them)'
      : preset?.dialect === 'ollama'
        ? /does not support (chat|generate)/i.test(text)
          ? 'it is there, but does not chat: name a model that does (`ollama list` tells which there are)'
          : `see what is there with \`ollama list\`, fetch it with \`ollama pull ${model ?? 'MODEL'}\``
        : "compare the model id with the provider's model list; the key may also lack access to it",
  misconfigured: ({ preset, status, text, endpoint }) => {
    const other = otherFaults.find(({ says }) => says.test(text));
    if (other !== undefined) return other.hint;
    if (status === 451)
      return 'the server refuses for legal reasons, whatever the DSN says: name another provider';
    if (status === 404 || status === 405 || (status !== null && status < 400))
      return elsewhere(preset, endpoint);
    return `check ${placeOf(endpoint)}`;
  },
  'context-length': () => 'shorten the prompt, or use a model with a larger context',
  'rate-limit': () => null,
  overloaded: () => null,
  'server-error': () => null,
  network: () => null,
  unreachable: () => null,
  timeout: () => null,
  'bad-request': (facts) => streamHint(facts),
  'content-filter': () => null,
  cancelled: () => null,
} as const satisfies Record<ErrorKind, Hint>;

/** What the user can do about it; null when there is nothing to add. Of the configuration it holds what may be shown. */
export function hintFor(kind: ErrorKind, facts: HintFacts): string | null {
  return hints[kind](facts);
}

function placeOf(endpoint: AskedEndpoint | null): string {
  return endpoint?.place ?? 'the base URL of the provider';
}

function elsewhere(preset: Preset | null, endpoint: AskedEndpoint | null): string {
  return `the API is not at ${placeOf(endpoint)}: check scheme, host, port and path${pathHint(preset, endpoint)}`;
}

/** For a refusal without a word of the API's: who said it is not known. */
export function refusalHint(endpoint: AskedEndpoint): string {
  return `either ${endpoint.place} wants a key: put it into ${keyPlaces}; or it, or what is before it, lets in only some hosts: see its log`;
}

/** What tells of a model where its list does not. */
export const onlyModelHint = 'only a model can tell: majordomo health NAME/MODEL --probe';

/** Where the list of models is not there: many an API has none. Null where the base path tells what is wrong. */
export function noListHint(preset: Preset, endpoint: AskedEndpoint): string | null {
  if (callPath.test(endpoint.basePath)) return null;
  return `either ${elsewhere(preset, endpoint)}; or it has no list of models, and ${onlyModelHint}`;
}

const keyPlaces = "the provider's DSN (inline, key_env, key_file, key_cmd)";

function keyAdvice({ preset, endpoint }: HintFacts): string {
  if (endpoint !== null) {
    return endpoint.keySource === null
      ? `the server wants a key, and none is known of: put it into ${keyPlaces}`
      : `check the key: it comes from ${endpoint.keySource}`;
  }
  const variables = preset?.keyVariables ?? [];
  return `check the key: it is in ${keyPlaces}${variables.length === 0 ? '' : ` or in ${variables.join(' or ')}`}`;
}

/** The paths of calls, which are added to the base URL: people copy the whole of it from examples. */
const callPath = /\/(?:chat\/completions|completions|responses|messages|chat|generate)$/;

function pathHint(preset: Preset | null, endpoint: AskedEndpoint | null): string {
  const call = callPath.exec(endpoint?.basePath ?? '')?.[0];
  if (call !== undefined) return `; leave out ${call}, it is added`;
  const isElsewhere = endpoint !== null && !endpoint.basePath.endsWith('/api');
  if (preset?.dialect === 'ollama' && isElsewhere) return '; the API of Ollama is at /api';
  return preset?.dialect === 'openai' && endpoint?.basePath === '' ? '; most such APIs are at /v1' : '';
}
