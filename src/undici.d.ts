/**
 * The two modules of undici that the transport loads, typed as far as it uses them. They are not undici's
 * public API, so its version is pinned exactly; the whole package costs four times as much to load.
 */
declare module 'undici/lib/dispatcher/client.js' {
  import type { Socket } from 'node:net';

  export default class Client {
    constructor(
      origin: string,
      options: {
        headersTimeout: number;
        bodyTimeout: number;
        keepAliveTimeout: number;
        maxHeaderSize: number;
        connect(options: object, callback: (error: Error | null, socket?: Socket) => void): void;
      },
    );
    destroy(error: Error | null, callback: () => void): void;
  }
}

declare module 'undici/lib/api/api-request.js' {
  import type { Readable } from 'node:stream';
  import type Client from 'undici/lib/dispatcher/client.js';

  export interface RequestOptions {
    method: string;
    path: string;
    headers: Record<string, string>;
    body: string | null;
    servername?: string;
  }

  export interface ResponseData {
    statusCode: number;
    headers: Record<string, string | string[]>;
    body: Readable;
  }

  export default function request(
    this: Client,
    options: RequestOptions,
    callback: (error: Error | null, response: ResponseData) => void,
  ): void;
}
