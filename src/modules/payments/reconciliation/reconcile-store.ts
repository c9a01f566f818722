import { type Queryable, statement } from "../../../db/database.js";
import type { PaymentProviderName } from "../../../providers/payment/port.js";
import type { RefundStatus } from "../payment-state.js";
import { PAYMENT_COLUMNS, type PaymentRow } from "../payment-store.js";
import type { FindingClass } from "./finding-classes.js";

export interface Finding {
  readonly class: FindingClass;
  /** `payment:7`, `intent:pi_…`, `refund:9`: one open finding per class and subject. */
  readonly subject: string;
  /** repaired: certain, and put right. reported: an operator decides. */
  readonly action: "repaired" | "reported";
  readonly paymentId: number | null;
  readonly orderId: number | null;
  readonly detail: Readonly<Record<string, unknown>>;
}

/** A run whose process died is taken over when it has not moved for this long. */
const GIVE_UP_DEAD = statement(
  "reconcile.give_up_dead",
  `update reconciliation_runs set finished_at = now(), failure = 'its process ended'
   where provider = $1 and finished_at is null and alive_at < now() - interval '2 minutes'`,
);
/**
 * Due by the schedule and not by the last start: once in each interval of the database's clock. Counted from the last
 * start, a tick that came a moment earlier in its minute was passed over, and one that began late moved all that
 * follow. Intervals begin half a minute before the tick that they are for, since ticks are the process's clock. What
 * only reports takes no interval's place. The unique index lets one runner through.
 */
const BEGIN = statement(
  "reconcile.begin_if_due",
  `insert into reconciliation_runs (provider, since, applies)
   select $1, coalesce($2::timestamptz, now() - interval '3 days'), $3
   where $4::int is null or not exists (
     select from reconciliation_runs
     where provider = $1 and failure is null and applies
       and started_at >= date_bin($4::int * interval '1 minute', now(), timestamptz '2000-01-01 00:00Z' - interval '30 seconds'))
   on conflict (provider) where finished_at is null do nothing
   returning id, since`,
);

export interface Run {
  readonly id: number;
  readonly since: string;
}

/** Undefined when another runner is at it, or this interval has had its run (null: whenever). */
export async function beginRunIfDue(
  db: Queryable,
  provider: PaymentProviderName,
  options: { since: string | null; applies: boolean; intervalMinutes: number | null },
): Promise<Run | undefined> {
  await db.run(GIVE_UP_DEAD, [provider]);
  const values = [provider, options.since, options.applies, options.intervalMinutes];
  return (await db.run<Run>(BEGIN, values)).rows[0];
}

const KEEP_ALIVE = statement(
  "reconcile.keep_alive",
  `update reconciliation_runs set alive_at = now(), intents_seen = $2, refunds_seen = $3
   where id = $1 and finished_at is null`,
);

/** False when the run was taken for dead: whoever goes on must stop. */
export async function keepRunAlive(
  db: Queryable,
  runId: number,
  seen: { intents: number; refunds: number },
): Promise<boolean> {
  return (await db.run(KEEP_ALIVE, [runId, seen.intents, seen.refunds])).count === 1;
}

/** Findings that a complete run has not seen again are closed with it. */
const FINISH = statement(
  "reconcile.finish",
  `with finished as (
     update reconciliation_runs set finished_at = now(), failure = $2
     where id = $1 and finished_at is null
     returning id, provider, failure
   ), closed as (
     update reconciliation_findings f set closed_at = now()
     from finished r
     where r.failure is null and f.provider = r.provider and f.closed_at is null and f.last_run_id < r.id
     returning f.id
   )
   select (select count(*) from finished) as ran_finished, (select count(*) from closed) as ran_closed`,
);

export async function finishRun(db: Queryable, runId: number, failure: string | null): Promise<void> {
  await db.run(FINISH, [runId, failure]);
}

const REPORT = statement(
  "reconcile.report",
  `insert into reconciliation_findings
     (provider, class, subject, action, payment_id, order_id, detail, last_run_id, closed_at)
   values ($1, $2, $3, $4, $5, $6, $7, $8, case when $4 = 'repaired' then now() end)
   on conflict (provider, class, subject) where closed_at is null
   do update set seen_at = now(), last_run_id = excluded.last_run_id, detail = excluded.detail,
     action = excluded.action, closed_at = case when excluded.action = 'repaired' then now() end
   returning xmax = 0 as is_new`,
);

/** True when nobody had found it before. */
export async function reportFinding(
  db: Queryable,
  provider: PaymentProviderName,
  runId: number,
  finding: Finding,
): Promise<boolean> {
  const { rows } = await db.run<{ is_new: boolean }>(REPORT, [
    provider,
    finding.class,
    finding.subject,
    finding.action,
    finding.paymentId,
    finding.orderId,
    JSON.stringify(finding.detail),
    runId,
  ]);
  return rows[0]?.is_new === true;
}

const LIST_OURS = statement(
  "reconcile.list_ours",
  `select ${PAYMENT_COLUMNS}
   from payments where provider = $1 and intent_id is not null and created_at >= $2 and id > $3
   order by id limit $4`,
);

/** Our side of the books, in pages by id. */
export async function listOurPayments(
  db: Queryable,
  provider: PaymentProviderName,
  since: string,
  afterId: number,
  limit: number,
): Promise<readonly PaymentRow[]> {
  return (await db.run<PaymentRow>(LIST_OURS, [provider, since, afterId, limit])).rows;
}

const FIND_REFUND_STATUS = statement(
  "reconcile.find_refund_status",
  "select status from refunds where provider_refund_id = $1",
);

export async function findRefundStatus(
  db: Queryable,
  providerRefundId: string,
): Promise<RefundStatus | undefined> {
  return (await db.run<{ status: RefundStatus }>(FIND_REFUND_STATUS, [providerRefundId])).rows[0]?.status;
}

export interface OurRefund {
  readonly id: number;
  readonly payment_id: number;
  readonly order_id: number;
  readonly intent_id: string | null;
  readonly provider_refund_id: string;
  readonly amount_minor: number;
  readonly status: RefundStatus;
  readonly created_at: string;
}

const LIST_OUR_REFUNDS = statement(
  "reconcile.list_our_refunds",
  `select r.id, r.payment_id, r.order_id, p.intent_id, r.provider_refund_id, r.amount_minor, r.status, r.created_at
   from refunds r join payments p on p.id = r.payment_id
   where p.provider = $1 and r.provider_refund_id is not null and r.created_at >= $2`,
);

export async function listOurRefunds(
  db: Queryable,
  provider: PaymentProviderName,
  since: string,
): Promise<readonly OurRefund[]> {
  return (await db.run<OurRefund>(LIST_OUR_REFUNDS, [provider, since])).rows;
}
