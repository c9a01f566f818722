import { createHash } from "node:crypto";
import { EnvironmentEnum } from "@adyen/api-library/lib/src/config.js";
import { ModificationsApi } from "@adyen/api-library/lib/src/services/checkout/modificationsApi.js";
import { PaymentsApi } from "@adyen/api-library/lib/src/services/checkout/paymentsApi.js";
import { Agent, type Dispatcher, request } from "undici";
import { Client } from "./adyen-library.js";

export interface AdyenClientOptions {
  readonly apiKey: string;
  readonly merchantAccount: string;
  /** Of the live environment, e.g. `1797a841fbb37ca7-AdyenDemo`; null is the test environment. */
  readonly liveUrlPrefix: string | null;
  /** An origin in place of Adyen's; a local fake's in development and tests. */
  readonly apiBase: string | null;
  readonly timeoutMillis: number;
}

export interface AdyenClient {
  readonly payments: PaymentsApi;
  readonly modifications: ModificationsApi;
}

/** What Adyen answered instead of a success, or `status` null when there was no answer. */
export class AdyenCallFailed extends Error {
  override readonly name = "AdyenCallFailed";

  constructor(
    readonly status: number | null,
    /** Of Adyen's body, such as `704`, or of the connection, such as `ECONNREFUSED`. */
    readonly code: string | null,
    message: string,
  ) {
    super(message);
  }
}

/**
 * The official library with a client of ours beneath it: its own cannot be pointed at another address, speaks TLS only,
 * and follows redirects with the key. Nothing is tried again here.
 */
export function makeAdyenClient(options: AdyenClientOptions): AdyenClient {
  const client = new Client(
    {
      apiKey: options.apiKey,
      environment: options.liveUrlPrefix === null ? EnvironmentEnum.TEST : EnvironmentEnum.LIVE,
      ...(options.liveUrlPrefix === null ? {} : { liveEndpointUrlPrefix: options.liveUrlPrefix }),
    },
    makeHttpClient(options),
  );
  return { payments: new PaymentsApi(client), modifications: new ModificationsApi(client) };
}

/** Of keys Adyen takes 64 characters at most. */
export const adyenKey = (key: string): string => createHash("sha256").update(key).digest("hex");

type HttpClient = NonNullable<ConstructorParameters<typeof Client>[1]>;

const SOCKETS_MAX = 50;
const ANSWER_BYTES_MAX = 1_000_000;

function makeHttpClient({ apiKey, apiBase, timeoutMillis }: AdyenClientOptions): HttpClient {
  const dispatcher = new Agent({ connections: SOCKETS_MAX, connect: { timeout: timeoutMillis } });
  return {
    async request(endpoint, json, _config, _isKeyRequired, { method = "POST", idempotencyKey, params } = {}) {
      const url = addressOf(endpoint, apiBase);
      if (params !== undefined) url.search = new URLSearchParams(params).toString();
      return send(url, {
        dispatcher,
        method: method as Dispatcher.HttpMethod,
        headers: {
          "x-api-key": apiKey,
          "content-type": "application/json",
          ...(idempotencyKey === undefined ? {} : { "idempotency-key": idempotencyKey }),
        },
        ...(method === "GET" ? {} : { body: json }),
        signal: AbortSignal.timeout(timeoutMillis),
      });
    },
  };
}

function addressOf(endpoint: string, apiBase: string | null): URL {
  const url = new URL(endpoint);
  return apiBase === null ? url : new URL(url.pathname + url.search, apiBase);
}

/** The body of a 2xx answer; everything else is an AdyenCallFailed. No redirect is followed. */
export async function send(url: URL, options: Parameters<typeof request>[1]): Promise<string> {
  let status: number;
  let text: string;
  try {
    const response = await request(url, options);
    status = response.statusCode;
    const bytes = await readAtMost(response.body, ANSWER_BYTES_MAX);
    text = new TextDecoder().decode(bytes);
  } catch (error) {
    const { code, message } = error as { code?: unknown; message?: string };
    throw new AdyenCallFailed(null, typeof code === "string" ? code : null, message ?? String(error));
  }
  if (status < 200 || status >= 300) throw failureOf(status, text);
  return text;
}

async function readAtMost(body: AsyncIterable<Uint8Array>, bytesMax: number): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.length;
    if (size > bytesMax) throw new Error(`an answer of more than ${bytesMax} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function failureOf(status: number, text: string): AdyenCallFailed {
  let body: { errorCode?: unknown; message?: unknown } = {};
  try {
    body = (JSON.parse(text) ?? {}) as typeof body;
  } catch {
    // Not Adyen's own error, e.g. of a proxy: the status says all.
  }
  const code = typeof body.errorCode === "string" ? body.errorCode : null;
  return new AdyenCallFailed(
    status,
    code,
    typeof body.message === "string" ? body.message.slice(0, 300) : "",
  );
}
