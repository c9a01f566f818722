import { createHmac } from "node:crypto";

/** What the fake's events say; a test of the program holds that its adapter speaks the same. */
export const FAKE_STRIPE_API_VERSION = "2026-10-28.endive";

/** A `Stripe-Signature` header as Stripe makes it (docs.stripe.com/webhooks): HMAC-SHA256 of `t.body` per secret. */
export function signStripePayload(
  rawBody: Uint8Array,
  secrets: readonly string[],
  atSeconds: number,
): string {
  const signatures = secrets.map(
    (secret) => `v1=${createHmac("sha256", secret).update(`${atSeconds}.`).update(rawBody).digest("hex")}`,
  );
  return [`t=${atSeconds}`, ...signatures].join(",");
}
