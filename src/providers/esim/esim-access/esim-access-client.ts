import { randomUUID } from "node:crypto";
import type { Clock } from "../../../kernel/clock.js";
import { type Done, done, type Unknown, unknown } from "../../../kernel/outcome.js";
import type { HttpAnswer, HttpClient } from "../http-client.js";
import { isTrue, recordOf, textOf } from "../json.js";
import { failedCall, jsonOf, type Purpose, refusal, tooMany, unclearAnswer } from "../outcomes.js";
import type { SupplierAnswer, SupplierRefused } from "../port.js";
import type { RefusalReason } from "../refusal-port.js";
import { hmac } from "../signatures.js";

/** eSIM Access open API v1: every call is a POST, business errors come with HTTP 200 in an envelope. */
export interface EsimAccessClientOptions {
  readonly http: HttpClient;
  readonly clock: Clock;
  readonly accessCode: string;
  /** With it every call is signed; the access code alone is enough for the supplier. */
  readonly secretKey: string | null;
}

type Fields = Readonly<Record<string, unknown>>;

/** A refusal with the supplier's code, for the callers that have to tell two of them apart. */
export type CodedRefusal = SupplierRefused & { readonly code: string | null };
/** 200010: accepted and still allocating. Not an error (suppliers.md 5.3). */
export interface NotReady {
  readonly kind: "not_ready";
}
export type EsimAccessReply = Done<Fields> | NotReady | CodedRefusal | Unknown;

export interface EsimAccessClient {
  call(path: string, body: Fields, purpose: Purpose): Promise<EsimAccessReply>;
}

export function makeEsimAccessClient(options: EsimAccessClientOptions): EsimAccessClient {
  return {
    async call(path, body, purpose) {
      const text = JSON.stringify(body);
      const result = await options.http.call({
        method: "POST",
        path: `/${path}`,
        headers: { "content-type": "application/json", ...authHeaders(options, text) },
        body: text,
        isPurchase: purpose === "purchase",
        // package/list answers with the whole catalogue at once.
        ...(path === "package/list" ? { answerBytesMax: 32 * 1024 * 1024 } : {}),
      });
      if (result.kind !== "answer") return withCode(failedCall(purpose, result), null);
      return readEnvelope(result.answer, purpose);
    },
  };
}

/** For questions, where "not ready" has no meaning and "unknown" cannot happen. */
export function answerOf(reply: EsimAccessReply): SupplierAnswer<Fields> {
  if (reply.kind === "not_ready") return refusal("retryable", "200010: still allocating", 3);
  return reply.kind === "unknown" ? refusal("retryable", reply.cause) : reply;
}

/** Lower-case hexadecimal HMAC-SHA256 over timestamp, request id, access code and raw body, in this order. */
export function esimAccessSignature(
  parts: { timestamp: string; requestId: string; accessCode: string; body: string },
  secretKey: string,
): string {
  return hmac(
    "sha256",
    secretKey,
    parts.timestamp + parts.requestId + parts.accessCode + parts.body,
  ).toString("hex");
}

function authHeaders(options: EsimAccessClientOptions, body: string): Record<string, string> {
  const { accessCode, secretKey } = options;
  if (secretKey === null) return { "rt-accesscode": accessCode };
  const timestamp = String(options.clock.nowMillis());
  const requestId = randomUUID();
  return {
    "rt-accesscode": accessCode,
    "rt-timestamp": timestamp,
    "rt-requestid": requestId,
    "rt-signature": esimAccessSignature({ timestamp, requestId, accessCode, body }, secretKey),
  };
}

const NOT_READY = "200010";
const SERVER_ERROR = "000001";

const REASON_BY_CODE: ReadonlyMap<string, RefusalReason> = new Map([
  [SERVER_ERROR, "retryable"],
  ["000101", "auth"],
  ["000102", "auth"],
  ["101001", "auth"],
  ["101002", "auth"],
  ["101003", "auth"],
  ["200005", "price_changed"],
  ["200006", "price_changed"],
  ["200007", "no_funds"],
  ["200011", "out_of_stock"],
  ["310201", "bad_package"],
  ["310211", "bad_package"],
  ["310221", "bad_package"],
  ["310231", "bad_package"],
  ["310241", "bad_package"],
  ["310243", "bad_package"],
  ["310272", "not_found"],
  ["310403", "not_found"],
  ["900001", "retryable"],
]);

function readEnvelope(answer: HttpAnswer, purpose: Purpose): EsimAccessReply {
  if (answer.status === 429) return withCode(tooMany(answer), null);
  if (answer.status === 401 || answer.status === 403)
    return withCode(refusal("auth", `HTTP ${answer.status}`), null);
  const body = jsonOf(answer);
  const envelope = recordOf(body);
  const isReadable = answer.status < 500 && answer.status !== 408 && "success" in envelope;
  if (!isReadable)
    return withCode(unclearAnswer(purpose, answer, body === undefined ? "unreadable body" : ""), null);
  const code = textOf(envelope.errorCode);
  if (isTrue(envelope.success) && (code === null || code === "0")) return done(recordOf(envelope.obj));
  if (code === NOT_READY) return { kind: "not_ready" };
  const detail = `${code}: ${textOf(envelope.errorMsg) ?? textOf(envelope.errorMessage) ?? ""}`;
  if (code === SERVER_ERROR && purpose === "purchase") return unknown(detail);
  return withCode(refusal(REASON_BY_CODE.get(code ?? "") ?? "terminal", detail), code);
}

function withCode(outcome: SupplierRefused | Unknown, code: string | null): CodedRefusal | Unknown {
  return outcome.kind === "unknown" ? outcome : { ...outcome, code };
}
