import { type Queryable, statement, type Tx } from "../../../db/database.js";
import type { ApprovalStatus } from "../payment-state.js";
import { withinLimit } from "./second-person.js";

/** So long an approval waits; afterwards the refund has to be asked for again. */
const APPROVAL_DAYS = 7;

export interface ApprovalRow {
  readonly id: number;
  readonly order_id: number;
  readonly payment_id: number;
  readonly status: ApprovalStatus;
  readonly currency: string;
  readonly amount_minor: number;
  readonly reason: string;
  readonly accepts_loss: boolean;
  readonly requested_by: number;
  readonly idempotency_key: string | null;
  readonly request_fingerprint: Buffer | null;
  readonly is_over: boolean;
  readonly decided_by: number | null;
  readonly decision_reason: string | null;
  readonly refund_id: number | null;
}

const COLUMNS = `id, order_id, payment_id, status, currency, amount_minor, reason, accepts_loss, requested_by,
  idempotency_key, request_fingerprint, expires_at <= now() as is_over, decided_by, decision_reason, refund_id`;

const LOCK_REFUNDERS = statement(
  "refund_approvals.lock_refunders",
  `select pg_advisory_xact_lock(hashtextextended('refunds by ' || $1::bigint, 0)),
          pg_advisory_xact_lock(hashtextextended('refunds of ' || $2::bigint, 0))`,
);

/** Refunds by this person and of this order take turns, so that two parts cannot both count as the first. */
export async function lockRefunders(tx: Tx, userId: number, orderId: number): Promise<void> {
  await tx.run(LOCK_REFUNDERS, [userId, orderId]);
}

export interface NewApproval {
  readonly paymentId: number;
  /** Null: all that is left of the capture. */
  readonly amountMinor: number | null;
  readonly limitMinor: number;
  readonly reason: string;
  readonly acceptsLoss: boolean;
  readonly requestedBy: number;
  readonly idempotencyKey: string | null;
  readonly fingerprint: Buffer | null;
}

const INSERT = statement(
  "refund_approvals.insert_if_above_limit",
  `with p as materialized (
     select id, order_id, currency,
            coalesce($2, captured_minor - refund_reserved_minor - disputed_minor) as amount_minor,
            captured_minor - refund_reserved_minor - disputed_minor as left_minor
     from payments where id = $1 for update
   )
   insert into refund_approvals (order_id, payment_id, currency, amount_minor, reason, accepts_loss, requested_by,
                                 idempotency_key, request_fingerprint, expires_at)
   select p.order_id, p.id, p.currency, p.amount_minor, $4, $5, $6, $7, $8, now() + interval '${APPROVAL_DAYS} days'
   from p
   where p.amount_minor between 1 and p.left_minor
     and not exists (select from refunds r where r.requested_by = $6 and r.idempotency_key = $7)
     and not (${withinLimit({
       limit: "$3::bigint",
       amount: "p.amount_minor",
       orderId: "p.order_id",
       currency: "p.currency",
       person: "$6",
     })})
   on conflict do nothing
   returning ${COLUMNS}`,
);

/** Undefined: it does not fit into the capture, is within the limit, or another of this order or key is there. */
export async function insertApprovalIfAboveLimit(
  tx: Tx,
  approval: NewApproval,
): Promise<ApprovalRow | undefined> {
  const { paymentId, amountMinor, limitMinor, reason, acceptsLoss, requestedBy } = approval;
  const { idempotencyKey, fingerprint } = approval;
  const values = [paymentId, amountMinor, limitMinor, reason, acceptsLoss, requestedBy];
  return (await tx.run<ApprovalRow>(INSERT, [...values, idempotencyKey, fingerprint])).rows[0];
}

const APPROVE = statement(
  "refund_approvals.approve_if_waiting_and_of_another",
  `update refund_approvals
   set status = 'approved', decided_by = $2, decided_at = now(), decision_reason = $3, refund_id = $4
   where id = $1 and status = 'waiting' and expires_at > now() and requested_by <> $2`,
);

/** False: it waits no more, or this person has asked for it. */
export const approveIfWaitingAndOfAnother = async (
  tx: Tx,
  approval: {
    readonly id: number;
    readonly userId: number;
    readonly reason: string;
    readonly refundId: number;
  },
): Promise<boolean> =>
  (await tx.run(APPROVE, [approval.id, approval.userId, approval.reason, approval.refundId])).count === 1;

const DECLINE = statement(
  "refund_approvals.decline_if_waiting",
  `update refund_approvals set status = 'declined', decided_by = $2, decided_at = now(), decision_reason = $3
   where id = $1 and status = 'waiting' returning ${COLUMNS}`,
);
const EXPIRE = statement(
  "refund_approvals.expire_due",
  `update refund_approvals set status = 'expired', decided_at = now()
   where status = 'waiting' and expires_at <= now() and ($1::bigint is null or order_id = $1) returning id`,
);
const FIND = statement("refund_approvals.find", `select ${COLUMNS} from refund_approvals where id = $1`);
const FIND_BY_KEY = statement(
  "refund_approvals.find_by_key",
  `select ${COLUMNS} from refund_approvals where requested_by = $1 and idempotency_key = $2`,
);
const FIND_WAITING = statement(
  "refund_approvals.find_waiting",
  `select ${COLUMNS} from refund_approvals where order_id = $1 and status = 'waiting' and expires_at > now()`,
);

export const declineIfWaiting = async (
  tx: Tx,
  approvalId: number,
  userId: number,
  reason: string,
): Promise<ApprovalRow | undefined> =>
  (await tx.run<ApprovalRow>(DECLINE, [approvalId, userId, reason])).rows[0];

/** Of one order, or null: of all. */
export async function expireDueApprovals(db: Queryable, orderId: number | null): Promise<void> {
  await db.run(EXPIRE, [orderId]);
}

export const findApproval = async (db: Queryable, approvalId: number): Promise<ApprovalRow | undefined> =>
  (await db.run<ApprovalRow>(FIND, [approvalId])).rows[0];

export const findApprovalByKey = async (
  db: Queryable,
  userId: number,
  key: string,
): Promise<ApprovalRow | undefined> => (await db.run<ApprovalRow>(FIND_BY_KEY, [userId, key])).rows[0];

export const findWaitingApproval = async (db: Queryable, orderId: number): Promise<ApprovalRow | undefined> =>
  (await db.run<ApprovalRow>(FIND_WAITING, [orderId])).rows[0];

const FORGET_REFUND_KEYS = statement(
  "refunds.forget_keys",
  `update refunds set idempotency_key = null, request_fingerprint = null
   where idempotency_key is not null and created_at < now() - $1 * interval '1 hour'`,
);
const FORGET_APPROVAL_KEYS = statement(
  "refund_approvals.forget_keys",
  `update refund_approvals set idempotency_key = null, request_fingerprint = null
   where idempotency_key is not null and status <> 'waiting' and created_at < now() - $1 * interval '1 hour'`,
);

export async function forgetRefundKeys(db: Queryable, olderThanHours: number): Promise<void> {
  await db.run(FORGET_REFUND_KEYS, [olderThanHours]);
  await db.run(FORGET_APPROVAL_KEYS, [olderThanHours]);
}
