import type { Language } from "../../kernel/language.js";
import type { Money } from "../../kernel/money.js";

/** In capitals, as it stands in rows and answers: `STRIPE`. compose/payment-registry.ts knows which there are. */
export type PaymentProviderName = string;

/**
 * How the provider's side of the books can be read.
 * - live: any payment at any moment, by its id and by our reference.
 * - daily_report: there is no call that reads a payment. What its signed events said is all that is known until a
 *   report tells of the day; readPayment and the lists read those reports. What a call left unknown is settled by the
 *   same call with the same key, so `createIntent` and `refund` are repeated where a live provider is asked.
 */
export type ProviderBooks = "live" | "daily_report";

/** What ties an intent to our rows; an adapter writes it into the provider's metadata. */
export interface PaymentReference {
  /** Our payment row's random name. Row ids repeat after a restored backup, names do not. */
  readonly paymentReference: string;
  readonly orderId: number;
  /** Tells our intents from those of another shop that shares the provider's account. */
  readonly shopId: string;
}

export interface CreateIntent extends PaymentReference {
  /** From paymentKey(); at most 255 characters. */
  readonly idempotencyKey: string;
  readonly amount: Money;
  readonly description?: string;
  /** For a provider on whose own page the payer pays. The same for every call with the same key. */
  readonly page?: PaymentPage;
}

/** What a provider's own payment page shows, and where the payer comes back to, paid or not. */
export interface PaymentPage {
  /** What is bought, in one line. */
  readonly title: string;
  readonly language: Language;
  readonly returnUrl: string;
  /** The page may be open for longer than the order: it is ended with the order. */
  readonly expiresAt: Date;
  /** When the order ends, for a provider that ends its page by itself and at no other time. */
  readonly orderExpiresAt: Date;
}

export interface RefundReference {
  /** Our refund row's random name. */
  readonly refundReference: string;
  readonly shopId: string;
  readonly intentId: string;
}

export interface RefundCommand extends RefundReference {
  /** From refundKey(). */
  readonly idempotencyKey: string;
  readonly amount: Money;
  /** For people; kept at the provider as metadata. */
  readonly reason: string;
}

export interface TimeWindow {
  readonly from: Date;
  readonly until: Date;
}

/**
 * - requires_action: the payer has to do something (also after a declined card: a decline ends nothing)
 * - processing: the payer has done it and the money is on its way; it can no longer be cancelled
 * - succeeded, canceled: final
 */
export type IntentState = "requires_action" | "processing" | "succeeded" | "canceled";

export interface IntentSnapshot {
  readonly intentId: string;
  readonly state: IntentState;
  /** What was asked for. */
  readonly amount: Money;
  /** What has been captured, in the same currency's minor units; 0 unless succeeded. */
  readonly amountReceivedMinor: number;
  /** Sum of the refunds that stand; null when the answer at hand does not tell (ask fetchIntent). */
  readonly amountRefundedMinor: number | null;
  readonly livemode: boolean;
  readonly metadata: IntentMetadata;
  readonly createdAt: Date;
  readonly clientSecret?: string;
  readonly lastDecline?: Decline;
  readonly latestChargeId?: string;
  /**
   * The provider's own page on which this is paid; its id is taken wherever an intent's is. `intentId` is the page's
   * until the provider has made an intent. The address is null when nobody can pay there (any more).
   */
  readonly page?: { readonly pageId: string; readonly url: string | null };
}

export interface KnownOfPayment {
  readonly hasRefunds: boolean;
  readonly hasDisputes: boolean;
}

/** What a provider holds of one payment at one moment. */
export interface PaymentReading {
  readonly intent: IntentSnapshot;
  readonly refunds: readonly RefundSnapshot[];
  readonly disputes: readonly DisputeSnapshot[];
}

/** As found at the provider: text, since somebody else may have written it. */
export interface IntentMetadata {
  readonly order_id?: string;
  readonly shop_id?: string;
  readonly payment_reference?: string;
  readonly refund_reference?: string;
}

export interface Decline {
  /** The provider's code, e.g. `insufficient_funds`. */
  readonly code: string;
  readonly message: string;
}

/** failed and canceled refunds have given the money back to us. */
export type RefundState = "pending" | "succeeded" | "failed" | "canceled";

export interface RefundSnapshot {
  /** The provider's id. */
  readonly providerRefundId: string;
  readonly intentId: string | null;
  readonly state: RefundState;
  readonly amount: Money;
  readonly failureReason?: string;
  /** It names no reference of ours, and may be the one that we are telling the provider of at this moment. */
  readonly mayBeOurs?: true;
  /** `refund_reference` and `shop_id` are ours when we made it; absent when it was made in the provider's own pages. */
  readonly metadata: IntentMetadata;
  readonly createdAt: Date;
}

/** warning: an inquiry, no money has moved. open: the money is withheld until won or lost; won may be taken up again. */
export type DisputeState = "warning" | "open" | "won" | "lost";

export interface DisputeSnapshot {
  readonly disputeId: string;
  readonly intentId: string | null;
  readonly state: DisputeState;
  readonly amount: Money;
  /** The provider's word, e.g. `fraudulent`. */
  readonly reason: string;
  readonly livemode: boolean;
  readonly createdAt: Date;
  /** Until when the provider takes our evidence; null where it names no moment. */
  readonly respondBy: Date | null;
  /** Evidence was sent, so that nobody is waited for but the payer's bank. */
  readonly isAnswered: boolean;
  /** The state is that of the whole dispute with its money, and not of one step of several. */
  readonly isWhole?: true;
  /** Where it is known already, it may be of this other dispute: the step names no more than the first of them. */
  readonly mayBeOf?: string;
}

/** One amount that the provider kept, of a payment, a refund or a dispute. */
export interface FeeSnapshot {
  /** Unique at the provider, and the same whenever it is read. */
  readonly feeId: string;
  /** The provider's word for what it is for, e.g. `charge` or `interchange`. */
  readonly kind: string;
  readonly intentId: string | null;
  /** `payment_reference` names the payment whose try it was, where that try is no intent of ours. */
  readonly metadata: IntentMetadata;
  /** Of the account's settlement, which may be another than the payment's. */
  readonly currency: string;
  /** Decimal, with all that the provider gives; negative when it was given back. Never zero. */
  readonly amount: string;
  readonly bookedAt: Date;
}

/** Header names in lower case, as Node gives them. */
export type WebhookHeaders = Readonly<Record<string, string | readonly string[] | undefined>>;

export type WebhookVerdict =
  | { readonly ok: true; readonly events: readonly PaymentEvent[] }
  | { readonly ok: false; readonly reason: WebhookRejection; readonly detail: string };

/**
 * - missing_signature, invalid_signature (also: not fresh, wrong scheme): 400
 * - malformed: not JSON, 400
 * - missing_intent_id: the mock's own rule, 400
 * - invalid: JSON of the wrong shape, 422 (mock)
 */
export type WebhookRejection =
  | "missing_signature"
  | "invalid_signature"
  | "malformed"
  | "missing_intent_id"
  | "invalid";

/**
 * - intent_open: made, or waiting for the payer; changes nothing
 * - intent_failed_attempt: one card was declined; the intent lives on
 * - intent_succeeded: `amount` is what was captured
 * - intent_canceled: ended without money (also the mock's failure)
 * - refund_updated: `refund` says its state now
 * - refunds_total: the charge's sum of refunds so far is `amount`; each refund also has its own event
 * - ignored: a type that we do not act on; recorded and answered 200
 */
export type PaymentEventKind =
  | "intent_open"
  | "intent_processing"
  | "intent_failed_attempt"
  | "intent_succeeded"
  | "intent_canceled"
  | "refund_updated"
  | "refunds_total"
  | "dispute_opened"
  | "dispute_updated"
  | "dispute_closed"
  | "ignored";

/** A provider's event in our terms. Events repeat and come in any order: state decides, never arrival or createdAt. */
export interface PaymentEvent {
  readonly provider: PaymentProviderName;
  /** Unique per provider: the event and its effect are committed together, once, under it. */
  readonly eventId: string;
  /** The provider's own word, e.g. `payment_intent.succeeded`. */
  readonly type: string;
  readonly kind: PaymentEventKind;
  /**
   * Set when a field that this kind needs is missing or contradicts itself, e.g. a fraction of a króna. Such an
   * event is parked, whatever else it says.
   */
  readonly problem: string | null;
  /** Null when it names our payment only (`metadata.payment_reference`): the intent of that payment is meant. */
  readonly intentId: string | null;
  readonly amount: Money | null;
  readonly livemode: boolean;
  /** The connected account that it is about, when it names one. */
  readonly account: string | null;
  readonly metadata: IntentMetadata;
  readonly decline: Decline | null;
  readonly refund: RefundSnapshot | null;
  readonly dispute: DisputeSnapshot | null;
  readonly createdAt: Date;
}

/**
 * Why a write definitely had no effect:
 * - amount_not_chargeable: the provider cannot carry this amount or currency
 * - key_reused: the same idempotency key came with other parameters; a defect of ours, alarm
 * - credentials_refused: 401 or 403; alarm, try again when the key has been changed
 * - not_found: no such intent
 * - not_allowed: the provider's rules forbid it, the detail says which
 * - unavailable: not reached, or turned away before any work; the same call may be made again later
 */
export type WriteRefusal =
  | "amount_not_chargeable"
  | "key_reused"
  | "credentials_refused"
  | "not_found"
  | "not_allowed"
  | "unavailable";

/** In addition: more than what is left of the capture; nothing captured yet; withheld by a dispute. */
export type RefundRefusal = WriteRefusal | "exceeds_capture" | "not_captured" | "disputed";

export type ReadRefusal = "not_found" | "credentials_refused" | "unavailable";
