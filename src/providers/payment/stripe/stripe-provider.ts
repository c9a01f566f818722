import type { PaymentProvider } from "../port.js";
import { makeStripeClient, type StripeClientOptions } from "./stripe-client.js";
import { parseStripeEvent } from "./stripe-event.js";
import { makeIntentCalls } from "./stripe-intents.js";
import { makeStripeLists, type UnreadableReport } from "./stripe-lists.js";
import { makeRefundCalls } from "./stripe-refunds.js";
import { verifyStripeSignature } from "./stripe-signature.js";

export interface StripeOptions extends Omit<StripeClientOptions, "timeoutMillis"> {
  readonly publishableKey: string | null;
  /** The payer pays on Stripe's page instead of in fields on ours. */
  readonly isHosted?: boolean;
  /** Several during a rotation; every one of them is valid. */
  readonly webhookSecrets: readonly string[];
  /** `acct_…`, when the operator has said it. */
  readonly account?: string;
  readonly timeoutMillis?: number;
  /** Told about an object in a list that cannot be read, e.g. of another shop in a currency without a rule. */
  readonly onUnreadable?: UnreadableReport;
}

const TIMEOUT_MILLIS = 10_000;

/** Stripe through its official SDK: payment intents with automatic payment methods (docs.stripe.com/api). */
export function makeStripeProvider(options: StripeOptions): PaymentProvider {
  if (options.webhookSecrets.length === 0 || options.webhookSecrets.some((secret) => secret.trim() === "")) {
    throw new Error("STRIPE_WEBHOOK_SECRET must hold at least one secret, and none may be empty.");
  }
  const { timeoutMillis = TIMEOUT_MILLIS, isHosted = false } = options;
  const stripe = makeStripeClient({ ...options, timeoutMillis });
  // Room for one more attempt and the pause before it (the SDK's own, half a second).
  const deadlineMillis = timeoutMillis * 2 + 1_000;
  return {
    name: "STRIPE",
    livemode: /^(sk|rk)_live_/.test(options.secretKey),
    account: options.account ?? null,
    books: "live",
    publishableKey: isHosted ? null : options.publishableKey,
    ...makeIntentCalls(stripe, { deadlineMillis, isHosted }),
    ...makeRefundCalls(stripe, deadlineMillis),
    ...makeStripeLists(stripe, options.onUnreadable ?? (() => {})),

    async verifyWebhook(rawBody, headers, receivedAtMillis) {
      const signature = headers["stripe-signature"];
      const verdict = verifyStripeSignature(rawBody, signature, options.webhookSecrets, receivedAtMillis);
      return verdict.ok ? parseStripeEvent(rawBody) : verdict;
    },
  };
}
