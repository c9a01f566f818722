import type { NotificationRequestItem } from "@adyen/api-library/lib/src/typings/notification/notificationRequestItem.js";
import type { Config } from "../../config/config.js";
import { type AdyenFacts, type Facts, known, unknown } from "../facts.js";
import { tellOurselves } from "./gather-outside.js";

const ANSWER_MILLIS = 8_000;

/** Asks Adyen which payment methods there are: whether key and merchant account work. Nothing is made by it. */
export async function gatherAdyen({ payments }: Config): Promise<Facts["adyen"]> {
  const { adyen } = payments;
  if (adyen === null) return unknown("Adyen is not configured.");
  const { AdyenCallFailed, makeAdyenClient } = await import("../../providers/payment/adyen/adyen-client.js");
  const client = makeAdyenClient({ ...adyen, timeoutMillis: ANSWER_MILLIS });
  const rest = { isLive: adyen.liveUrlPrefix !== null, hasReports: adyen.reportKey !== null };
  try {
    await client.payments.paymentMethods({ merchantAccount: adyen.merchantAccount });
    return known({ problem: null, ...rest } satisfies AdyenFacts);
  } catch (error) {
    if (!(error instanceof AdyenCallFailed)) throw error;
    if (error.status === 401) return known({ problem: "key", ...rest });
    if (error.status === 403) return known({ problem: "account", ...rest });
    return unknown(`Adyen did not answer: ${error.status ?? error.code ?? "unknown error"}`);
  }
}

/**
 * Sends our own address an item that is signed with our key and is no event: a store with the same key calls it
 * malformed, another one calls the signature wrong. Nothing is stored.
 */
export async function gatherSignedItem({ payments, http }: Config): Promise<Facts["signedItem"]> {
  const { adyen } = payments;
  const [key] = adyen?.hmacKeys ?? [];
  if (adyen === null || key === undefined) return unknown("Adyen is not configured.");
  const { signatureOf } = await import("../../providers/payment/adyen/adyen-signature.js");
  const item = {
    eventCode: "",
    success: "true",
    pspReference: "DOCTOR",
    merchantAccountCode: adyen.merchantAccount,
    merchantReference: "",
    originalReference: "",
    amount: { value: 0, currency: "EUR" },
  } as unknown as NotificationRequestItem;
  const signed = { ...item, additionalData: { hmacSignature: signatureOf(item, key) } };
  const body = { live: "false", notificationItems: [{ NotificationRequestItem: signed }] };
  const headers = { "content-type": "application/json" };
  return tellOurselves(http.publicUrl, "payments/webhook/adyen", { headers, body: JSON.stringify(body) });
}
