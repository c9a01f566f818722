import { type ErrorCode, type Problem, TribiError } from "./error.js";
import { cancelled, pauseMillis, type Sleep, sleep } from "./wait.js";

export interface TransportOptions {
  /** The store's address, such as https://shop.example.com; empty for a page of the store itself. */
  readonly baseUrl: string;
  readonly fetch?: typeof globalThis.fetch;
  /** What the person reads, for mails: "en", "es". */
  readonly language?: () => string | undefined;
  /** How long one try may take. */
  readonly timeoutMillis?: number;
  /** How often a request that may be repeated is sent at most. */
  readonly triesMax?: number;
  /** The longest wait that the store may ask for before the request is given up. */
  readonly retryAfterSecondsMax?: number;
  readonly sleep?: Sleep;
}

export interface Call {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  readonly path: string;
  readonly query?: Readonly<Record<string, unknown>> | undefined;
  readonly body?: unknown;
  /** A CSV file, for the imports that read one, in place of a body. */
  readonly csv?: string | undefined;
  readonly idempotencyKey?: string;
  /** The API says that repeating this request gives the same result. */
  readonly isRepeatable?: boolean;
  readonly signal?: AbortSignal | undefined;
}

export interface Credentials {
  readonly mode: "include" | "omit";
  readonly bearer: string | null;
}

export interface Transport {
  /** The answer's JSON. Throws a TribiError. */
  send(call: Call, credentials: Credentials): Promise<unknown>;
  /** How far this machine's clock is behind the store's, by the last answer. */
  clockOffsetMillis(): number;
}

const RETRIED: ReadonlySet<number> = new Set([408, 429, 500, 502, 503, 504]);

/**
 * Sends requests, and again while that is safe: reads, replacements, and POSTs that carry an Idempotency-Key or that
 * the API calls repeatable. Any other POST is sent once, whatever comes back.
 */
export function makeTransport(options: TransportOptions): Transport {
  const { triesMax = 5, retryAfterSecondsMax = 60 } = options;
  const pause = options.sleep ?? sleep;
  let offsetMillis = 0;

  return {
    clockOffsetMillis: () => offsetMillis,
    async send(call, credentials) {
      for (let tries = 1; ; tries += 1) {
        const outcome = await attempt(options, call, credentials);
        if (outcome.atMillis !== null) offsetMillis = outcome.atMillis - Date.now();
        if (outcome.error === null) return outcome.value;
        const { error } = outcome;
        const seconds = error.retryAfterSeconds ?? 0;
        const mayRetry = isSafeToRepeat(call) && isPassing(error) && seconds <= retryAfterSecondsMax;
        if (!mayRetry || tries >= triesMax) throw error;
        await pause(Math.max(seconds * 1_000, pauseMillis(tries)), call.signal);
      }
    },
  };
}

const isSafeToRepeat = ({ method, idempotencyKey, isRepeatable }: Call): boolean =>
  method === "GET" || method === "PUT" || idempotencyKey !== undefined || isRepeatable === true;

const isPassing = ({ code, status }: TribiError): boolean =>
  code !== "cancelled" && (status === 0 || RETRIED.has(status) || code === "unreadable_answer");

interface Outcome {
  readonly value: unknown;
  readonly error: TribiError | null;
  /** The store's time, where the answer says it. */
  readonly atMillis: number | null;
}

async function attempt(options: TransportOptions, call: Call, credentials: Credentials): Promise<Outcome> {
  const { signal } = call;
  if (isGivenUp(signal)) return failed(cancelled(signal?.reason));
  const controller = new AbortController();
  let isTimedOut = false;
  const timer = setTimeout(() => {
    isTimedOut = true;
    controller.abort();
  }, options.timeoutMillis ?? 20_000);
  const giveUp = (): void => controller.abort();
  signal?.addEventListener("abort", giveUp, { once: true });
  try {
    const response = await (options.fetch ?? fetch)(addressOf(options.baseUrl, call), {
      method: call.method,
      headers: headersOf(options, call, credentials),
      credentials: credentials.mode,
      signal: controller.signal,
      ...bodyOf(call),
    });
    return outcomeOf(response, await response.text());
  } catch (cause) {
    if (isGivenUp(signal)) return failed(cancelled(signal?.reason));
    return failed(
      isTimedOut
        ? new TribiError({ code: "timed_out", detail: "The store did not answer in time. Try again.", cause })
        : new TribiError({
            code: "network_error",
            detail: "The store was not reached. Check the connection.",
            cause,
          }),
    );
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", giveUp);
  }
}

const isGivenUp = (signal: AbortSignal | undefined): boolean => signal?.aborted === true;

const failed = (error: TribiError): Outcome => ({ value: undefined, error, atMillis: null });

function addressOf(baseUrl: string, { path, query = {} }: Call): string {
  const members = new URLSearchParams();
  for (const [name, value] of Object.entries(query))
    for (const one of Array.isArray(value) ? value : [value])
      if (one !== undefined && one !== null) members.append(name, String(one));
  const search = members.toString();
  return `${baseUrl.replace(/\/+$/, "")}${path}${search === "" ? "" : `?${search}`}`;
}

function bodyOf({ body, csv }: Call): { body?: string } {
  if (csv !== undefined) return { body: csv };
  return body === undefined ? {} : { body: JSON.stringify(body) };
}

function headersOf(options: TransportOptions, call: Call, { bearer }: Credentials): Record<string, string> {
  const language = options.language?.();
  return {
    accept: "application/json, application/problem+json",
    ...(call.body === undefined ? {} : { "content-type": "application/json" }),
    ...(call.csv === undefined ? {} : { "content-type": "text/csv" }),
    ...(call.idempotencyKey === undefined ? {} : { "idempotency-key": call.idempotencyKey }),
    ...(language === undefined ? {} : { "accept-language": language }),
    ...(bearer === null ? {} : { authorization: `Bearer ${bearer}` }),
  };
}

function outcomeOf(response: Response, text: string): Outcome {
  const at = Date.parse(response.headers.get("date") ?? "");
  const atMillis = Number.isNaN(at) ? null : at;
  const isJson = response.headers.get("content-type")?.includes("json") === true;
  const value = isJson ? parsed(text) : undefined;
  if (response.ok && value !== undefined) return { value, error: null, atMillis };
  return { value: undefined, error: errorOf(response, value), atMillis };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function errorOf(response: Response, value: unknown): TribiError {
  const problem = (typeof value === "object" && value !== null ? value : {}) as Partial<Problem>;
  const { status, headers } = response;
  const requestId = problem.request_id ?? headers.get("x-request-id");
  if (typeof problem.code !== "string") {
    // Cut off, or from something between us and the store: it says nothing about what the store did.
    const detail = `The store answered with status ${status} and no readable answer.`;
    return new TribiError({ code: "unreadable_answer", detail, status, requestId });
  }
  return new TribiError({
    code: problem.code as ErrorCode,
    detail: problem.detail ?? "",
    status,
    requestId,
    ...(problem.errors === undefined ? {} : { errors: problem.errors }),
    retryAfterSeconds: retryAfterOf(headers.get("retry-after")),
  });
}

/** RFC 9110 §10.2.3: seconds or a date. */
function retryAfterOf(text: string | null): number | null {
  if (text === null) return null;
  if (/^\d+(\.\d+)?$/.test(text.trim())) return Math.ceil(Number(text));
  const at = Date.parse(text);
  return Number.isNaN(at) ? null : Math.max(0, Math.ceil((at - Date.now()) / 1_000));
}
