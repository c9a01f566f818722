import type Stripe from "stripe";
import { done, type Outcome, refused } from "../../../kernel/outcome.js";
import type {
  CreateIntent,
  IntentSnapshot,
  PaymentPage,
  PaymentReference,
  ReadRefusal,
  WriteRefusal,
} from "../port.js";
import { toStripe } from "./stripe-amount.js";
import { READING } from "./stripe-client.js";
import { outcomeOfError, readRefusal, writeRefusal } from "./stripe-errors.js";
import {
  findObject,
  needBoolean,
  needMoney,
  needText,
  needTime,
  objectOf,
  readMetadata,
  type StripeObject,
  UnreadableStripeObject,
} from "./stripe-json.js";
import { readIntent } from "./stripe-objects.js";

/**
 * Stripe's own payment page (Checkout Sessions, docs.stripe.com/api/checkout/sessions). The session's intent is made
 * when the payer first pays there; until then the session's id stands for it.
 */
export const isPageId = (id: string): boolean => id.startsWith("cs_");

const WHOLE = { expand: ["payment_intent.latest_charge"] };

export async function createPage(
  stripe: Stripe,
  command: CreateIntent,
  page: PaymentPage,
): Promise<Outcome<IntentSnapshot, WriteRefusal>> {
  const amount = toStripe(command.amount);
  if (!amount.ok) return refused("amount_not_chargeable", amount.error);
  const metadata = {
    order_id: String(command.orderId),
    shop_id: command.shopId,
    payment_reference: command.paymentReference,
  };
  try {
    const session = await stripe.checkout.sessions.create(
      {
        mode: "payment",
        line_items: [
          {
            quantity: 1,
            price_data: {
              currency: amount.currency,
              unit_amount: amount.amount,
              product_data: { name: page.title },
            },
          },
        ],
        // The order's amount in the order's currency is what is charged.
        adaptive_pricing: { enabled: false },
        // The intent's tells whose its events are, the session's whose the session is.
        metadata,
        payment_intent_data: {
          metadata,
          ...(command.description === undefined ? {} : { description: command.description }),
        },
        success_url: page.returnUrl,
        cancel_url: page.returnUrl,
        expires_at: Math.floor(page.expiresAt.getTime() / 1000),
        locale: page.language,
      },
      { idempotencyKey: command.idempotencyKey },
    );
    return done(readPage(objectOf(session)));
  } catch (error) {
    return outcomeOfError(error, writeRefusal);
  }
}

export async function fetchPage(
  stripe: Stripe,
  pageId: string,
): Promise<Outcome<IntentSnapshot, ReadRefusal>> {
  try {
    return done(readPage(objectOf(await stripe.checkout.sessions.retrieve(pageId, WHOLE, READING))));
  } catch (error) {
    return outcomeOfError(error, readRefusal);
  }
}

/** Ends the page: nobody can pay there any more. A payer who was faster is seen in the answer. */
export async function expirePage(
  stripe: Stripe,
  pageId: string,
): Promise<Outcome<IntentSnapshot, WriteRefusal>> {
  try {
    return done(readPage(objectOf(await stripe.checkout.sessions.expire(pageId, WHOLE))));
  } catch (error) {
    const outcome = outcomeOfError<IntentSnapshot, WriteRefusal>(error, writeRefusal);
    // Only an open session can be expired: how it is otherwise is the answer.
    return outcome.kind === "refused" && outcome.reason === "not_allowed"
      ? fetchPage(stripe, pageId)
      : outcome;
  }
}

/** The session of our payment among those that were made in the window; sessions cannot be searched. */
export async function findPageFor(
  stripe: Stripe,
  { paymentReference, shopId }: PaymentReference,
  created: { readonly gte: number; readonly lte: number },
): Promise<IntentSnapshot | null> {
  const wanted = { created, limit: 100, expand: ["data.payment_intent.latest_charge"] };
  for await (const session of stripe.checkout.sessions.list(wanted, READING)) {
    const { payment_reference: reference, shop_id: shop } = session.metadata ?? {};
    if (reference === paymentReference && shop === shopId) return readPage(objectOf(session));
  }
  return null;
}

/** The intent as it is once somebody has paid, or tried to; before that the session in its place. */
function readPage(session: StripeObject): IntentSnapshot {
  const pageId = needText(session, "id");
  const status = needText(session, "status");
  const page = { pageId, url: status === "open" ? urlOf(session) : null };
  const object = findObject(session, "payment_intent");
  if (object !== null) {
    // Whoever has its secret could pay it elsewhere than on the page.
    const { clientSecret: _, ...intent } = readIntent(object);
    // On a session that has ended its open intent cannot be paid.
    const isOver = status === "expired" && intent.state === "requires_action";
    return { ...intent, ...(isOver ? { state: "canceled" as const } : {}), page };
  }
  if (status !== "open" && status !== "expired") throw new UnreadableStripeObject("missing_payment_intent");
  return {
    intentId: pageId,
    state: status === "open" ? "requires_action" : "canceled",
    amount: needMoney(session, "amount_total"),
    amountReceivedMinor: 0,
    amountRefundedMinor: 0,
    livemode: needBoolean(session, "livemode"),
    metadata: readMetadata(session),
    createdAt: needTime(session, "created"),
    page,
  };
}

/** Longer than other texts: such addresses carry what the page needs behind a `#`. */
const URL_LENGTH_MAX = 4_000;

function urlOf(session: StripeObject): string {
  const { url } = session;
  if (typeof url !== "string" || url.length > URL_LENGTH_MAX || !/^https?:$/.test(protocolOf(url)))
    throw new UnreadableStripeObject("missing_url");
  return url;
}

const protocolOf = (url: string): string => (URL.canParse(url) ? new URL(url).protocol : "");
