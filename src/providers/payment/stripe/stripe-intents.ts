import type Stripe from "stripe";
import { done, type Outcome, refused, unknown } from "../../../kernel/outcome.js";
import type {
  CreateIntent,
  DisputeSnapshot,
  IntentSnapshot,
  KnownOfPayment,
  PaymentProvider,
  PaymentReading,
  PaymentReference,
  ReadRefusal,
  RefundSnapshot,
  TimeWindow,
  WriteRefusal,
} from "../port.js";
import { toStripe } from "./stripe-amount.js";
import { READING, withDeadline } from "./stripe-client.js";
import { outcomeOfError, readRefusal, writeRefusal } from "./stripe-errors.js";
import { objectOf } from "./stripe-json.js";
import { isDisputed, readDispute, readIntent, readRefund } from "./stripe-objects.js";
import { createPage, expirePage, fetchPage, findPageFor, isPageId } from "./stripe-pages.js";

type IntentCalls = Pick<
  PaymentProvider,
  "createIntent" | "fetchIntent" | "readPayment" | "findIntentFor" | "cancelIntent"
>;

export function makeIntentCalls(
  stripe: Stripe,
  { deadlineMillis, isHosted }: { readonly deadlineMillis: number; readonly isHosted: boolean },
): IntentCalls {
  const fetchIntent = async (intentId: string): Promise<Outcome<IntentSnapshot, ReadRefusal>> => {
    if (isPageId(intentId)) return fetchPage(stripe, intentId);
    try {
      const found = await stripe.paymentIntents.retrieve(intentId, { expand: ["latest_charge"] }, READING);
      return done(readIntent(objectOf(found)));
    } catch (error) {
      return outcomeOfError(error, readRefusal);
    }
  };

  const cancelIntent = async (intentId: string): Promise<Outcome<IntentSnapshot, WriteRefusal>> => {
    if (isPageId(intentId)) return expirePage(stripe, intentId);
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
    createIntent: (command) =>
      withDeadline(
        deadlineMillis,
        isHosted && command.page !== undefined
          ? createPage(stripe, command, command.page)
          : createIntent(stripe, command),
      ),
    fetchIntent: (intentId) => withDeadline(deadlineMillis, fetchIntent(intentId)),
    readPayment: (intentId, known) => withDeadline(deadlineMillis * 2, readPayment(stripe, intentId, known)),
    cancelIntent: (intentId) => withDeadline(deadlineMillis * 2, cancelIntent(intentId)),
    findIntentFor: (reference, attempted) => findIntentFor(stripe, reference, attempted, isHosted),
  };
}

/**
 * The intent first and then what hangs on it: a refund or dispute that the intent knows of is in the lists that are
 * read after it. A list that does not account for the intent's own sum is not the whole, and so no answer.
 */
async function readPayment(
  stripe: Stripe,
  intentId: string,
  known: KnownOfPayment,
): Promise<Outcome<PaymentReading, ReadRefusal>> {
  if (isPageId(intentId)) return readPaymentOfPage(stripe, intentId, known);
  try {
    const found = objectOf(
      await stripe.paymentIntents.retrieve(intentId, { expand: ["latest_charge"] }, READING),
    );
    const intent = readIntent(found);
    const wanted = { payment_intent: intentId, limit: 100 };
    const refunds: RefundSnapshot[] = [];
    const refundedMinor = intent.amountRefundedMinor ?? 0;
    if (refundedMinor > 0 || known.hasRefunds) {
      for await (const one of stripe.refunds.list(wanted, READING)) refunds.push(readRefund(objectOf(one)));
    }
    const standing = refunds.filter(({ state }) => state === "pending" || state === "succeeded");
    if (standing.reduce((sum, { amount }) => sum + amount.minor, 0) < refundedMinor) {
      return unknown(`the refunds of ${intentId} are not all there yet`);
    }
    const disputes: DisputeSnapshot[] = [];
    if (isDisputed(found) || known.hasDisputes) {
      for await (const one of stripe.disputes.list(wanted, READING))
        disputes.push(readDispute(objectOf(one)));
    }
    return isDisputed(found) && disputes.length === 0
      ? unknown(`the dispute of ${intentId} is not there yet`)
      : done({ intent, refunds, disputes });
  } catch (error) {
    return outcomeOfError(error, readRefusal);
  }
}

/** The page tells its intent, which is read with what hangs on it once there is money. */
async function readPaymentOfPage(
  stripe: Stripe,
  pageId: string,
  known: KnownOfPayment,
): Promise<Outcome<PaymentReading, ReadRefusal>> {
  const found = await fetchPage(stripe, pageId);
  if (found.kind !== "done") return found;
  const intent = found.value;
  return intent.state === "succeeded"
    ? readPayment(stripe, intent.intentId, known)
    : done({ intent, refunds: [], disputes: [] });
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
  isHosted: boolean,
): Promise<Outcome<IntentSnapshot, ReadRefusal>> {
  const { paymentReference, shopId } = reference;
  const isOurs = (metadata: Stripe.Metadata) =>
    metadata.payment_reference === paymentReference && metadata.shop_id === shopId;
  try {
    const query = `metadata['payment_reference']:'${paymentReference}' AND metadata['shop_id']:'${shopId.replaceAll("'", "\\'")}'`;
    const searched = await stripe.paymentIntents.search({ query }, READING).catch(() => null);
    const hit = searched?.data.find((intent) => isOurs(intent.metadata));
    // The search answers with a copy that can be old; the intent itself says how it stands.
    if (hit)
      return done(
        readIntent(
          objectOf(await stripe.paymentIntents.retrieve(hit.id, { expand: ["latest_charge"] }, READING)),
        ),
      );
    const created = {
      gte: Math.floor(attempted.from.getTime() / 1000) - CLOCK_SLACK_SECONDS,
      lte: Math.ceil(attempted.until.getTime() / 1000) + CLOCK_SLACK_SECONDS,
    };
    // A page that nobody has paid on has no intent yet.
    const page = isHosted ? await findPageFor(stripe, reference, created) : null;
    if (page !== null) return done(page);
    for await (const intent of stripe.paymentIntents.list({ created, limit: 100 }, READING)) {
      if (isOurs(intent.metadata)) return done(readIntent(objectOf(intent)));
    }
    return refused("not_found", `no intent with payment_reference ${paymentReference} created in the window`);
  } catch (error) {
    return outcomeOfError(error, readRefusal);
  }
}
