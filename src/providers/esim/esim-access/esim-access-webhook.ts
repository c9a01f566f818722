import { utcTimeOf } from "../formats/supplier-time.js";
import { filledTextOf, parseJson, recordOf, textOf } from "../json.js";
import { bodyFingerprint } from "../signatures.js";
import type { SupplierEvent, WebhookReading, WebhookRequest } from "../webhook-port.js";

/** The supplier's published senders. Its webhooks carry no signature. */
export const ESIM_ACCESS_SENDERS: readonly string[] = [
  "3.1.131.226",
  "54.254.74.88",
  "18.136.190.97",
  "18.136.60.197",
  "18.136.19.137",
];

const KINDS: ReadonlyMap<string, SupplierEvent["kind"]> = new Map([
  ["CHECK_HEALTH", "probe"],
  ["ORDER_STATUS", "order_changed"],
  ["ESIM_STATUS", "esim_changed"],
  ["SMDP_EVENT", "esim_changed"],
  ["DATA_USAGE", "usage_notice"],
  ["VALIDITY_USAGE", "expiry_notice"],
]);

/**
 * Unsigned, so an event is only a reason to ask: the address list and an unguessable path keep strangers from making
 * us ask too often, and nothing of the content is taken for true.
 */
export function readEsimAccessWebhook(request: WebhookRequest, senders: readonly string[]): WebhookReading {
  if (!senders.includes(request.clientAddress.replace(/^::ffff:/i, ""))) {
    return { verdict: "forged", why: `not a known sender: ${request.clientAddress}` };
  }
  let body: Readonly<Record<string, unknown>>;
  try {
    body = recordOf(parseJson(Buffer.from(request.rawBody).toString("utf8")));
  } catch {
    return { verdict: "unreadable", why: "not JSON" };
  }
  const notifyType = filledTextOf(body.notifyType);
  if (notifyType === null) return { verdict: "unreadable", why: "no notifyType" };
  const content = recordOf(body.content);
  const event: SupplierEvent = {
    // The vendor's samples of half of the types have no notifyId.
    dedupKey: filledTextOf(body.notifyId) ?? bodyFingerprint(request.rawBody),
    kind: KINDS.get(notifyType) ?? "other",
    occurredAt: utcTimeOf(textOf(body.eventGenerateTime)),
    reference: filledTextOf(content.transactionId),
    supplierOrderId: filledTextOf(content.orderNo),
    supplierReference: filledTextOf(content.esimTranNo),
    iccid: filledTextOf(content.iccid),
    orderFailure: null,
    remainingPercent: notifyType === "DATA_USAGE" ? percentOf(textOf(content.remainThreshold)) : null,
  };
  return { verdict: "accepted", events: [event] };
}

/** "0.25" is 25. */
function percentOf(threshold: string | null): number | null {
  const percent = Math.round(Number(threshold ?? Number.NaN) * 100);
  return percent >= 0 && percent <= 100 ? percent : null;
}
