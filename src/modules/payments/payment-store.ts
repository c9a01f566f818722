import { type Queryable, statement, type Tx } from "../../db/database.js";
import type { Language } from "../../kernel/language.js";
import type { IntentSnapshot, PaymentProviderName } from "../../providers/payment/port.js";
import type { FrozenPlan } from "../catalog/catalog.module.js";
import { REREAD_PAYMENT } from "./money-jobs.js";
import type { PaymentState } from "./payment-state.js";

export interface PaymentRow {
  readonly id: number;
  /** Our name for it at the provider. */
  readonly reference: string;
  readonly order_id: number;
  readonly provider: PaymentProviderName;
  /** Of a page that nobody has paid on: the page's id. */
  readonly intent_id: string | null;
  /** The provider's own page on which it is paid; null when the payer pays on ours. */
  readonly page_id: string | null;
  readonly payer_language: Language | null;
  readonly status: PaymentState;
  readonly currency: string;
  readonly amount_minor: number;
  readonly livemode: boolean;
  readonly created_at: string;
  readonly age_seconds: number;
  readonly captured_minor: number;
  readonly refund_reserved_minor: number;
  readonly refunded_minor: number;
  readonly disputed_minor: number;
  readonly is_counted: boolean;
  readonly surplus_reason: string | null;
  /** Of the row's idempotency keys the one that is in use. */
  readonly key_number: number;
}

export const PAYMENT_COLUMNS = `id, reference, order_id, provider, intent_id, page_id, payer_language, status, currency, amount_minor, livemode, created_at,
  extract(epoch from now() - created_at)::float8 as age_seconds, captured_minor, refund_reserved_minor, refunded_minor,
  disputed_minor, is_counted, surplus_reason, key_number`;

const CAP_OFF = 999_999;

export interface BegunPayment {
  readonly order_status: string;
  readonly is_expired: boolean;
  readonly expires_at: string;
  readonly plan: FrozenPlan;
  /** So long this person may begin no further payment, because of declined ones; null when they may. */
  readonly retry_seconds: number | null;
  /** The order's live payment, made now or before; null when there is none. */
  readonly payment: PaymentRow | null;
  readonly was_made: boolean;
}

/**
 * The order's row is share-locked, so that it cannot expire between this look and the insert. Of simultaneous calls
 * one inserts; the others insert nothing and ask again to see the winner's row. `cap` is asked only where a payment
 * would be made, so a repeated call and an order that is paid are never refused by it.
 */
const BEGIN = statement(
  "payments.begin",
  `with o as materialized (
     select o.id, o.status, o.currency, o.amount_minor, o.expires_at, o.expires_at <= now() as is_expired,
            o.plan_snapshot as plan
     from orders o join users u on u.id = o.user_id
     where o.id = $1 and o.user_id = $2 and u.deleted_at is null and u.disabled_at is null for share of o
   ), live as materialized (
     select ${PAYMENT_COLUMNS} from payments where order_id = $1 and status = 'requires_action'
   ), cap as materialized (
     select decline_cap($2, $1, $6::integer) as retry_seconds from o
     where $6 < ${CAP_OFF} and o.status = 'created' and not o.is_expired and not exists (select from live)
   ), made as (
     insert into payments (order_id, provider, currency, amount_minor, livemode, payer_language)
     select o.id, $3, o.currency, o.amount_minor, $4, $5 from o
     where o.status = 'created' and not o.is_expired and not exists (select from live)
       and not exists (select from cap where retry_seconds is not null)
     on conflict (order_id) where status = 'requires_action' do nothing
     returning ${PAYMENT_COLUMNS}
   )
   select o.status as order_status, o.is_expired, o.expires_at, o.plan,
          (select retry_seconds from cap) as retry_seconds, p.was_made, p.id, p.reference, p.order_id,
          p.provider, p.intent_id, p.page_id, p.payer_language, p.status, p.currency, p.amount_minor, p.livemode, p.created_at, p.age_seconds, p.captured_minor,
          p.refund_reserved_minor, p.refunded_minor, p.disputed_minor, p.is_counted, p.surplus_reason, p.key_number
   from o left join (select *, false as was_made from live union all select *, true from made) p on true`,
);

/** Undefined when this user has no such order, or was deleted or disabled. */
export async function beginPayment(
  db: Queryable,
  input: {
    orderId: number;
    userId: number;
    provider: PaymentProviderName;
    livemode: boolean;
    language: Language | null;
    /** Declined payments of one person in 24 hours; 999999 is off. */
    declinesMax: number;
  },
): Promise<BegunPayment | undefined> {
  const { orderId, userId, provider, livemode, language, declinesMax } = input;
  type Row = Partial<PaymentRow> & Omit<BegunPayment, "payment" | "was_made"> & { was_made: boolean | null };
  const values = [orderId, userId, provider, livemode, language, declinesMax];
  const [row] = (await db.run<Row>(BEGIN, values)).rows;
  if (row === undefined) return undefined;
  const { order_status, is_expired, expires_at, plan, retry_seconds, was_made, ...payment } = row;
  const hasPayment = typeof payment.id === "number";
  return {
    order_status,
    is_expired,
    expires_at,
    plan,
    retry_seconds,
    was_made: was_made === true,
    payment: hasPayment ? (payment as PaymentRow) : null,
  };
}

const STORE_INTENT = statement(
  "payments.store_intent",
  `update payments set page_id = coalesce(page_id, $4),
     intent_id = case when intent_id is null or intent_id = page_id then $3 else intent_id end
   where id = $1 and provider = $2 and (intent_id is null or intent_id = $3 or intent_id = page_id or page_id = $4)
   returning ${PAYMENT_COLUMNS}`,
);

/** Undefined when the row has another intent already. A page's own id gives way to the intent that is made there. */
export async function storeIntentIfUnknown(
  db: Queryable,
  payment: Pick<PaymentRow, "id" | "provider">,
  { intentId, page }: Pick<IntentSnapshot, "intentId" | "page">,
): Promise<PaymentRow | undefined> {
  const values = [payment.id, payment.provider, intentId, page?.pageId ?? null];
  return (await db.run<PaymentRow>(STORE_INTENT, values)).rows[0];
}

/** What the provider is asked by: an open page tells more than its intent, and ends it. */
export const handleOf = (payment: Pick<PaymentRow, "intent_id" | "page_id" | "status">): string | null =>
  payment.status === "requires_action" ? (payment.page_id ?? payment.intent_id) : payment.intent_id;

const TAKE_NEXT_KEY = statement(
  "payments.take_next_key",
  `with taken as (
     update payments set key_number = key_number + 1, key_taken_at = now()
     where id = $1 and intent_id is null and status = 'requires_action' and key_number = $2
       and coalesce(key_taken_at, created_at) < now() - $3 * interval '1 second'
     returning key_number
   )
   select coalesce((select key_number from taken), key_number) as key_number from payments where id = $1`,
);

/**
 * The key for a payment of which the provider has no intent although it was told so long ago; whoever is told it
 * meanwhile by another process under the present key is not overtaken.
 */
export async function nextPaymentKey(
  db: Queryable,
  payment: Pick<PaymentRow, "id" | "key_number">,
  callSecondsMax: number,
): Promise<number> {
  const values = [payment.id, payment.key_number, callSecondsMax];
  const [row] = (await db.run<{ key_number: number }>(TAKE_NEXT_KEY, values)).rows;
  return row?.key_number ?? payment.key_number;
}

const ADOPT_INTENT = statement(
  "payments.adopt_intent",
  `update payments set intent_id = $4
   where reference = $1 and order_id = $2 and provider = $3 and (intent_id is null or intent_id = page_id)
   returning id`,
);

/**
 * A webhook that overtook the answer of the create call, or of an intent that was made on the provider's page, names
 * our row in its metadata.
 */
export async function adoptIntent(
  db: Queryable,
  named: { reference: string; orderId: number; provider: PaymentProviderName; intentId: string },
): Promise<boolean> {
  const values = [named.reference, named.orderId, named.provider, named.intentId];
  return (await db.run(ADOPT_INTENT, values)).count === 1;
}

const FIND_INTENT_OF_REFERENCE = statement(
  "payments.find_intent_of_reference",
  `select intent_id, captured_minor, amount_minor, currency, livemode from payments where reference = $1 and order_id = $2 and provider = $3`,
);

export type NamedMoney = Pick<
  PaymentRow,
  "intent_id" | "captured_minor" | "amount_minor" | "currency" | "livemode"
>;

interface NamedPayment {
  readonly reference: string;
  readonly orderId: number;
  readonly provider: PaymentProviderName;
}

export async function findIntentOfReference(
  db: Queryable,
  { reference, orderId, provider }: NamedPayment,
): Promise<NamedMoney | undefined> {
  return (await db.run<NamedMoney>(FIND_INTENT_OF_REFERENCE, [reference, orderId, provider])).rows[0];
}

const RECORD_PAID_AGAIN = statement(
  "payments.record_paid_again",
  `insert into payments (order_id, provider, intent_id, status, currency, amount_minor, livemode, failed_at, failure_reason)
   select p.order_id, p.provider, $4, 'failed', p.currency, p.amount_minor, p.livemode, now(), 'paid_again'
   from payments p
   where p.reference = $1 and p.order_id = $2 and p.provider = $3 and p.intent_id is distinct from p.page_id
     and p.intent_id <> $4
   on conflict on constraint payments_one_per_intent do nothing
   returning id`,
);

/** A second intent took money for a payment that has its own: a row of its own, whose money nobody waits for. */
export async function recordPaidAgain(
  db: Queryable,
  named: NamedPayment & { readonly intentId: string },
): Promise<boolean> {
  const values = [named.reference, named.orderId, named.provider, named.intentId];
  return (await db.run(RECORD_PAID_AGAIN, values)).count === 1;
}

const FIND = statement("payments.find", `select ${PAYMENT_COLUMNS} from payments where id = $1`);
const FIND_BY_INTENT = statement(
  "payments.find_by_intent",
  `select ${PAYMENT_COLUMNS} from payments where intent_id = $1`,
);
const LOCK = statement("payments.lock", "select id from payments where id = $1 for update");
const LIST_OF_ORDER = statement(
  "payments.list_of_order",
  `select ${PAYMENT_COLUMNS} from payments where order_id = $1 order by (status = 'requires_action') desc, id desc`,
);
const LIST_WITHOUT_INTENT = statement(
  "payments.list_without_intent",
  `select ${PAYMENT_COLUMNS} from payments
   where status = 'requires_action' and intent_id is null and created_at < now() - $1 * interval '1 second'
   order by id limit $2`,
);

export async function findPayment(db: Queryable, paymentId: number): Promise<PaymentRow | undefined> {
  return (await db.run<PaymentRow>(FIND, [paymentId])).rows[0];
}

export async function findPaymentByIntent(db: Queryable, intentId: string): Promise<PaymentRow | undefined> {
  return (await db.run<PaymentRow>(FIND_BY_INTENT, [intentId])).rows[0];
}

/** Taken before the refund's own row, as everywhere: payment, then refund, then order. */
export async function lockPayment(tx: Tx, paymentId: number): Promise<void> {
  await tx.run(LOCK, [paymentId]);
}

/** The live one first, then the newest. */
export async function listPaymentsOfOrder(db: Queryable, orderId: number): Promise<readonly PaymentRow[]> {
  return (await db.run<PaymentRow>(LIST_OF_ORDER, [orderId])).rows;
}

/** Payments whose create call ended, or died, without an answer that we kept. */
export async function listPaymentsWithoutIntent(
  db: Queryable,
  olderThanSeconds: number,
  limit: number,
): Promise<readonly PaymentRow[]> {
  return (await db.run<PaymentRow>(LIST_WITHOUT_INTENT, [olderThanSeconds, limit])).rows;
}

const ENQUEUE_REREAD = statement(
  "payments.enqueue_reread",
  `select ${REREAD_PAYMENT.enqueue({ payment_id: "$1::bigint" })}`,
);

/** The provider is asked soon how this payment and its refunds stand. */
export async function enqueueReread(db: Queryable, paymentId: number): Promise<void> {
  await db.run(ENQUEUE_REREAD, [paymentId]);
}
