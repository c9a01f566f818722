import { Agent, type Dispatcher, request as send } from "undici";
import { NOT_SENT } from "../../kernel/not-sent.js";
import { trimEndOf } from "../../kernel/trim-end.js";

/**
 * HTTP to a supplier: certificates verified, redirects not followed, every call bounded in time and size. It says
 * what is known about a call that failed, because that decides whether something may have been bought.
 */
export interface HttpRequest {
  readonly method: "GET" | "POST" | "PUT" | "DELETE";
  /** Begins with "/"; appended to the base URL. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** A purchase takes a fresh connection: a pooled one that the other side has closed would look like a lost answer. */
  readonly isPurchase?: boolean;
  /**
   * By performance.now(): later than this nothing is sent. What comes before a purchase (a check, a new token) may take
   * long, or the process may have slept in between, and by then somebody may have looked and found nothing.
   */
  readonly sendBefore?: number;
  readonly answerBytesMax?: number;
}

export type HttpResult =
  | {
      readonly kind: "answer";
      readonly answer: HttpAnswer;
      /**
       * At least so much is their clock behind ours, by the `Date` of the answer (RFC 9110 6.6.1); 0 when it is not, null
       * when the answer does not say or comes out of a cache.
       */
      readonly clockBehindSeconds: number | null;
    }
  /** No byte of the request left the machine: nothing happened at the supplier. */
  | { readonly kind: "not_sent"; readonly why: string }
  /** Sent, and no usable answer came: anything may have happened. */
  | { readonly kind: "lost"; readonly why: string };

export interface HttpAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
}

export interface HttpClientOptions {
  /** https, or http to a loopback host. A path in it is kept. */
  readonly baseUrl: string;
  /** From sending to the last byte. Default 30 s. */
  readonly timeoutMillis?: number;
  readonly connectTimeoutMillis?: number;
  /** See settlingSeconds. */
  readonly settlesAfterSeconds?: number;
  /** Default 1 MiB. */
  readonly answerBytesMax?: number;
  /** PEM texts to trust instead of the system's. */
  readonly certificateAuthorities?: readonly string[];
}

export interface HttpClient {
  call(request: HttpRequest): Promise<HttpResult>;
  close(): Promise<void>;
}

/** Milliseconds that a call may take when the options say nothing. */
export const TIMEOUT_MILLIS_DEFAULT = 30_000;

/**
 * A request that timed out here may still be under way; after as long again it has come to its end there. Until
 * then a search that finds nothing proves nothing.
 */
export function settlingSeconds(
  options: Pick<HttpClientOptions, "timeoutMillis" | "settlesAfterSeconds">,
): number {
  const { timeoutMillis = TIMEOUT_MILLIS_DEFAULT } = options;
  return options.settlesAfterSeconds ?? Math.ceil((2 * timeoutMillis) / 1000);
}

const LOOPBACK = new Set(["localhost", "127.0.0.1", "[::1]"]);

/** Failures of connecting and of the TLS handshake: all happen before the request is written. */
const BEFORE_SENDING = new Set([
  ...NOT_SENT,
  "SELF_SIGNED_CERT_IN_CHAIN",
  "DEPTH_ZERO_SELF_SIGNED_CERT",
  "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
  "UNABLE_TO_GET_ISSUER_CERT",
  "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
  "CERT_HAS_EXPIRED",
  "CERT_NOT_YET_VALID",
  "ERR_TLS_CERT_ALTNAME_INVALID",
]);

/** Throws RangeError for a base URL that is neither https nor loopback. */
export function makeHttpClient(options: HttpClientOptions): HttpClient {
  const base = checkedBaseUrl(options.baseUrl);
  const timeoutMillis = options.timeoutMillis ?? TIMEOUT_MILLIS_DEFAULT;
  const connect = {
    timeout: options.connectTimeoutMillis ?? 5_000,
    rejectUnauthorized: true,
    ...(options.certificateAuthorities ? { ca: [...options.certificateAuthorities] } : {}),
  };
  // No idle connection outlives four seconds: suppliers close theirs without telling.
  const shared = new Agent({ connect, keepAliveTimeout: 4_000, keepAliveMaxTimeout: 4_000 });
  const fresh = new Agent({ connect, pipelining: 0 });

  return {
    async call(request) {
      if (request.sendBefore !== undefined && performance.now() > request.sendBefore)
        return { kind: "not_sent", why: "too late to send" };
      const sentAtMillis = Date.now();
      const query = request.query ? `?${new URLSearchParams(request.query)}` : "";
      try {
        const response = await send(`${base}${request.path}${query}`, {
          method: request.method,
          headers: { accept: "application/json", ...request.headers },
          body: request.body ?? null,
          dispatcher: request.isPurchase ? fresh : shared,
          signal: AbortSignal.timeout(timeoutMillis),
        });
        const text = await boundedText(
          response,
          request.answerBytesMax ?? options.answerBytesMax ?? 1_048_576,
        );
        if (text === null)
          return { kind: "lost", why: `HTTP ${response.statusCode} with too large an answer` };
        const headers = flat(response.headers);
        const clockBehindSeconds = behindSeconds(headers, sentAtMillis);
        return { kind: "answer", answer: { status: response.statusCode, headers, text }, clockBehindSeconds };
      } catch (error) {
        return failureOf(error, timeoutMillis);
      }
    },
    async close() {
      await Promise.all([shared.destroy(), fresh.destroy()]);
    },
  };
}

function checkedBaseUrl(text: string): string {
  const url = new URL(text);
  const isSafe = url.protocol === "https:" || (url.protocol === "http:" && LOOPBACK.has(url.hostname));
  if (!isSafe) throw new RangeError(`A supplier is reached over https only: ${url.origin}`);
  return trimEndOf(text, "/");
}

async function boundedText(response: Dispatcher.ResponseData, bytesMax: number): Promise<string | null> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of response.body as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    // Leaving the loop destroys the stream and with it the connection.
    if (bytes > bytesMax) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

function flat(headers: Dispatcher.ResponseData["headers"]): Record<string, string> {
  const entries = Object.entries(headers).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, Array.isArray(value) ? value.join(", ") : value] as const],
  );
  return Object.fromEntries(entries);
}

/** A date in HTTP has whole seconds, and the answer was made after the request was sent. */
function behindSeconds(headers: Readonly<Record<string, string>>, sentAtMillis: number): number | null {
  const date = Date.parse(headers.date ?? "");
  if (Number.isNaN(date) || headers.age !== undefined) return null;
  return Math.max(0, Math.floor((sentAtMillis - date - 999) / 1000));
}

function failureOf(error: unknown, timeoutMillis: number): HttpResult {
  const { code, name } = error as { code?: unknown; name?: unknown };
  if (typeof code === "string" && (BEFORE_SENDING.has(code) || code.startsWith("ERR_SSL_"))) {
    return { kind: "not_sent", why: code };
  }
  if (name === "TimeoutError") return { kind: "lost", why: `no answer within ${timeoutMillis} ms` };
  return { kind: "lost", why: typeof code === "string" ? code : String(name) };
}
