import { type ResponseBody, readText } from './body.js';
import { decoded, isDecodable, isEncoded } from './content-encoding.js';
import { type HttpProxy, proxyPlace } from './proxy.js';

export interface HttpResponse {
  readonly status: number;
  /** Names in lower case; repeated headers joined with ', '. */
  readonly headers: Readonly<Record<string, string>>;
  /** The proxy that may have answered in place of the server, and who named it; null where none could. */
  readonly proxy: string | null;
  /** The body as it arrives. Iterating throws a `ProviderError` of kind `network` when the connection breaks. */
  readonly body: AsyncIterable<Uint8Array>;
  /** The rest of the body as text, cut at `limitBytes`. */
  text(limitBytes: number): Promise<string>;
}

/** The head of a response as undici gives it. */
export interface ResponseHead {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string | string[]>>;
}

/** Whether the body's end is told by more than the end of the connection. */
export function hasOwnEnd({ headers }: ResponseHead): boolean {
  return headers['content-length'] !== undefined || headers['transfer-encoding'] !== undefined;
}

export function asHttpResponse(
  response: ResponseHead,
  { raw, proxy }: { readonly raw: ResponseBody; readonly proxy: HttpProxy | null },
): HttpResponse {
  const headers: Record<string, string> = Object.fromEntries(
    Object.entries(response.headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(', ') : value,
    ]),
  );
  const contentEncoding = headers['content-encoding'];
  // An error's status says enough where its body cannot be read.
  const readable = isEncoded(contentEncoding) && (response.statusCode < 300 || isDecodable(contentEncoding));
  const body = readable ? decoded(raw, contentEncoding) : raw;
  return {
    status: response.statusCode,
    headers,
    proxy: proxy === null ? null : `${proxyPlace(proxy)}, which is named by ${proxy.source}`,
    body,
    text: (limitBytes) => readText(body, limitBytes),
  };
}
