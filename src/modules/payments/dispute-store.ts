import { type Queryable, statement, type Tx } from "../../db/database.js";
import type { DisputeSnapshot, PaymentProviderName } from "../../providers/payment/port.js";
import { type DisputeStatus, disputeMovesInto } from "./payment-state.js";

/**
 * Until it is won a dispute's state only rises (payment-state.ts), so events in any order end alike. Between `won` and
 * what came after it the time at the provider decides ($12), of what says how the whole dispute stands ($13). Within one
 * state a deadline is learned once and an answer stays given: an event that was overtaken takes neither back.
 */
const UPSERT = statement(
  "disputes.upsert",
  `insert into disputes as d
     (provider, dispute_id, payment_id, status, amount_minor, currency, reason, provider_created_at, closed_at,
      respond_by, answered_at, said_at)
   values ($1, $2, $3, $4, $5, $6, $7, $8, case when $4 in ('won', 'lost') then now() end,
     $10::timestamptz, case when $11::boolean then now() end, $12::timestamptz)
   on conflict on constraint disputes_one_per_provider_dispute do update set
     status = excluded.status, amount_minor = excluded.amount_minor,
     closed_at = case when d.status = excluded.status then d.closed_at else excluded.closed_at end,
     respond_by = coalesce(excluded.respond_by, d.respond_by),
     answered_at = case when d.status = excluded.status then coalesce(d.answered_at, excluded.answered_at)
       else excluded.answered_at end,
     said_at = case when d.status = excluded.status then d.said_at else excluded.said_at end
   where (d.status = any ($9) and d.status <> 'won' and not ($13::boolean and d.status = 'lost' and d.said_at > $12::timestamptz + interval '1 minute'))
     or (d.status = 'won' and d.status = any ($9) and $13::boolean and coalesce(d.said_at, d.closed_at) < $12::timestamptz)
     or (d.status = excluded.status and (
     (d.respond_by is null and excluded.respond_by is not null)
     or (d.answered_at is null and excluded.answered_at is not null)))
   returning id`,
);
const SUM = statement(
  "disputes.sum_on_payment",
  `update payments p set disputed_minor = least(p.captured_minor, coalesce((
     select sum(amount_minor) from disputes where payment_id = p.id and status in ('open', 'lost')), 0))
   where p.id = $1`,
);

const ENDED_BEFORE = statement(
  "disputes.ended_before",
  `select from disputes where provider = $1 and dispute_id = $2 and status = $4 and coalesce(said_at, closed_at) < $3`,
);

/** Whether this dispute had ended so before that time at the provider. */
export async function hasEndedBefore(
  tx: Tx,
  provider: PaymentProviderName,
  disputeId: string,
  { as, saidAt }: { readonly as: "won" | "lost"; readonly saidAt: Date },
): Promise<boolean> {
  return (await tx.run(ENDED_BEFORE, [provider, disputeId, saidAt.toISOString(), as])).count > 0;
}

/**
 * known: it says nothing new. contradicts: it is lost after it was won, by a word that does not tell whether money moved.
 * The payment's row must be locked.
 */
export async function upsertDispute(
  tx: Tx,
  provider: PaymentProviderName,
  paymentId: number,
  dispute: DisputeSnapshot,
  saidAt: Date,
): Promise<"new" | "known" | "contradicts"> {
  const { count } = await tx.run(UPSERT, [
    provider,
    dispute.disputeId,
    paymentId,
    dispute.state,
    dispute.amount.minor,
    dispute.amount.currency,
    dispute.reason,
    dispute.createdAt.toISOString(),
    disputeMovesInto(dispute.state),
    dispute.respondBy?.toISOString() ?? null,
    dispute.isAnswered,
    saidAt.toISOString(),
    dispute.isWhole === true,
  ]);
  if (count === 1) await tx.run(SUM, [paymentId]);
  if (count === 1) return "new";
  if (dispute.state !== "lost" || dispute.isWhole === true) return "known";
  return (await hasEndedBefore(tx, provider, dispute.disputeId, { as: "won", saidAt }))
    ? "contradicts"
    : "known";
}

const LIST_STATES = statement(
  "disputes.list_states",
  `select d.dispute_id, d.status from disputes d where d.provider = $1 and d.provider_created_at >= $2`,
);

/** What our books say of the disputes that this provider opened since then, by its own ids. */
export async function listDisputeStates(
  db: Queryable,
  provider: PaymentProviderName,
  since: string,
): Promise<ReadonlyMap<string, DisputeStatus>> {
  const { rows } = await db.run<{ dispute_id: string; status: DisputeStatus }>(LIST_STATES, [
    provider,
    since,
  ]);
  return new Map(rows.map((row) => [row.dispute_id, row.status]));
}

const FIND_STATE = statement(
  "disputes.find_state",
  "select status from disputes where provider = $1 and dispute_id = $2",
);

export async function findDisputeState(
  db: Queryable,
  provider: PaymentProviderName,
  disputeId: string,
): Promise<DisputeStatus | undefined> {
  const { rows } = await db.run<{ status: DisputeStatus }>(FIND_STATE, [provider, disputeId]);
  return rows[0]?.status;
}

const LIST_PAYMENTS_IN_DISPUTE = statement(
  "disputes.list_payments_in_dispute",
  `select d.payment_id as id from disputes d
   where d.status in ('warning', 'open') and d.provider = $1 and d.provider_created_at < $2
   order by md5(d.id::text || now()::text) limit $3`,
);

/** Whose open disputes are older than that; by chance, so that none is always last. */
export async function listPaymentsInDispute(
  db: Queryable,
  provider: PaymentProviderName,
  before: string,
  limit: number,
): Promise<readonly number[]> {
  const { rows } = await db.run<{ id: number }>(LIST_PAYMENTS_IN_DISPUTE, [provider, before, limit]);
  return rows.map(({ id }) => id);
}
