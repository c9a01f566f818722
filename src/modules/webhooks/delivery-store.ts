import { type Queryable, statement, type Tx } from "../../db/database.js";
import { listStatements } from "../../db/list-sql.js";
import type { ReceiverAnswer } from "../../providers/receiver/port.js";
import { TEST_TYPE } from "./event-types.js";

const LOOK = statement(
  "webhook_deliveries.look",
  `select exists (select from new_shop_events) as has_new,
     exists (select from webhook_endpoints w
             where w.paused_at is null and (w.retry_at is null or w.retry_at <= now())
               and (w.leased_until is null or w.leased_until < now())
               and exists (select from webhook_deliveries d
                           where d.endpoint_id = w.id and d.status = 'pending' and d.next_try_at <= now())) as has_due`,
);

/** What there is to do: the one question of a worker that has nothing to do. */
export async function lookForWork(db: Queryable): Promise<{ has_new: boolean; has_due: boolean }> {
  const [row] = (await db.run<{ has_new: boolean; has_due: boolean }>(LOOK)).rows;
  return row ?? { has_new: false, has_due: false };
}

export interface ClaimedEndpoint {
  readonly id: number;
  readonly reference: string;
  readonly url: string;
  readonly sealed_secret: Buffer;
  /** Null when no second secret is in force. */
  readonly sealed_former_secret: Buffer | null;
  readonly failures: number;
  readonly lease_token: number;
}

const CLAIM = statement(
  "webhook_deliveries.claim_endpoints",
  `update webhook_endpoints w
   set lease_token = w.lease_token + 1, leased_until = now() + $2 * interval '1 second'
   where w.id in (
     select e.id from webhook_endpoints e
     where e.paused_at is null and (e.retry_at is null or e.retry_at <= now())
       and (e.leased_until is null or e.leased_until < now())
       and exists (select from webhook_deliveries d
                   where d.endpoint_id = e.id and d.status = 'pending' and d.next_try_at <= now())
     order by e.failures, e.leased_until nulls first, e.id limit $1 for update skip locked)
   returning w.id, w.reference, w.url, w.sealed_secret, w.failures, w.lease_token,
     case when w.former_secret_until > now() then w.sealed_former_secret end as sealed_former_secret`,
);

/** At most one process sends to an endpoint; those that work come before those that fail. */
export async function claimEndpoints(
  db: Queryable,
  limit: number,
  leaseSeconds: number,
): Promise<readonly ClaimedEndpoint[]> {
  return (await db.run<ClaimedEndpoint>(CLAIM, [limit, leaseSeconds])).rows;
}

const RELEASE = statement(
  "webhook_deliveries.release_endpoint",
  "update webhook_endpoints set leased_until = null where id = $1 and lease_token = $2",
);

export async function releaseEndpoint(db: Queryable, { id, lease_token }: ClaimedEndpoint): Promise<void> {
  await db.run(RELEASE, [id, lease_token]);
}

export interface DueDelivery {
  readonly id: number;
  readonly attempts: number;
  readonly sequence: number | null;
  readonly event_id: string;
  readonly type: string;
  readonly created_at: string;
  readonly data: unknown;
}

const DUE = statement(
  "webhook_deliveries.list_due",
  `select d.id, d.attempts, d.sequence, coalesce(e.id, 'evt_test_' || d.id) as event_id,
     coalesce(e.type, '${TEST_TYPE}') as type, coalesce(e.created_at, d.created_at) as created_at,
     coalesce(e.data, json_build_object('endpoint_id', d.endpoint_id)) as data
   from webhook_deliveries d left join shop_events e on e.sequence = d.sequence
   where d.endpoint_id = $1 and d.status = 'pending' and d.next_try_at <= now()
   order by d.next_try_at, d.id limit $2`,
);

/** The oldest first; a receiver orders by `sequence` all the same, since what failed comes later. */
export async function listDue(
  db: Queryable,
  endpointId: number,
  limit: number,
): Promise<readonly DueDelivery[]> {
  return (await db.run<DueDelivery>(DUE, [endpointId, limit])).rows;
}

/** `$3`: seconds until the next try; null: it was delivered, or given up. */
const RECORD = `update webhook_deliveries set
     attempts = attempts + 1, attempted_at = now(), status_code = $4, millis = $5, answer_bytes = $6, problem = $7,
     status = $8, next_try_at = case when $8 = 'pending' then now() + $3 * interval '1 second' end,
     finished_at = case when $8 = 'pending' then null else now() end
   where id = $1 and status = 'pending' and attempts = $2
   returning endpoint_id`;

const RECORD_SUCCESS = statement(
  "webhook_deliveries.record_success",
  `with recorded as (${RECORD})
   update webhook_endpoints w set failures = 0, failing_since = null, retry_at = null
   from recorded where w.id = recorded.endpoint_id and w.failures > 0`,
);

/** `$9` pauses the endpoint for its answer; `$10`: seconds for which it is left alone; `$11`: hours that it may fail. */
const RECORD_FAILURE = statement(
  "webhook_deliveries.record_failure",
  `with recorded as (${RECORD}), judged as (
     select w.id, coalesce($9::text, case when w.failing_since < now() - $11 * interval '1 hour' then 'failing' end) as reason
     from webhook_endpoints w join recorded on w.id = recorded.endpoint_id
   )
   update webhook_endpoints w set
     failures = w.failures + 1, failing_since = coalesce(w.failing_since, now()),
     retry_at = case when $10::double precision > 0 then now() + $10 * interval '1 second' end,
     paused_at = case when judged.reason is null then w.paused_at else coalesce(w.paused_at, now()) end,
     paused_reason = case when judged.reason is null then w.paused_reason else coalesce(w.paused_reason, judged.reason) end
   from judged where w.id = judged.id
   returning w.failures, judged.reason as paused_reason`,
);

export interface Attempt {
  readonly delivery: Pick<DueDelivery, "id" | "attempts">;
  readonly answer: ReceiverAnswer;
}

const valuesOf = ({ delivery, answer }: Attempt, status: string, nextSeconds: number | null): unknown[] => [
  delivery.id,
  delivery.attempts,
  nextSeconds,
  answer.status,
  answer.millis,
  answer.bytes,
  answer.problem,
  status,
];

export async function recordSuccess(db: Queryable, attempt: Attempt): Promise<void> {
  await db.run(RECORD_SUCCESS, valuesOf(attempt, "delivered", null));
}

export interface FailureVerdict {
  /** Null: given up. */
  readonly nextSeconds: number | null;
  readonly pausesFor: "gone" | null;
  readonly endpointWaitsSeconds: number;
  readonly failsAtMostHours: number;
}

/** Why the endpoint is paused from now on, if it is. */
export async function recordFailure(
  db: Queryable,
  attempt: Attempt,
  verdict: FailureVerdict,
): Promise<string | null> {
  const status = verdict.nextSeconds === null ? "failed" : "pending";
  const { rows } = await db.run<{ paused_reason: string | null }>(RECORD_FAILURE, [
    ...valuesOf(attempt, status, verdict.nextSeconds),
    verdict.pausesFor,
    verdict.endpointWaitsSeconds,
    verdict.failsAtMostHours,
  ]);
  return rows[0]?.paused_reason ?? null;
}

const INSERT_TEST = statement(
  "webhook_deliveries.insert_test",
  "insert into webhook_deliveries (endpoint_id, next_try_at) values ($1, now()) returning id",
);

export async function insertTestDelivery(tx: Tx, endpointId: number): Promise<number> {
  return (await tx.run<{ id: number }>(INSERT_TEST, [endpointId])).rows[0]?.id ?? 0;
}

const REDELIVER = statement(
  "webhook_deliveries.redeliver",
  `update webhook_deliveries set status = 'pending', next_try_at = now(), finished_at = null, attempts = 0
   where id = $2 and endpoint_id = $1 returning id`,
);

/** With its attempts back, also when it was delivered before. */
export async function redeliver(tx: Tx, endpointId: number, deliveryId: number): Promise<boolean> {
  return (await tx.run(REDELIVER, [endpointId, deliveryId])).count === 1;
}

export interface DeliveryRow {
  readonly id: number;
  readonly sequence: number | null;
  readonly event_id: string;
  readonly type: string;
  readonly status: "pending" | "delivered" | "failed";
  readonly attempts: number;
  readonly status_code: number | null;
  readonly problem: string | null;
  readonly millis: number | null;
  readonly answer_bytes: number | null;
  readonly created_at: string;
  readonly attempted_at: string | null;
  readonly next_try_at: string | null;
  readonly finished_at: string | null;
}

export const deliveryList = listStatements({
  name: "webhook_deliveries.list",
  select: `d.id, d.sequence, coalesce(e.id, 'evt_test_' || d.id) as event_id, coalesce(e.type, '${TEST_TYPE}') as type,
    d.status, d.attempts, d.status_code, d.problem, d.millis, d.answer_bytes, d.created_at, d.attempted_at, d.next_try_at,
    d.finished_at`,
  from: `from webhook_deliveries d left join shop_events e on e.sequence = d.sequence
    where d.endpoint_id = $1 and ($2::text is null or d.status = $2) and coalesce(e.type, '${TEST_TYPE}') ilike $3`,
  parameters: 3,
  sortable: { id: "d.id", attempted_at: "d.attempted_at" },
  id: "d.id",
});
