import { filledTextOf, integerOf, isRecord, listOf, parseJson, recordOf, textOf } from "../json.js";
import { safeDetail } from "../outcomes.js";
import { bodyFingerprint, isSameSignature } from "../signatures.js";
import type { SupplierEvent, WebhookReading, WebhookRequest } from "../webhook-port.js";
import { airaloSignature } from "./airalo-client.js";
import { airaloRefusal } from "./airalo-errors.js";

/**
 * Airalo signs the raw body with the API secret. Answer 200 exactly: it counts 204 as a failure and repeats twenty
 * times. Its HEAD probe of the address carries no body and never comes here.
 */
export function readAiraloWebhook(request: WebhookRequest, clientSecret: string): WebhookReading {
  const presented = request.headers["airalo-signature"];
  if (!presented) return { verdict: "forged", why: "no signature" };
  if (!isSameSignature(presented.trim().toLowerCase(), airaloSignature(request.rawBody, clientSecret))) {
    return { verdict: "forged", why: "wrong signature" };
  }
  let body: unknown;
  try {
    body = parseJson(Buffer.from(request.rawBody).toString("utf8"));
  } catch {
    return { verdict: "unreadable", why: "not JSON" };
  }
  if (!isRecord(body)) return { verdict: "unreadable", why: "not an object" };
  return { verdict: "accepted", events: [eventOf(body, bodyFingerprint(request.rawBody))] };
}

function eventOf(body: Readonly<Record<string, unknown>>, dedupKey: string): SupplierEvent {
  // An order has a member `data` of its own, the words "1 GB": only an object there is an envelope.
  const envelope = recordOf(body.data);
  const data = Object.keys(envelope).length > 0 ? envelope : body;
  const empty: SupplierEvent = {
    dedupKey,
    kind: "other",
    occurredAt: null,
    reference: null,
    supplierOrderId: null,
    supplierReference: null,
    iccid: null,
    orderFailure: null,
    remainingPercent: null,
  };
  const requestId = filledTextOf(data.request_id) ?? filledTextOf(body.request_id);
  if (requestId !== null) {
    return {
      ...empty,
      kind: "order_changed",
      reference: filledTextOf(data.description),
      supplierOrderId: `request:${requestId}`,
      orderFailure: failureOf(data),
    };
  }

  const level = textOf(data.level);
  if (level !== null) {
    const isExpiry = /day/i.test(level);
    return {
      ...empty,
      kind: isExpiry ? "expiry_notice" : "usage_notice",
      iccid: textOf(data.iccid),
      remainingPercent: percentOf(textOf(data.remaining_percentage)),
    };
  }
  return "remaining" in data ? { ...empty, kind: "balance_notice" } : empty;
}

/** A failure has a reason and mostly a code, as a refused order has, and no eSIM. An order's own `code` is no number. */
function failureOf(data: Readonly<Record<string, unknown>>): SupplierEvent["orderFailure"] {
  const code = integerOf(data.code);
  const text = filledTextOf(data.reason);
  if ((code === null && text === null) || listOf(data.sims).length > 0) return null;
  const { reason, detail } = airaloRefusal({ code: data.code, reason: text ?? "" }, 200);
  return { reason, detail: safeDetail(text ?? detail) };
}

function percentOf(text: string | null): number | null {
  const percent = Number(text ?? Number.NaN);
  return percent >= 0 && percent <= 100 ? percent : null;
}
