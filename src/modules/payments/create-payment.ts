import type { Db } from "../../db/database.js";
import { limitedError } from "../../http/rate-limit.js";
import { AppError } from "../../kernel/errors.js";
import { DEFAULT_LANGUAGE, type Language, languageOr } from "../../kernel/language.js";
import type { Outcome } from "../../kernel/outcome.js";
import {
  type IntentSnapshot,
  type PaymentPage,
  type PaymentProvider,
  paymentKey,
  type ReadRefusal,
  type WriteRefusal,
} from "../../providers/payment/port.js";
import type { Events } from "../../telemetry/events.js";
import { failpoint } from "../../telemetry/failpoints.js";
import { planIn } from "../catalog/catalog.module.js";
import type { TextsIn } from "../mail/mail.module.js";
import type { ChooseProvider } from "./choose-provider.js";
import { CREATE_CALL_SECONDS_MAX } from "./create-call.js";
import type { FailUnpaid } from "./fail-unpaid.js";
import type { FindIntent } from "./find-intent.js";
import type { PaymentProviders } from "./payment-providers.js";
import {
  type BegunPayment,
  beginPayment,
  findPayment,
  handleOf,
  nextPaymentKey,
  type PaymentRow,
  storeIntentIfUnknown,
} from "./payment-store.js";
import type { ApplyAnswer } from "./reread-payment.js";

export interface CreatePaymentDeps {
  readonly db: Db;
  readonly providers: PaymentProviders;
  readonly chooseProvider: ChooseProvider;
  readonly findIntent: FindIntent;
  readonly applyAnswer: ApplyAnswer;
  readonly applyWaiting: (intentId: string) => Promise<void>;
  readonly failUnpaid: FailUnpaid;
  /** Called when an intent was made, to have it confirm itself. Only the mock does. */
  readonly afterIntent: (payment: PaymentRow) => Promise<void>;
  readonly shopId: string;
  /** The shop's own origin, to which payers come back. */
  readonly publicUrl: string;
  /** For what stands on a page of the provider's. */
  readonly textsIn: TextsIn;
  /** Declined payments of one person in 24 hours; 999999 is off. */
  readonly declinesPerDayMax: number;
  readonly events: Events;
}

export interface CreatePayment {
  readonly orderId: number;
  readonly userId: number;
  /** As the client wrote it; null when it left the choice to the shop. */
  readonly provider: string | null;
  /** The payer's, for a page of the provider's. */
  readonly language: Language | null;
}

export interface CreatedPayment {
  readonly payment: PaymentRow;
  readonly intent: IntentSnapshot;
  readonly publishableKey: string | null;
}

/** Losing the insert against a simultaneous call shows the winner's row on the next look. */
const ROUNDS_MAX = 5;
/**
 * One live payment per order. The row comes first, then the call with the row's own key, then the intent is stored;
 * repeating the request at any moment continues where the last one stopped and ends at the same intent.
 */
export function makeCreatePayment(deps: CreatePaymentDeps) {
  return async function createPayment(command: CreatePayment): Promise<CreatedPayment> {
    const chosen = await deps.chooseProvider(command);
    const { payment, begun } = await begin(deps, command, chosen);
    // Without a choice a payment that was begun goes on where it is, also when the shop takes another provider by now.
    const provider = command.provider === null ? deps.providers.of(payment.provider) : chosen;
    if (payment.provider !== provider.name) {
      throw new AppError(
        "payment_in_progress",
        `This order is being paid by ${payment.provider}. Finish or cancel that payment first.`,
      );
    }
    await failpoint("s6.after_row");
    const outcome = await intentOf(deps, provider, payment, begun);
    await failpoint("s6.after_psp_before_store");
    const intent = await keepIntent(deps, provider, payment, outcome);
    if (begun.was_made) {
      deps.events.paymentCreated(
        { provider: provider.name },
        { payment_id: payment.id, order_id: payment.order_id },
      );
    }
    await failpoint("s6.after_store_before_reply");
    return { payment: await assertLive(deps, payment), intent, publishableKey: provider.publishableKey };
  };
}

async function begin(
  deps: CreatePaymentDeps,
  command: CreatePayment,
  provider: PaymentProvider,
): Promise<{ payment: PaymentRow; begun: BegunPayment }> {
  const input = {
    orderId: command.orderId,
    userId: command.userId,
    provider: provider.name,
    livemode: provider.livemode,
    language: command.language,
    declinesMax: deps.declinesPerDayMax,
  };
  for (let round = 1; round <= ROUNDS_MAX; round += 1) {
    const begun = await beginPayment(deps.db, input);
    if (begun === undefined) throw new AppError("not_found", "Order not found");
    if (begun.payment !== null) return { payment: begun.payment, begun };
    refuseUnpayable(begun);
    if (begun.retry_seconds !== null) throw tooManyDeclines(deps, begun.retry_seconds);
  }
  throw new AppError("overloaded", "The payment could not be made right now. Send the request again.");
}

/** 429, with the wait after which one more may be begun. */
function tooManyDeclines({ events, declinesPerDayMax }: CreatePaymentDeps, retrySeconds: number): AppError {
  events.paymentRefused({ reason: "declines_per_day" });
  return limitedError("too_many_declines", {
    name: "declines_per_day",
    quota: declinesPerDayMax,
    windowSeconds: 24 * 3600,
    retrySeconds,
  });
}

function refuseUnpayable({
  order_status,
  is_expired,
}: Pick<BegunPayment, "order_status" | "is_expired">): void {
  if (order_status === "paid") throw new AppError("order_already_paid", "This order has been paid already.");
  if (order_status !== "created" || is_expired) {
    throw new AppError("order_not_payable", "This order can no longer be paid. Order again.");
  }
}

type CreateOutcome = Outcome<IntentSnapshot, WriteRefusal | ReadRefusal>;

/**
 * With the row's key the provider makes one intent however often it is told. Only where an earlier call ended long
 * ago without an answer it is asked by our reference first: the provider forgets keys (after a day at Stripe), and
 * until then repeats a failure of its own under them, so that what has no intent by now gets another key.
 */
async function intentOf(
  deps: CreatePaymentDeps,
  provider: PaymentProvider,
  payment: PaymentRow,
  order: BegunPayment,
): Promise<CreateOutcome> {
  const handle = handleOf(payment);
  const isLive = provider.books === "live";
  if (handle !== null && isLive) return provider.fetchIntent(handle);
  let keyNumber = payment.key_number;
  // What was made and kept is given again by the same key, where the provider cannot be asked for it.
  if (handle === null && payment.age_seconds > CREATE_CALL_SECONDS_MAX) {
    const found = await deps.findIntent(payment);
    if (found.kind !== "refused" || found.reason !== "not_found") return found;
    keyNumber = await nextPaymentKey(deps.db, payment, CREATE_CALL_SECONDS_MAX);
  }
  const outcome = await provider.createIntent({
    paymentReference: payment.reference,
    orderId: payment.order_id,
    shopId: deps.shopId,
    idempotencyKey: paymentKey(deps.shopId, payment.reference, keyNumber),
    amount: { currency: payment.currency, minor: payment.amount_minor },
    description: `Order ${payment.order_id}`,
    page: pageOf(deps, payment, order),
  });
  if (outcome.kind !== "unknown" || !isLive) return outcome;
  // A call with the same key may be under way in another process; its answer stands in the row soon.
  const found = await deps.findIntent((await findPayment(deps.db, payment.id)) ?? payment);
  return found.kind === "done" ? found : outcome;
}

/** A provider's page must be open for half an hour at least, and the order's last minute is one to begin to pay in. */
const PAGE_MILLIS_AFTER_ORDER = 31 * 60_000;

/** The same at every call of this payment: nothing in it depends on when, or in which language, it is asked again. */
function pageOf(
  { publicUrl, textsIn }: CreatePaymentDeps,
  payment: PaymentRow,
  order: BegunPayment,
): PaymentPage {
  const language = languageOr(payment.payer_language);
  const prefix = language === DEFAULT_LANGUAGE ? "" : `/${language}`;
  return {
    title: planIn(order.plan, textsIn(language)) || `Order ${payment.order_id}`,
    language,
    returnUrl: `${publicUrl}${prefix}/checkout/${payment.order_id}/return`,
    expiresAt: new Date(Date.parse(order.expires_at) + PAGE_MILLIS_AFTER_ORDER),
    orderExpiresAt: new Date(order.expires_at),
  };
}

async function keepIntent(
  deps: CreatePaymentDeps,
  provider: PaymentProvider,
  payment: PaymentRow,
  outcome: CreateOutcome,
): Promise<IntentSnapshot> {
  if (
    outcome.kind === "refused" &&
    (outcome.reason === "amount_not_chargeable" || outcome.reason === "not_allowed")
  ) {
    await deps.failUnpaid({ orderId: payment.order_id, paymentId: payment.id, reason: outcome.reason });
    throw new AppError(
      "order_not_payable",
      `${provider.name} cannot charge this amount. Order again in another currency.`,
    );
  }
  if (outcome.kind !== "done") throw unavailable(provider, outcome);
  const intent = outcome.value;
  if (payment.intent_id === null) {
    const stored = await storeIntentIfUnknown(deps.db, payment, intent);
    if (stored === undefined) throw unavailable(provider, outcome);
    // The order ended while we were asking: nobody shall pay this intent.
    if (stored.status === "failed") await provider.cancelIntent(intent.page?.pageId ?? intent.intentId);
    await deps.applyWaiting(intent.intentId);
    await deps.afterIntent(stored);
  } else if (provider.books !== "live" && intent.page?.pageId !== payment.page_id) {
    // The provider has forgotten the key and made another one: with two of them one payment could be paid twice.
    throw unavailable(provider, outcome);
  }
  await deps.applyAnswer(payment, intent);
  return intent;
}

function unavailable(provider: PaymentProvider, outcome: CreateOutcome): AppError {
  const cause = outcome.kind === "refused" ? outcome.detail : outcome.kind === "unknown" ? outcome.cause : "";
  return new AppError(
    "provider_unavailable",
    `${provider.name} did not answer. Send the request again in a moment; nothing is charged twice.`,
    { cause: new Error(`${provider.name}: ${outcome.kind} ${cause}`) },
  );
}

/** The row as it is after everything that was applied on the way; a client is given a live payment only. */
async function assertLive(deps: CreatePaymentDeps, payment: PaymentRow): Promise<PaymentRow> {
  const now = (await findPayment(deps.db, payment.id)) ?? payment;
  if (now.status === "requires_action") return now;
  refuseUnpayable({
    order_status: now.status === "succeeded" ? "paid" : "failed",
    is_expired: false,
  });
  return now;
}
