import { randomUUID } from "node:crypto";
import type { Clock } from "../../../kernel/clock.js";
import { type Done, done, type Unknown, unknown } from "../../../kernel/outcome.js";
import type { HttpAnswer, HttpClient } from "../http-client.js";
import { filledTextOf, isLosslessNumber, recordOf, textOf } from "../json.js";
import {
  failedCall,
  jsonOf,
  type Purpose,
  refusal,
  safeDetail,
  tooMany,
  unclearAnswer,
} from "../outcomes.js";
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
/** 200010: accepted and still allocating. Not an error. */
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
/** Busy, and a fault of the server: the same request may be sent again, and may have had its effect already. */
const AGAIN: ReadonlySet<string> = new Set(["000001", "900001"]);
/** Documented are null and 0; the others were seen beside an order that had been made. */
const SUCCESS: ReadonlySet<string> = new Set(["", "0", "000000", "200", "success"]);

const REASON_BY_CODE: ReadonlyMap<string, RefusalReason> = new Map([
  ["000101", "auth"],
  ["000102", "auth"],
  ["000103", "terminal"],
  ["000104", "terminal"],
  ["000105", "terminal"],
  ["000106", "terminal"],
  ["000107", "terminal"],
  ["101001", "auth"],
  ["101002", "auth"],
  ["101003", "auth"],
  ["200002", "terminal"],
  ["200005", "price_changed"],
  ["200006", "price_changed"],
  ["200007", "no_funds"],
  ["200008", "terminal"],
  ["200009", "terminal"],
  ["200011", "out_of_stock"],
  ["310201", "bad_package"],
  ["310211", "bad_package"],
  ["310221", "bad_package"],
  ["310231", "bad_package"],
  ["310241", "bad_package"],
  ["310243", "bad_package"],
  ["310251", "terminal"],
  ["310272", "not_found"],
  ["310403", "not_found"],
]);

/** A refusal is one of the listed codes in an envelope that can be read; all else is unclear. */
function readEnvelope(answer: HttpAnswer, purpose: Purpose): EsimAccessReply {
  const body = jsonOf(answer);
  const envelope = recordOf(body);
  const isEnvelope = ["success", "errorCode", "obj"].some((member) => member in envelope);
  // The supplier knows a request again: whatever became of this one, the same once more tells.
  if (answer.status === 429) return withCode(tooMany(purpose, answer, false), null);
  if (!isEnvelope || answer.status >= 500 || answer.status === 408)
    return withCode(unclearAnswer(purpose, answer, body === undefined ? "unreadable body" : ""), null);
  const code = codeOf(envelope.errorCode);
  const flag = flagOf(envelope.success);
  const obj = recordOf(envelope.obj);
  // A flag that cannot be read does not hide an order: its number is there or it is not.
  const isSuccess = flag === true || (flag === null && filledTextOf(obj.orderNo) !== null);
  if (isSuccess && SUCCESS.has(code) && answer.status < 300) return done(obj);
  if (code === NOT_READY) return { kind: "not_ready" };
  const detail = `${code}: ${textOf(envelope.errorMsg) ?? textOf(envelope.errorMessage) ?? ""}`;
  const reason = flag === false ? REASON_BY_CODE.get(code) : undefined;
  if (reason !== undefined) return withCode(refusal(reason, detail), code);
  if (purpose === "purchase") return unknown(safeDetail(detail));
  return withCode(refusal("retryable", detail, AGAIN.has(code) ? 1 : null), code);
}

/** Codes are text with leading zeros; as a number they have lost them. */
function codeOf(value: unknown): string {
  const text = (textOf(value) ?? "").trim().toLowerCase();
  return isLosslessNumber(value) && !SUCCESS.has(text) ? text.padStart(6, "0") : text;
}

/** `true` in samples, "String" in tables; null when it is neither yes nor no. */
function flagOf(value: unknown): boolean | null {
  const text = typeof value === "boolean" ? String(value) : (textOf(value) ?? "").trim().toLowerCase();
  if (["true", "1", "success"].includes(text)) return true;
  return ["false", "0"].includes(text) ? false : null;
}

function withCode(outcome: SupplierRefused | Unknown, code: string | null): CodedRefusal | Unknown {
  return outcome.kind === "unknown" ? outcome : { ...outcome, code };
}
