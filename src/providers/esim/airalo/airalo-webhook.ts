import { integerOf, parseJson, recordOf, textOf } from "../json.js";
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
  let body: Readonly<Record<string, unknown>>;
  try {
    body = recordOf(parseJson(Buffer.from(request.rawBody).toString("utf8")));
  } catch {
    return { verdict: "unreadable", why: "not JSON" };
  }
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
  const requestId = textOf(data.request_id) ?? textOf(body.request_id);
  if (requestId !== null) {
    const reason = textOf(data.reason);
    const failure = airaloRefusal({ code: data.code, reason }, 200);
    return {
      ...empty,
      kind: "order_changed",
      reference: textOf(data.description),
      supplierOrderId: `request:${requestId}`,
      orderFailure: reason === null || "sims" in data ? null : { reason: failure.reason, detail: reason },
    };
  }
  const level = textOf(data.level);
  if (level !== null) {
    const isExpiry = /day/i.test(level);
    return {
      ...empty,
      kind: isExpiry ? "expiry_notice" : "usage_notice",
      iccid: textOf(data.iccid),
      remainingPercent: integerOf(data.remaining_percentage),
    };
  }
  return "remaining" in data ? { ...empty, kind: "balance_notice" } : empty;
}
