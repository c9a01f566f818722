import { done } from "../../../kernel/outcome.js";
import type { HttpAnswer, HttpClient, HttpRequest } from "../http-client.js";
import { recordOf, textOf } from "../json.js";
import {
  failedCall,
  jsonOf,
  type Purpose,
  refusal,
  retryAfterSeconds,
  tooMany,
  unclearAnswer,
} from "../outcomes.js";
import type { SupplierAnswer, SupplierOutcome, SupplierRefused } from "../port.js";
import type { RefusalReason } from "../refusal-port.js";

/** eSIM Go v2.4 / v2.5 over HTTP: one key in a header, errors as `{message}`. */
export interface EsimGoClient {
  ask(path: string, query?: Readonly<Record<string, string>>): Promise<SupplierAnswer<unknown> | Processing>;
  /** A check that charges nothing, with a body. */
  check(method: "POST" | "DELETE", path: string, options: CallOptions): Promise<SupplierAnswer<unknown>>;
  submit(method: "POST" | "DELETE", path: string, options: CallOptions): Promise<SupplierOutcome<unknown>>;
  /** By the last answer that had a date; 0 before there was one. */
  clockBehindSeconds(): number;
}

export interface CallOptions {
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly sendBefore?: number;
}

/** 503 to a question: "Processing - please come back later". Not an error. */
export interface Processing {
  readonly kind: "processing";
  readonly askAgainSeconds: number | null;
}

export function makeEsimGoClient(http: HttpClient, apiKey: string): EsimGoClient {
  let clockBehindSeconds = 0;
  async function send(
    request: HttpRequest,
    purpose: Purpose,
  ): Promise<SupplierOutcome<unknown> | Processing> {
    const result = await http.call({ ...request, headers: { "x-api-key": apiKey, ...request.headers } });
    if (result.kind !== "answer") return failedCall(purpose, result);
    clockBehindSeconds = result.clockBehindSeconds ?? clockBehindSeconds;
    return readAnswer(result.answer, request.path, purpose);
  }

  return {
    clockBehindSeconds: () => clockBehindSeconds,
    async ask(path, query) {
      const outcome = await send({ method: "GET", path, ...(query ? { query } : {}) }, "question");
      return outcome.kind === "unknown" ? refusal("retryable", outcome.cause) : outcome;
    },
    async check(method, path, options) {
      const outcome = await send({ method, path, ...wire(options) }, "question");
      if (outcome.kind === "processing") return refusal("retryable", "HTTP 503", outcome.askAgainSeconds);
      return outcome.kind === "unknown" ? refusal("retryable", outcome.cause) : outcome;
    },
    async submit(method, path, options) {
      const { sendBefore } = options;
      const deadline = sendBefore === undefined ? {} : { sendBefore };
      const request = { method, path, ...wire(options), ...deadline, isPurchase: true };
      const outcome = await send(request, "purchase");
      return outcome.kind === "processing" ? { kind: "unknown", cause: "HTTP 503" } : outcome;
    },
  };
}

/** For questions where "processing" only means that the answer is not there yet. */
export function settled(answer: SupplierAnswer<unknown> | Processing): SupplierAnswer<unknown> {
  return answer.kind === "processing" ? refusal("retryable", "HTTP 503", answer.askAgainSeconds) : answer;
}

function wire(options: CallOptions): Pick<HttpRequest, "query" | "body" | "headers"> {
  const query = options.query ? { query: options.query } : {};
  if (options.body === undefined) return query;
  return { ...query, body: JSON.stringify(options.body), headers: { "content-type": "application/json" } };
}

/** Whether a body with an error status is the supplier's and not of something between us and it. */
const isOwnError = (body: unknown): boolean => textOf(recordOf(body).message) !== null;

/** Only a refusal that the supplier's pages list, in a body that can be read, is one; all else is unclear. */
function readAnswer(
  answer: HttpAnswer,
  path: string,
  purpose: Purpose,
): SupplierOutcome<unknown> | Processing {
  const { status } = answer;
  const body = jsonOf(answer);
  const isOwn = isOwnError(body);
  if (status === 429) return tooMany(purpose, answer, isOwn);
  if (status === 503 && purpose === "question") {
    return { kind: "processing", askAgainSeconds: retryAfterSeconds(answer) };
  }
  if (body === undefined) return unclearAnswer(purpose, answer, "unreadable body");
  if (status >= 200 && status < 300) return done(body);
  if (!isOwn) return unclearAnswer(purpose, answer);
  const message = textOf(recordOf(body).message) ?? "";
  // 403 is a wrong key, and also an eSIM that is not ours (any more).
  if (status === 403 && isAboutEsim(path)) return refusal("not_found", `HTTP 403: ${message}`);
  if (status === 401 || status === 403) return refusal("auth", `HTTP ${status}: ${message}`);
  if (status === 400) return refusalOf(status, message);
  if (status === 404 && purpose === "question") return refusal("not_found", `HTTP 404: ${message}`);
  return unclearAnswer(purpose, answer, message);
}

const isAboutEsim = (path: string): boolean => path.startsWith("/esims/") && path !== "/esims/assignments";

/** There are no codes: the words have to do. What is not recognised is a plain refusal. */
export function refusalOf(status: number, message: string): SupplierRefused {
  const rules: readonly (readonly [RegExp, RefusalReason])[] = [
    [/insufficient|balance|funds/i, "no_funds"],
    [/out of stock|no (esims|profiles)|unavailable|not available/i, "out_of_stock"],
    [/bundle|item/i, "bad_package"],
  ];
  const known = rules.find(([words]) => words.test(message))?.[1];
  return refusal(known ?? "terminal", `HTTP ${status}: ${message}`);
}
