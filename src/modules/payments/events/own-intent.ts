import type { Db, Tx } from "../../../db/database.js";
import type { PaymentEvent, PaymentProvider } from "../../../providers/payment/port.js";
import { adoptIntent, findIntentOfReference, recordPaidAgain } from "../payment-store.js";
import { isAside } from "./event-facts.js";

/**
 * Why a success cannot be of the payment that it names: where each try has an id of its own, one of a part of the price
 * (a gift card), in another currency or of the other mode must not become the payment's. Null: it may be.
 */
export async function whyOther(
  db: Db | Tx,
  { books }: Pick<PaymentProvider, "books">,
  event: PaymentEvent,
): Promise<string | null> {
  const named = namedBy(event);
  if (books === "live" || event.kind !== "intent_succeeded" || named === undefined) return null;
  const payment = await findIntentOfReference(db, named);
  if (payment === undefined) return null;
  if (payment.livemode !== event.livemode) return "livemode_differs";
  if (payment.currency !== event.amount?.currency) return "currency_differs";
  return payment.amount_minor === event.amount.minor ? null : "amount_differs";
}

/** The signed metadata of our own intent name our row: the webhook overtook the answer of the create call. */
export async function adoptByMetadata(db: Db | Tx, event: PaymentEvent): Promise<boolean> {
  const named = namedBy(event);
  if (event.intentId === null || named === undefined) return false;
  return adoptIntent(db, { ...named, intentId: event.intentId });
}

function namedBy({ metadata, provider }: PaymentEvent) {
  const reference = metadata.payment_reference;
  const orderId = Number(metadata.order_id);
  return reference === undefined || !Number.isSafeInteger(orderId)
    ? undefined
    : { reference, orderId, provider };
}

/** An event that names our payment and no intent is about the intent of that payment. */
export async function withIntent(db: Db | Tx, event: PaymentEvent): Promise<PaymentEvent> {
  const named = event.intentId === null ? namedBy(event) : undefined;
  if (named === undefined) return event;
  const found = await findIntentOfReference(db, named);
  // Of money that has not come the intent is not known yet: it waits, and is looked for again.
  const isTooEarly = isAside(event.kind) && found?.captured_minor === 0;
  return found === undefined || isTooEarly ? event : { ...event, intentId: found.intent_id };
}

/**
 * Where each try to pay has an id of its own, two of them can take money for one payment. The second is money that
 * nobody waited for: a payment of its own that goes back.
 */
export async function isPaidAgain(
  db: Db | Tx,
  { books }: Pick<PaymentProvider, "books">,
  event: PaymentEvent,
): Promise<boolean> {
  const named = namedBy(event);
  if (books === "live" || event.kind !== "intent_succeeded" || event.intentId === null || named === undefined)
    return false;
  return recordPaidAgain(db, { ...named, intentId: event.intentId });
}
