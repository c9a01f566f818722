import type { Outcome } from "../../kernel/outcome.js";
import type {
  CreateIntent,
  DisputeSnapshot,
  FeeSnapshot,
  IntentSnapshot,
  KnownOfPayment,
  PaymentEvent,
  PaymentProviderName,
  PaymentReading,
  PaymentReference,
  ProviderBooks,
  ReadRefusal,
  RefundCommand,
  RefundReference,
  RefundRefusal,
  RefundSnapshot,
  TimeWindow,
  WebhookHeaders,
  WebhookVerdict,
  WriteRefusal,
} from "./payment-facts.js";

export type * from "./payment-facts.js";

/**
 * What a payment provider is to us, in our own terms. An adapter translates; it stores nothing, decides nothing
 * about orders and never tries a write again by itself. docs/write-a-payment-provider.md tells how to add one.
 *
 * Every write carries a key derived from our own row, so that sending it again with the same key has no second
 * effect. Every answer is done, refused (definitely no effect) or unknown; unknown is settled by findIntentFor and
 * findRefund, which ask by our own reference.
 */
export interface PaymentProvider {
  readonly name: PaymentProviderName;
  /** The mode that our key works in. A payment made in one mode is never settled by an event of the other. */
  readonly livemode: boolean;
  /** The provider's id of our account, when it is known. */
  readonly account: string | null;
  /** What a browser needs beside the client secret, e.g. Stripe's publishable key; null where it needs none. */
  readonly publishableKey: string | null;
  readonly books: ProviderBooks;

  createIntent(command: CreateIntent): Promise<Outcome<IntentSnapshot, WriteRefusal>>;
  fetchIntent(intentId: string): Promise<Outcome<IntentSnapshot, ReadRefusal>>;
  /**
   * The intent with all of its refunds and disputes, as one state: a reading that may lack one of them is unknown.
   * `known` says what our books have, so that an adapter need not ask for what neither side has ever heard of.
   */
  readPayment(intentId: string, known: KnownOfPayment): Promise<Outcome<PaymentReading, ReadRefusal>>;
  /**
   * Settles an unknown createIntent. `not_found` is definite only when the create call has ended: ask after its
   * time-out. The window is the time in which the create was attempted, by the database's clock. Without live books it
   * is definite when nobody can pay what may have been made: its secret was in the answer that was lost.
   */
  findIntentFor(
    reference: PaymentReference,
    attempted: TimeWindow,
  ): Promise<Outcome<IntentSnapshot, ReadRefusal>>;
  /**
   * Asks the provider to cancel and answers with the state that results, which is `succeeded` when the payer was
   * faster: the caller reads the state, never assumes it. A provider that cannot end what it has made refuses
   * `not_allowed`; that ends by itself at the order's time, and later money goes back.
   */
  cancelIntent(intentId: string): Promise<Outcome<IntentSnapshot, WriteRefusal>>;

  refund(command: RefundCommand): Promise<Outcome<RefundSnapshot, RefundRefusal>>;
  /** Settles an unknown refund, by our own reference among the refunds of that intent. Live books only. */
  findRefund(reference: RefundReference): Promise<Outcome<RefundSnapshot, ReadRefusal>>;

  /**
   * The provider's side of the books, for reconciliation. Newest first, created at or after `since`. Iterating
   * throws PaymentProviderUnavailable when the provider does not answer; what came before it is valid.
   */
  listIntents(since: Date): AsyncIterable<IntentSnapshot>;
  listRefunds(since: Date): AsyncIterable<RefundSnapshot>;
  listDisputes(since: Date): AsyncIterable<DisputeSnapshot>;
  /**
   * What became since then of refunds and disputes, however long ago they were made: the provider's own events, newest
   * first, some of which our webhook may never have been given. Absent where it cannot be asked for them.
   */
  listChanges?(since: Date): AsyncIterable<PaymentEvent>;
  /** What the provider kept for itself since then, in any order. Absent where it takes nothing. */
  listFees?(since: Date): AsyncIterable<FeeSnapshot>;

  /**
   * Verifies the signatures and translates the events, several where a provider sends them in batches: all of them are
   * verified or none is taken. `receivedAtMillis` is when the request arrived: freshness is judged then, however long
   * the event waits in a queue afterwards.
   */
  verifyWebhook(
    rawBody: Uint8Array,
    headers: WebhookHeaders,
    receivedAtMillis: number,
  ): Promise<WebhookVerdict>;
}

/** Thrown by the list iterators. */
export class PaymentProviderUnavailable extends Error {
  override readonly name = "PaymentProviderUnavailable";
}

/**
 * The idempotency key of a payment row. It holds the row's random name, not its id: ids repeat after a restored
 * backup, and the provider remembers what the older row did with the key. `number` counts the row's keys: a provider
 * keeps a refusal or a failure of its own under the key, so the next one is taken once that is known to have had no
 * effect.
 */
export function paymentKey(shopId: string, paymentReference: string, number = 1): string {
  return `${shopId}-payment-${paymentReference}${ofNumber(number)}`;
}

/** The idempotency key of a refund row. */
export function refundKey(shopId: string, refundReference: string, number = 1): string {
  return `${shopId}-refund-${refundReference}${ofNumber(number)}`;
}

const ofNumber = (number: number): string => (number === 1 ? "" : `-${number}`);
