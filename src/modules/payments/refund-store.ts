import { type Queryable, statement, type Tx, violatedConstraint } from "../../db/database.js";
import { MAKE_REFUND } from "./money-jobs.js";
import { type RefundStatus, refundMovesInto } from "./payment-state.js";
import { withinLimit } from "./refunds/second-person.js";

export type RefundOrigin = "admin" | "customer" | "surplus" | "undeliverable" | "provider";

export interface RefundRow {
  readonly id: number;
  /** Our name for it at the provider. */
  readonly reference: string;
  readonly payment_id: number;
  readonly order_id: number;
  readonly status: RefundStatus;
  readonly amount_minor: number;
  readonly currency: string;
  readonly origin: RefundOrigin;
  readonly reason: string;
  readonly accepts_loss: boolean;
  readonly provider_refund_id: string | null;
  readonly request_fingerprint: Buffer | null;
  readonly was_called: boolean;
  readonly is_esim_taken_back: boolean;
  readonly failure_reason: string | null;
}

export const REFUND_COLUMNS = `id, reference, payment_id, order_id, status, amount_minor, currency, origin, reason, accepts_loss,
  provider_refund_id, request_fingerprint, called_at is not null as was_called,
  esim_taken_back_at is not null as is_esim_taken_back, failure_reason`;

export interface NewRefund {
  readonly paymentId: number;
  /** Null: all that is left of the capture. */
  readonly amountMinor: number | null;
  readonly origin: RefundOrigin;
  readonly reason: string;
  readonly acceptsLoss: boolean;
  readonly status: "requested" | "parked" | "pending" | "succeeded";
  readonly failureReason?: string;
  readonly providerRefundId?: string;
  readonly requestedBy?: number;
  readonly idempotencyKey?: string;
  readonly fingerprint?: Buffer;
  /** What needs no second person; lockRefunders comes first. Null: whatever. */
  readonly limitMinor?: number | null;
}

const WITHIN_LIMIT = withinLimit({
  limit: "$12",
  amount: "coalesce($2, p.left_minor)",
  orderId: "p.order_id",
  currency: "p.currency",
  person: "$9",
});

/**
 * The guard against refunding more than was captured: the payment's row is locked, and what is reserved, withheld by
 * disputes, and asked for must fit into the capture. `payments_refunds_within_capture` is the same as a constraint.
 * What the provider has refunded is a fact, which a dispute besides does not undo. The job that carries a refund out
 * exists as soon as the refund does.
 */
const INSERT = statement(
  "refunds.insert_if_within_capture",
  `with p as materialized (
     select id, order_id, currency,
            captured_minor - refund_reserved_minor - case $3 when 'provider' then 0 else disputed_minor end as left_minor
     from payments where id = $1 for update
   ), made as (
     insert into refunds (payment_id, order_id, currency, amount_minor, origin, reason, accepts_loss, status,
                          failure_reason, provider_refund_id, requested_by, idempotency_key, request_fingerprint,
                          finished_at)
     select p.id, p.order_id, p.currency, coalesce($2, p.left_minor), $3, $4, $5, $6, $7, $8, $9, $10, $11,
            case when $6 = 'succeeded' then now() end
     from p where coalesce($2, p.left_minor) between 1 and p.left_minor and ($12::bigint is null or ${WITHIN_LIMIT})
     on conflict do nothing
     returning ${REFUND_COLUMNS}
   ), job as (
     select ${MAKE_REFUND.enqueue({ refund_id: "id" }, { runAt: "now() + interval '20 seconds'" })}
     from made where status = 'requested'
   )
   select made.*, (select count(*) from job) as jobs from made`,
);

/** Undefined when it would not fit into the capture, or its key or its provider's id is taken. */
export async function insertRefundIfWithinCapture(
  db: Queryable,
  refund: NewRefund,
): Promise<RefundRow | undefined> {
  const values = [
    refund.paymentId,
    refund.amountMinor,
    refund.origin,
    refund.reason,
    refund.acceptsLoss,
    refund.status,
    refund.failureReason ?? null,
    refund.providerRefundId ?? null,
    refund.requestedBy ?? null,
    refund.idempotencyKey ?? null,
    refund.fingerprint ?? null,
    refund.limitMinor ?? null,
  ];
  try {
    return (await db.run<RefundRow>(INSERT, values)).rows[0];
  } catch (error) {
    if (violatedConstraint(error) === "payments_refunds_within_capture") return undefined;
    throw error;
  }
}

const FIND = statement("refunds.find", `select ${REFUND_COLUMNS} from refunds where id = $1`);
const LOCK_BY_PROVIDER_ID = statement(
  "refunds.lock_by_provider_id",
  `select ${REFUND_COLUMNS} from refunds where payment_id = $1 and (provider_refund_id = $2 or reference = $3)
   order by (provider_refund_id = $2) desc nulls last limit 1 for update`,
);
const FIND_BY_KEY = statement(
  "refunds.find_by_key",
  `select ${REFUND_COLUMNS} from refunds where requested_by = $1 and idempotency_key = $2`,
);
const LIST_OF_ORDER = statement(
  "refunds.list_of_order",
  `select ${REFUND_COLUMNS} from refunds where order_id = $1 order by id desc`,
);

export async function findRefund(db: Queryable, refundId: number): Promise<RefundRow | undefined> {
  return (await db.run<RefundRow>(FIND, [refundId])).rows[0];
}

export async function findRefundByKey(
  db: Queryable,
  userId: number,
  key: string,
): Promise<RefundRow | undefined> {
  return (await db.run<RefundRow>(FIND_BY_KEY, [userId, key])).rows[0];
}

/** Newest first. */
export async function listRefundsOfOrder(db: Queryable, orderId: number): Promise<readonly RefundRow[]> {
  return (await db.run<RefundRow>(LIST_OF_ORDER, [orderId])).rows;
}

/** The refund that a provider speaks of: by its own id, else by ours from the metadata. */
export async function lockRefund(
  tx: Tx,
  paymentId: number,
  providerRefundId: string,
  ourReference: string | null,
): Promise<RefundRow | undefined> {
  return (await tx.run<RefundRow>(LOCK_BY_PROVIDER_ID, [paymentId, providerRefundId, ourReference])).rows[0];
}

/** Longer than any call at a provider: what it has not made of one by then it will not make any more. */
const CALL_SECONDS_MAX = 60;

const BEGIN_CALL = statement(
  "refunds.begin_call",
  `with before as materialized (
     select id, called_at is not null as was_called,
            coalesce(coalesce(told_at, called_at) < now() - $2 * interval '1 second', false) as was_told_long_ago
     from refunds where id = $1 for update
   )
   update refunds r set called_at = coalesce(called_at, now()) from before
   where r.id = before.id and r.status = 'requested'
   returning r.id, r.reference, r.payment_id, r.order_id, r.status, r.amount_minor, r.currency, r.origin, r.reason,
     r.accepts_loss, r.provider_refund_id, r.request_fingerprint, before.was_called, before.was_told_long_ago,
     r.esim_taken_back_at is not null as is_esim_taken_back, r.failure_reason, r.tellings`,
);

export interface BegunRefund extends RefundRow {
  /** The call of whoever told the provider last has ended, whatever became of it. */
  readonly was_told_long_ago: boolean;
  readonly tellings: number;
}

/** `was_called` tells whether somebody may have told the provider before: then it is asked first. */
export async function beginRefundCall(db: Queryable, refundId: number): Promise<BegunRefund | undefined> {
  return (await db.run<BegunRefund>(BEGIN_CALL, [refundId, CALL_SECONDS_MAX])).rows[0];
}

const TELL = statement(
  "refunds.tell",
  `update refunds set tellings = tellings + 1, told_at = now(), key_number = key_number + $3::integer
   where id = $1 and status = 'requested' and tellings = $2
   returning key_number`,
);

/**
 * Right before the provider is told: the number of the key. Undefined: somebody else has told it since `refund` was
 * read, and what was learnt before says nothing any more.
 */
export async function beginTelling(
  db: Queryable,
  refund: Pick<BegunRefund, "id" | "tellings">,
  isUnderNextKey: boolean,
): Promise<number | undefined> {
  const values = [refund.id, refund.tellings, isUnderNextKey ? 1 : 0];
  return (await db.run<{ key_number: number }>(TELL, values)).rows[0]?.key_number;
}

const MARK_TAKEN_BACK = statement(
  "refunds.mark_esim_taken_back",
  "update refunds set esim_taken_back_at = now() where id = $1 and esim_taken_back_at is null",
);

export async function markEsimTakenBack(db: Queryable, refundId: number): Promise<void> {
  await db.run(MARK_TAKEN_BACK, [refundId]);
}

const MOVE = statement(
  "refunds.move",
  `update refunds set
     status = $3,
     failure_reason = case when $3 in ('failed', 'parked') then $4 else failure_reason end,
     provider_refund_id = coalesce(provider_refund_id, $5),
     finished_at = case when $3 in ('succeeded', 'failed') then now() end,
     idempotency_key = case when $6 then null else idempotency_key end,
     request_fingerprint = case when $6 then null else request_fingerprint end,
     -- A definite no stands under the key for as long as the provider remembers it.
     key_number = key_number + (status = 'parked' and $3 = 'requested' and failure_reason like 'refused%')::integer
   where id = $1 and status = any ($2)
     and (not $7::boolean or (called_at is null and esim_taken_back_at is null))
   returning ${REFUND_COLUMNS}`,
);

export interface RefundMove {
  readonly to: RefundStatus;
  /** Narrower than the table of moves: what somebody slow learnt must not undo what is known by now. */
  readonly from?: readonly RefundStatus[];
  readonly reason?: string;
  readonly providerRefundId?: string;
  /** A refusal before anything happened does not use up the key. */
  readonly forgetsKey?: boolean;
  /** Nobody has taken the eSIM back for it or told the provider. */
  readonly onlyIfUntouched?: boolean;
}

/** Undefined when it is in no state from which it may come into the new one. */
export async function moveRefund(
  db: Queryable,
  refundId: number,
  move: RefundMove,
): Promise<RefundRow | undefined> {
  const values = [
    refundId,
    move.from ?? refundMovesInto(move.to),
    move.to,
    move.reason ?? "unknown",
    move.providerRefundId ?? null,
    move.forgetsKey === true,
    move.onlyIfUntouched === true,
  ];
  return (await db.run<RefundRow>(MOVE, values)).rows[0];
}

const FAIL_PARKED = statement(
  "refunds.fail_parked",
  `update refunds set status = 'failed', failure_reason = $2, finished_at = now()
   where payment_id = $1 and status = 'parked'`,
);

/** Parked refunds have had no effect; they let go of what they reserved. False when there was none. */
export async function failParkedRefunds(tx: Tx, paymentId: number, reason: string): Promise<boolean> {
  return (await tx.run(FAIL_PARKED, [paymentId, reason])).count > 0;
}

const HAS_IN_STATE = statement(
  "refunds.has_in_state",
  "select from refunds where payment_id = $1 and status = any ($2) limit 1",
);

export async function hasRefundIn(tx: Tx, paymentId: number, ...states: RefundStatus[]): Promise<boolean> {
  return (await tx.run(HAS_IN_STATE, [paymentId, states])).count > 0;
}

const LOCK_BRAKE = statement("refunds.lock_brake", "select pg_advisory_xact_lock(7402318)");
const COUNT_SURPLUS = statement(
  "refunds.count_surplus_of_hour",
  `select count(*)::int as count from refunds
   where origin = 'surplus' and created_at > now() - interval '1 hour'
     and coalesce(failure_reason, '') not in ('brake', 'person_disabled', 'came_to_nothing')`,
);

const PAYER_IS_DISABLED = statement(
  "refunds.payer_is_disabled",
  `select u.disabled_at is not null as is_disabled
   from payments p join orders o on o.id = p.order_id join users u on u.id = o.user_id where p.id = $1`,
);

export async function isPayerDisabled(db: Queryable, paymentId: number): Promise<boolean> {
  const [row] = (await db.run<{ is_disabled: boolean }>(PAYER_IS_DISABLED, [paymentId])).rows;
  return row?.is_disabled === true;
}

/** Automatic refunds of the last hour, exact over all processes: callers take turns until their transaction ends. */
export async function countSurplusRefundsInTurn(tx: Tx): Promise<number> {
  await tx.run(LOCK_BRAKE);
  return (await tx.run<{ count: number }>(COUNT_SURPLUS)).rows[0]?.count ?? 0;
}
