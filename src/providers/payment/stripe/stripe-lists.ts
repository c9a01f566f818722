import Stripe from "stripe";
import { type PaymentEvent, type PaymentProvider, PaymentProviderUnavailable } from "../port.js";
import { READING } from "./stripe-client.js";
import { translateStripeEvent } from "./stripe-event.js";
import {
  asObject,
  findText,
  readMetadata,
  type StripeObject,
  UnreadableStripeObject,
} from "./stripe-json.js";
import { readDispute, readFee, readIntent, readRefund } from "./stripe-objects.js";

/**
 * A refund that had succeeded fails up to 30 days later (docs.stripe.com/refunds#failed-refunds), a dispute changes for
 * months; Stripe keeps its events for 30 days (docs.stripe.com/api/events).
 */
const CHANGES = [
  "refund.failed",
  "refund.updated",
  "charge.dispute.updated",
  "charge.dispute.closed",
  "charge.dispute.funds_withdrawn",
  "charge.dispute.funds_reinstated",
];

export type UnreadableReport = (objectId: string, problem: string) => void;

type Lists = Required<
  Pick<PaymentProvider, "listIntents" | "listRefunds" | "listDisputes" | "listChanges" | "listFees">
>;

/** Stripe's page size at most (docs.stripe.com/api/pagination). */
const PAGE = 100;

/**
 * The account's books. One object that cannot be read is passed over: it must not hide the others. It is reported when
 * it is ours; what other products on this account do, in currencies of theirs, is no news.
 */
export function makeStripeLists(stripe: Stripe, onUnreadable: UnreadableReport): Lists {
  const from = (since: Date) => ({ created: { gte: Math.floor(since.getTime() / 1000) }, limit: PAGE });

  async function* read<Item>(
    pages: AsyncIterable<unknown>,
    translate: (object: StripeObject) => Item | null,
  ): AsyncGenerator<Item> {
    try {
      for await (const page of pages) {
        const object = asObject(page) ?? {};
        const item = attempt(object, translate);
        if (item !== null) yield item;
      }
    } catch (error) {
      if (error instanceof Stripe.errors.StripeError) {
        throw new PaymentProviderUnavailable(`Stripe's list broke off: ${error.message}`, { cause: error });
      }
      throw error;
    }
  }

  function attempt<Item>(
    object: StripeObject,
    translate: (object: StripeObject) => Item | null,
  ): Item | null {
    try {
      return translate(object);
    } catch (error) {
      if (!(error instanceof UnreadableStripeObject)) throw error;
      const { shop_id } = readMetadata(object);
      if (shop_id !== undefined) onUnreadable(findText(object, "id") ?? "?", error.problem);
      return null;
    }
  }

  return {
    listIntents: (since) =>
      read(
        stripe.paymentIntents.list({ ...from(since), expand: ["data.latest_charge"] }, READING),
        readIntent,
      ),
    listRefunds: (since) => read(stripe.refunds.list(from(since), READING), readRefund),
    listDisputes: (since) => read(stripe.disputes.list(from(since), READING), readDispute),
    listChanges: (since) =>
      read(stripe.events.list({ ...from(since), types: CHANGES }, READING), (object): PaymentEvent | null => {
        const event = translateStripeEvent(object);
        return event === null || event.problem !== null ? null : event;
      }),
    listFees: (since) =>
      read(stripe.balanceTransactions.list({ ...from(since), expand: ["data.source"] }, READING), readFee),
  };
}
