import type { Config } from "../../config/config.js";
import { makeStripeClient } from "../../providers/payment/stripe/stripe-client.js";
import { STRIPE_EVENT_TYPES } from "../../providers/payment/stripe/stripe-event.js";
import { signStripePayload } from "../../providers/payment/stripe/stripe-signature.js";
import { type Facts, known, type StripeFacts, unknown } from "../facts.js";
import { offsetOf, tellOurselves } from "./gather-outside.js";

const ANSWER_MILLIS = 8_000;
const STRIPE_API_ORIGIN = "https://api.stripe.com";

const PROBLEM_BY_TYPE: Readonly<Record<string, string>> = {
  StripeAuthenticationError: "authentication",
  StripePermissionError: "permission",
};

/** Asks Stripe for its webhook endpoints: whether the key works, and whether events come here. */
export async function gatherStripe({ payments }: Config): Promise<Facts["stripe"]> {
  const { stripe } = payments;
  if (stripe === null) return unknown("Stripe is not configured.");
  const apiBase = stripe.apiBase ?? STRIPE_API_ORIGIN;
  const client = makeStripeClient({ secretKey: stripe.secretKey, apiBase, timeoutMillis: ANSWER_MILLIS });
  const askedAt = Date.now();
  const none = { endpoints: [], eventsNeeded: STRIPE_EVENT_TYPES, clockOffsetSeconds: null };
  try {
    const listed = await client.webhookEndpoints.list({ limit: 100 });
    return known({
      ...none,
      problem: null,
      endpoints: listed.data.map(({ url, status, enabled_events: events }) => ({
        url,
        isEnabled: status === "enabled",
        events,
      })),
      clockOffsetSeconds: offsetOf(listed.lastResponse.headers.date ?? null, askedAt, Date.now()),
    } satisfies StripeFacts);
  } catch (error) {
    const { type, code } = error as { type?: string; code?: string };
    const problem = PROBLEM_BY_TYPE[type ?? ""];
    if (problem !== undefined) return known({ ...none, problem });
    return unknown(`Stripe did not answer: ${code ?? type ?? "unknown error"}`);
  }
}

/**
 * Sends our own address a body that is signed as Stripe signs and is no event: a store with the same secret calls it
 * malformed, another one calls the signature wrong. Nothing is stored.
 */
export async function gatherSignedEvent({ payments, http }: Config): Promise<Facts["signedEvent"]> {
  const [secret] = payments.stripe?.webhookSecrets ?? [];
  if (secret === undefined) return unknown("Stripe is not configured.");
  const body = Buffer.from("no event: tribi doctor asks whether this signature is accepted");
  const signature = signStripePayload(body, [secret], Math.floor(Date.now() / 1000));
  const headers = { "content-type": "application/json", "stripe-signature": signature };
  return tellOurselves(http.publicUrl, "payments/webhook/stripe", { headers, body });
}
