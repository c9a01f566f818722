import { randomBytes } from "node:crypto";
import type { Clock } from "../../../kernel/clock.js";
import { done, type Unknown, unknown } from "../../../kernel/outcome.js";
import type { HttpAnswer, HttpClient, HttpRequest } from "../http-client.js";
import { integerOf, recordOf, textOf } from "../json.js";
import {
  failedCall,
  jsonOf,
  type Purpose,
  refusal,
  safeDetail,
  tooMany,
  unclearAnswer,
} from "../outcomes.js";
import type { SupplierAnswer, SupplierOutcome, SupplierRefused } from "../port.js";
import { hmac } from "../signatures.js";
import { makeTokenCache, type Token } from "../token-cache.js";
import { airaloRefusal, isAiraloError, isErrorInSuccess } from "./airalo-errors.js";

/** Airalo Partner API v2 over HTTP: token, request signature, and what each kind of answer means. */
export interface AiraloClientOptions {
  readonly http: HttpClient;
  readonly clock: Clock;
  readonly clientId: string;
  readonly clientSecret: string;
  /** Sends `airalo-signature`, as the official SDKs do; the published description does not ask for it. */
  readonly signsRequests: boolean;
  /** A purchase that could not be sent within this time, because of its token, is not sent. */
  readonly sendWithinMillis: number;
}

export interface AiraloClient {
  /** A question: never `unknown`. The value is the parsed body. */
  ask(
    path: string,
    query?: Readonly<Record<string, string>>,
    answerBytesMax?: number,
  ): Promise<SupplierAnswer<unknown>>;
  /** A call with an effect, as a form. Repeated once only after the supplier's own 401, given before any work. */
  submit(path: string, fields: Readonly<Record<string, string>>): Promise<SupplierOutcome<unknown>>;
}

export function makeAiraloClient(options: AiraloClientOptions): AiraloClient {
  const tokens = makeTokenCache({ clock: options.clock, fetchToken: () => fetchToken(options) });

  async function send(request: HttpRequest, purpose: Purpose): Promise<SupplierOutcome<unknown>> {
    for (let attempt = 1; ; attempt += 1) {
      const token = await tokens.get();
      if (token.kind !== "done") return token;
      const headers = { ...request.headers, authorization: `Bearer ${token.value}` };
      const result = await options.http.call({ ...request, headers });
      if (result.kind !== "answer") return failedCall(purpose, result);
      if (result.answer.status !== 401) return readAnswer(result.answer, purpose);
      tokens.forget(token.value);
      const isOwn = isAiraloError(jsonOf(result.answer));
      if (purpose === "purchase" && !isOwn) return unclearAnswer(purpose, result.answer);
      if (attempt === 2)
        return isOwn
          ? refusal("auth", "HTTP 401, also with a new token")
          : unclearAnswer(purpose, result.answer);
    }
  }

  return {
    async ask(path, query, answerBytesMax) {
      const request: HttpRequest = {
        method: "GET",
        path,
        ...(query ? { query } : {}),
        ...(answerBytesMax ? { answerBytesMax } : {}),
      };
      const outcome = await send(request, "question");
      return outcome.kind === "unknown" ? refusal("retryable", outcome.cause) : outcome;
    },
    submit(path, fields) {
      const form = multipart(fields);
      const signature = options.signsRequests
        ? { "airalo-signature": airaloSignature(phpJson(fields), options.clientSecret) }
        : {};
      const headers = { "content-type": form.contentType, ...signature };
      const request = { method: "POST", path, headers, body: form.body, isPurchase: true } as const;
      return send({ ...request, sendBefore: performance.now() + options.sendWithinMillis }, "purchase");
    },
  };
}

/** Lower-case hexadecimal HMAC-SHA512 with the client secret, for requests and for webhooks. */
export function airaloSignature(bytes: Uint8Array | string, clientSecret: string): string {
  return hmac("sha512", clientSecret, bytes).toString("hex");
}

/** JSON as PHP writes it: slashes escaped, non-ASCII as \uXXXX. The signature is over these bytes. */
export function phpJson(fields: Readonly<Record<string, string>>): string {
  return JSON.stringify(fields)
    .replaceAll("/", "\\/")
    .replace(/[\u0080-\uffff]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

async function fetchToken(options: AiraloClientOptions): Promise<SupplierAnswer<Token>> {
  const body = new URLSearchParams({
    client_id: options.clientId,
    client_secret: options.clientSecret,
    grant_type: "client_credentials",
  });
  const result = await options.http.call({
    method: "POST",
    path: "/token",
    headers: { "content-type": "application/x-www-form-urlencoded" },
    body: body.toString(),
  });
  if (result.kind !== "answer") return asQuestion(failedCall("question", result));
  const { answer } = result;
  if ([401, 403, 422].includes(answer.status) && isAiraloError(jsonOf(answer)))
    return refusal("auth", `HTTP ${answer.status} for a token`);
  if (answer.status === 429) return asQuestion(tooMany("question", answer, true));
  const data = recordOf(recordOf(jsonOf(answer)).data);
  const text = textOf(data.access_token);
  if (answer.status !== 200 || !text) return asQuestion(unclearAnswer("question", answer, "no token in it"));
  return done({ text, lifetimeSeconds: integerOf(data.expires_in) ?? 3_600 });
}

function asQuestion(outcome: SupplierRefused | Unknown): SupplierRefused {
  return outcome.kind === "unknown" ? refusal("retryable", outcome.cause) : outcome;
}

/** Only a refusal that the supplier's pages list, in a body that can be read, is one; all else is unclear. */
function readAnswer(answer: HttpAnswer, purpose: Purpose): SupplierOutcome<unknown> {
  const { status } = answer;
  const body = jsonOf(answer);
  const isOwn = isAiraloError(body);
  if (status === 429) return tooMany(purpose, answer, isOwn);
  // An unreadable 4xx may come from something between us and the supplier.
  if (body === undefined) return unclearAnswer(purpose, answer, "unreadable body");
  if (status >= 200 && status < 300)
    return isErrorInSuccess(body) ? refused(answer, body, purpose) : done(body);
  if (status === 422 && isOwn) return refused(answer, body, purpose);
  if (status === 403 && isOwn) {
    const code = airaloRefusal(body, status);
    return code.isListed ? refusal(code.reason, code.detail) : refusal("auth", code.detail);
  }
  if (status === 404 && isOwn && purpose === "question") return refusal("not_found", "HTTP 404");
  return unclearAnswer(purpose, answer);
}

function refused(answer: HttpAnswer, body: unknown, purpose: Purpose): SupplierOutcome<unknown> {
  const { reason, detail, isListed } = airaloRefusal(body, answer.status);
  if (purpose === "purchase") return isListed ? refusal(reason, detail) : unknown(safeDetail(detail));
  // A question that was told an error with a success status was not answered.
  return refusal(answer.status === 422 && isListed ? reason : "retryable", detail);
}

function multipart(fields: Readonly<Record<string, string>>): { contentType: string; body: string } {
  const boundary = `tribi-${randomBytes(16).toString("hex")}`;
  const parts = Object.entries(fields).map(
    ([name, value]) => `--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`,
  );
  return {
    contentType: `multipart/form-data; boundary=${boundary}`,
    body: `${parts.join("")}--${boundary}--\r\n`,
  };
}
