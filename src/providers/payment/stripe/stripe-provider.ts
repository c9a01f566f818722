import type Stripe from "stripe";
import { done, type Outcome, refused } from "../../../kernel/outcome.js";
import type {
  CreateIntent,
  IntentSnapshot,
  PaymentProvider,
  PaymentReference,
  ReadRefusal,
  TimeWindow,
  WriteRefusal,
} from "../port.js";
import { toStripe } from "./stripe-amount.js";
import { makeStripeClient, READ_RETRIES, type StripeClientOptions, withDeadline } from "./stripe-client.js";
import { outcomeOfError, readRefusal, refundRefusal, writeRefusal } from "./stripe-errors.js";
import { parseStripeEvent } from "./stripe-event.js";
import { asObject, UnreadableStripeObject } from "./stripe-json.js";
import { makeStripeLists, type UnreadableReport } from "./stripe-lists.js";
import { readIntent, readRefund } from "./stripe-objects.js";
import { verifyStripeSignature } from "./stripe-signature.js";

export interface StripeOptions extends Omit<StripeClientOptions, "timeoutMillis"> {
  readonly publishableKey: string | null;
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
  const timeoutMillis = options.timeoutMillis ?? TIMEOUT_MILLIS;
  const stripe = makeStripeClient({ ...options, timeoutMillis });
  // Room for one more attempt and the pause before it (the SDK's own, half a second).
  const deadlineMillis = timeoutMillis * 2 + 1_000;
  return {
    name: "STRIPE",
    livemode: /^(sk|rk)_live_/.test(options.secretKey),
    account: options.account ?? null,
    publishableKey: options.publishableKey,
    ...makeIntentCalls(stripe, deadlineMillis),
    ...makeRefundCalls(stripe, deadlineMillis),
    ...makeStripeLists(stripe, options.onUnreadable ?? (() => {})),

    async verifyWebhook(rawBody, headers, receivedAtMillis) {
      const signature = headers["stripe-signature"];
      const verdict = verifyStripeSignature(rawBody, signature, options.webhookSecrets, receivedAtMillis);
      return verdict.ok ? parseStripeEvent(rawBody) : verdict;
    },
  };
}

type IntentCalls = Pick<PaymentProvider, "createIntent" | "fetchIntent" | "findIntentFor" | "cancelIntent">;

function makeIntentCalls(stripe: Stripe, deadlineMillis: number): IntentCalls {
  const fetchIntent = async (intentId: string): Promise<Outcome<IntentSnapshot, ReadRefusal>> => {
    try {
      const found = await stripe.paymentIntents.retrieve(
        intentId,
        { expand: ["latest_charge"] },
        { maxNetworkRetries: READ_RETRIES },
      );
      return done(readIntent(objectOf(found)));
    } catch (error) {
      return outcomeOfError(error, readRefusal);
    }
  };

  const cancelIntent = async (intentId: string): Promise<Outcome<IntentSnapshot, WriteRefusal>> => {
    try {
      const intent = await stripe.paymentIntents.cancel(intentId, { cancellation_reason: "abandoned" });
      return done(readIntent(objectOf(intent)));
    } catch (error) {
      const outcome = outcomeOfError<IntentSnapshot, WriteRefusal>(error, writeRefusal);
      // It was cancelled, paid or being paid already: what it is now is the answer.
      return outcome.kind === "refused" && outcome.reason === "not_allowed" ? fetchIntent(intentId) : outcome;
    }
  };

  return {
    createIntent: (command) => withDeadline(deadlineMillis, createIntent(stripe, command)),
    fetchIntent: (intentId) => withDeadline(deadlineMillis, fetchIntent(intentId)),
    cancelIntent: (intentId) => withDeadline(deadlineMillis * 2, cancelIntent(intentId)),
    findIntentFor: (reference, attempted) => findIntentFor(stripe, reference, attempted),
  };
}

async function createIntent(
  stripe: Stripe,
  command: CreateIntent,
): Promise<Outcome<IntentSnapshot, WriteRefusal>> {
  const amount = toStripe(command.amount);
  if (!amount.ok) return refused("amount_not_chargeable", amount.error);
  try {
    const intent = await stripe.paymentIntents.create(
      {
        amount: amount.amount,
        currency: amount.currency,
        automatic_payment_methods: { enabled: true },
        metadata: {
          order_id: String(command.orderId),
          shop_id: command.shopId,
          payment_reference: command.paymentReference,
        },
        ...(command.description === undefined ? {} : { description: command.description }),
      },
      { idempotencyKey: command.idempotencyKey },
    );
    return done(readIntent(objectOf(intent)));
  } catch (error) {
    return outcomeOfError(error, writeRefusal);
  }
}

/** Stripe's clock and the database's may differ by this much before an intent falls out of the window. */
const CLOCK_SLACK_SECONDS = 600;

/**
 * Asks the search first, which is one call, and lists the window when it finds nothing: the search index lags by up
 * to a minute and more in an outage (docs.stripe.com/search), so its "nothing" is no proof. The list is current.
 */
async function findIntentFor(
  stripe: Stripe,
  reference: PaymentReference,
  attempted: TimeWindow,
): Promise<Outcome<IntentSnapshot, ReadRefusal>> {
  const { paymentReference, shopId } = reference;
  const isOurs = (metadata: Stripe.Metadata) =>
    metadata.payment_reference === paymentReference && metadata.shop_id === shopId;
  const reading = { maxNetworkRetries: READ_RETRIES };
  try {
    const query = `metadata['payment_reference']:'${paymentReference}' AND metadata['shop_id']:'${shopId.replaceAll("'", "\\'")}'`;
    const searched = await stripe.paymentIntents.search({ query }, reading).catch(() => null);
    const hit = searched?.data.find((intent) => isOurs(intent.metadata));
    // The search answers with a copy that can be old; the intent itself says how it stands.
    if (hit)
      return done(
        readIntent(
          objectOf(await stripe.paymentIntents.retrieve(hit.id, { expand: ["latest_charge"] }, reading)),
        ),
      );
    const created = {
      gte: Math.floor(attempted.from.getTime() / 1000) - CLOCK_SLACK_SECONDS,
      lte: Math.ceil(attempted.until.getTime() / 1000) + CLOCK_SLACK_SECONDS,
    };
    for await (const intent of stripe.paymentIntents.list({ created, limit: 100 }, reading)) {
      if (isOurs(intent.metadata)) return done(readIntent(objectOf(intent)));
    }
    return refused("not_found", `no intent with payment_reference ${paymentReference} created in the window`);
  } catch (error) {
    return outcomeOfError(error, readRefusal);
  }
}

function makeRefundCalls(
  stripe: Stripe,
  deadlineMillis: number,
): Pick<PaymentProvider, "refund" | "findRefund"> {
  const refund: PaymentProvider["refund"] = async (command) => {
    const amount = toStripe(command.amount);
    if (!amount.ok) return refused("amount_not_chargeable", amount.error);
    try {
      const made = await stripe.refunds.create(
        {
          payment_intent: command.intentId,
          amount: amount.amount,
          metadata: {
            refund_reference: command.refundReference,
            shop_id: command.shopId,
            reason: command.reason.slice(0, 500),
          },
        },
        { idempotencyKey: command.idempotencyKey },
      );
      return done(readRefund(objectOf(made)));
    } catch (error) {
      return outcomeOfError(error, refundRefusal);
    }
  };

  const findRefund: PaymentProvider["findRefund"] = async ({ refundReference, shopId, intentId }) => {
    try {
      const refunds = stripe.refunds.list(
        { payment_intent: intentId, limit: 100 },
        { maxNetworkRetries: READ_RETRIES },
      );
      for await (const found of refunds) {
        const isOurs =
          found.metadata?.refund_reference === refundReference && found.metadata.shop_id === shopId;
        if (isOurs) return done(readRefund(objectOf(found)));
      }
      return refused("not_found", `no refund with refund_reference ${refundReference} of ${intentId}`);
    } catch (error) {
      return outcomeOfError(error, readRefusal);
    }
  };

  return { refund: (command) => withDeadline(deadlineMillis, refund(command)), findRefund };
}

/** The SDK's typed answer, read again as what it is: JSON from outside. */
function objectOf(answer: unknown) {
  const object = asObject(answer);
  if (!object) throw new UnreadableStripeObject("not_an_object");
  return object;
}
