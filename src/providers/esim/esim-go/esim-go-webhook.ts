import { utcTimeOf } from "../formats/supplier-time.js";
import { filledTextOf, isRecord, parseJson, recordOf, textOf } from "../json.js";
import { bodyFingerprint, hmac, isSameSignature } from "../signatures.js";
import type { SupplierEvent, WebhookReading, WebhookRequest } from "../webhook-port.js";

/** V2 is unsigned, V3 signed; which one comes is set in the supplier's portal. */
export type EsimGoCallbackVersion = "v2" | "v3";

/** The reference says base64, the guide hexadecimal: one digest, compared in both. */
export function readEsimGoWebhook(
  request: WebhookRequest,
  apiKey: string,
  version: EsimGoCallbackVersion,
): WebhookReading {
  if (version === "v3") {
    const presented = request.headers["x-signature-sha256"]?.trim();
    if (!presented) return { verdict: "forged", why: "no signature" };
    const digest = hmac("sha256", apiKey, request.rawBody);
    const isHex = isSameSignature(presented.toLowerCase(), digest.toString("hex"));
    const isBase64 = isSameSignature(presented, digest.toString("base64"));
    if (!isHex && !isBase64) return { verdict: "forged", why: "wrong signature" };
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
  const bundle = recordOf(body.bundle);
  const isUsage = (textOf(body.alertType) ?? "").toLowerCase() === "utilisation";
  return {
    dedupKey,
    // FirstUse, esim.deletion_scheduled, esim.deleted and whatever else comes: a reason to ask.
    kind: isUsage ? "usage_notice" : "esim_changed",
    occurredAt: utcTimeOf(textOf(body.date)),
    reference: null,
    // An assignment's reference is the order's with a running number behind it.
    supplierOrderId: filledTextOf(bundle.reference)?.replace(/-\d{1,4}$/, "") ?? null,
    supplierReference: null,
    iccid: textOf(body.iccid),
    orderFailure: null,
    remainingPercent: isUsage
      ? percentOf(textOf(bundle.remainingQuantity), textOf(bundle.initialQuantity))
      : null,
  };
}

function percentOf(remaining: string | null, initial: string | null): number | null {
  if (!/^[0-9]+$/.test(remaining ?? "") || !/^[1-9][0-9]*$/.test(initial ?? "")) return null;
  const percent = (BigInt(remaining ?? "0") * 100n) / BigInt(initial ?? "1");
  return percent > 100n ? 100 : Number(percent);
}
