import { type Queryable, type Statement, statement } from "../../../db/database.js";
import type { PaymentEvent } from "../../../providers/payment/port.js";
import { type FollowUp, followUpText } from "../follow-ups.js";
import { REFUND_SURPLUS } from "../money-jobs.js";
import type { EventOutcome, PaymentState } from "../payment-state.js";
import { isAside } from "./event-facts.js";

/** How we learnt of it: delivered to our webhook, or read at the provider because we asked. */
export type EventSource = "webhook" | "read";

export interface SettleRow {
  /** Null when nothing was stored: a duplicate, or an event that is not kept. */
  readonly outcome: EventOutcome | null;
  readonly reason: string | null;
  readonly payment_id: number | null;
  readonly order_id: number | null;
  /** After the statement; null when we have no such payment. */
  readonly payment_status: PaymentState | null;
  readonly has_moved: boolean;
  readonly surplus_reason: string | null;
  /** Events of this intent wait for something. */
  readonly has_waiting: boolean;
}

/**
 * What an event means for the payment that it names, as `outcome reason`: the one place where that is decided, for
 * events of intents, refunds and disputes alike. The payment's row is locked, so nothing moves between this judgement
 * and its effect. State decides, never the order of arrival.
 *
 * Whether it is ours comes first: what another product on the same account does is not looked at, however odd.
 * A success whose refund or dispute has been heard of is not applied alone (`refunds_first`): a reading of the whole
 * payment is, so that nothing is bought for money that is known to be back.
 */
const VERDICT = `case
    when $4 = 'ignored' then 'ignored type_not_used'
    when t.id is null and not $11 then 'ignored not_of_this_shop'
    when $12 is not null then 'parked ' || $12
    when t.id is null then 'waiting payment_unknown'
    when t.provider <> $1 then 'parked provider_differs'
    when t.livemode <> $8 then 'parked livemode_differs'
    when $4 = 'intent_open' then 'ignored nothing_to_do'
    when $7 is distinct from t.currency then 'parked currency_differs'
    when $18 and t.captured_minor = 0 then 'waiting capture_unknown'
    when $18 then 'processed ' || $4
    when $6 is distinct from t.amount_minor then 'parked amount_differs'
    when $4 = 'intent_succeeded' and t.captured_minor = 0 and not $19 and exists (
      select from webhook_events x where x.intent_id = $5 and x.outcome = 'waiting' and x.kind not like 'intent%')
      then 'waiting refunds_first'
    when t.status = 'requires_action' then 'processed ' || $4
    when t.status = 'failed' and $4 = 'intent_succeeded' and t.captured_minor = 0 then 'processed late_money'
    else 'ignored already_' || t.status
  end`;

interface Storing {
  /** The event's row as it was before; one that has been stored is not judged again. */
  readonly known: string;
  readonly store: string;
}

/** A repeated delivery is recognised before any lock is taken, so a thousand of them do not queue for a row. */
const KNOWN_FRESH = "select id from webhook_events where provider = $1 and event_id = $2";
const KNOWN_KEPT = "select null::bigint as id where false";

const STORE_FRESH = `insert into webhook_events
     (provider, event_id, source, type, kind, intent_id, payment_id, outcome, reason, facts, provider_created_at,
      applied_at, next_try_at)
   select $1, $2, $13, $3, $4, $5, j.payment_id, j.outcome, j.reason, $10, $9,
          case when j.outcome = 'processed' then now() end,
          case when j.outcome = 'waiting' then now() end
   from judged j where not exists (select from known) and (j.payment_id is not null or $14)
   on conflict on constraint webhook_events_once_per_provider_and_id do nothing
   returning outcome, reason`;

/** An event that was kept: waiting for something, or parked and replayed by an operator. */
const STORE_KEPT = `update webhook_events e set
     payment_id = j.payment_id, outcome = j.outcome, reason = j.reason, attempts = e.attempts + 1,
     applied_at = case when j.outcome = 'processed' then now() end,
     next_try_at = case when j.outcome = 'waiting' then now() + least(e.attempts + 1, 30) * interval '1 minute' end
   from judged j
   where e.provider = $1 and e.event_id = $2 and e.outcome in ('waiting', 'parked')
   returning e.outcome, e.reason`;

/**
 * The event and everything that follows from it, in one statement: the event's row, the payment, the order, the
 * jobs and (by triggers) the audit rows. Either all of it is committed or none. Refunds and disputes are judged and
 * stored here; their effect is the caller's, in the same transaction (aside-effects.ts).
 *
 * The follow-ups read `moved(payment_id, order_id, provider, status, currency, amount_minor)`; `order_moved` returns
 * `id, status` of the order that moved with its payment.
 *
 * Locks are taken in one order everywhere: payment, event, person, order. A simultaneous delivery of the same event
 * waits for the payment's row, finds the event stored, and changes nothing.
 */
function settleText({ known, store }: Storing, followUps: readonly FollowUp[]): string {
  const { ctes, ran } = followUpText(followUps, "order_moved");
  return `with event as (
    -- Not read by anything: it declares the types of the parameters.
    select $1::text, $2::text, $3::text, $4::text, $5::text, $6::bigint, $7::text, $8::boolean, $9::timestamptz,
           $10::jsonb, $11::boolean, $12::text, $13::text, $14::boolean, $15::text, $16::text, $17::text,
           $18::boolean, $19::boolean
  ), context as materialized (
    select set_config('tribi.actor', $13 || ':' || $1, true), set_config('tribi.request_id', $15, true)
  ), known as materialized (
    ${known}
  ), target as materialized (
    select p.id, p.order_id, p.provider, p.status, p.currency, p.amount_minor, p.livemode, p.captured_minor
    from payments p where p.intent_id = $5 and not exists (select from known) for update
  ), judged as materialized (
    select t.id as payment_id, t.order_id, t.provider, t.status, t.currency, t.amount_minor,
           split_part(v.verdict, ' ', 1) as outcome, split_part(v.verdict, ' ', 2) as reason
    from context left join target t on true cross join lateral (select ${VERDICT} as verdict) v
  ), stored as (
    ${store}
  ), moved as materialized (
    select j.payment_id, j.order_id, j.provider, j.currency, j.amount_minor,
           case $4 when 'intent_succeeded' then 'succeeded' else 'failed' end as status
    from judged j join stored s on s.outcome = 'processed'
    where j.status = 'requires_action' and $4 in ('intent_succeeded', 'intent_canceled')
  ), ${ctes}, written as (
    update payments p set
      status = coalesce(m.status, p.status),
      captured_minor = case when $4 = 'intent_succeeded' then p.amount_minor else p.captured_minor end,
      is_counted = coalesce(m.status = 'succeeded' and o.status = 'paid', false),
      surplus_reason = case
        when $4 <> 'intent_succeeded' then p.surplus_reason
        when m.status is null then 'payment_failed'
        when o.id is null then 'order_not_waiting'
        when o.status <> 'paid' then 'person_gone' end,
      succeeded_at = case m.status when 'succeeded' then now() end,
      failed_at = case m.status when 'failed' then now() else p.failed_at end,
      failure_reason = case m.status when 'failed' then $4 else p.failure_reason end,
      is_processing = $4 = 'intent_processing' and m.status is null,
      decline_code = case when $4 = 'intent_failed_attempt' then $16 else p.decline_code end,
      decline_message = case when $4 = 'intent_failed_attempt' then $17 else p.decline_message end
    from judged j join stored s on s.outcome = 'processed' left join moved m on true left join order_moved o on true
    where p.id = j.payment_id and not $18
    returning p.id, p.order_id, p.status, p.surplus_reason
  ), surplus as (
    select ${REFUND_SURPLUS.enqueue({ payment_id: "w.id" })}
    from written w where w.surplus_reason is not null and $4 = 'intent_succeeded'
  )
  select s.outcome, s.reason, coalesce(j.payment_id, seen.id) as payment_id,
         coalesce(j.order_id, seen.order_id) as order_id,
         coalesce(w.status, j.status, seen.status) as payment_status, m.status is not null as has_moved,
         w.surplus_reason,
         exists (select from webhook_events x where x.intent_id = $5 and x.outcome = 'waiting') as has_waiting,
         ${ran}, (select count(*) from surplus) as ran_surplus
  from judged j left join stored s on true left join moved m on true left join written w on true
    left join payments seen on seen.intent_id = $5 and j.payment_id is null`;
}

export interface SettleInput {
  readonly event: PaymentEvent;
  /** As the provider said it, which is what is kept: the intent that `event` names may have been found by us. */
  readonly said: PaymentEvent;
  readonly source: EventSource;
  /** Whether account and metadata name this shop: such an event waits for its payment, another one is ignored. */
  readonly isOurs: boolean;
  /** Why the event cannot be believed, whatever the payment says. */
  readonly problem: string | null;
  /** False for the mock, whose events about unknown payments are refused instead. */
  readonly keepsUnknown: boolean;
  /** It stands in a reading of the whole payment, whose refunds and disputes follow in this transaction. */
  readonly isOfWhole: boolean;
  readonly requestId: string | null;
}

export interface SettleStore {
  /** No outcome means: stored before (a duplicate), or not kept. */
  settle(db: Queryable, input: SettleInput): Promise<SettleRow>;
  settleKept(db: Queryable, input: SettleInput): Promise<SettleRow>;
}

export function makeSettleStore(followUps: readonly FollowUp[]): SettleStore {
  const fresh = statement(
    "payments.settle",
    settleText({ known: KNOWN_FRESH, store: STORE_FRESH }, followUps),
  );
  const kept = statement(
    "payments.settle_kept",
    settleText({ known: KNOWN_KEPT, store: STORE_KEPT }, followUps),
  );
  const run = async (db: Queryable, query: Statement, input: SettleInput): Promise<SettleRow> => {
    const [row] = (await db.run<SettleRow>(query, valuesOf(input))).rows;
    if (row === undefined) throw new Error("The settling statement returns exactly one row");
    return row;
  };
  return {
    settle: (db, input) => run(db, fresh, input),
    settleKept: (db, input) => run(db, kept, input),
  };
}

function valuesOf({
  event,
  said,
  source,
  isOurs,
  problem,
  keepsUnknown,
  isOfWhole,
  requestId,
}: SettleInput): unknown[] {
  return [
    event.provider,
    event.eventId,
    event.type,
    event.kind,
    event.intentId,
    event.amount?.minor ?? null,
    event.amount?.currency ?? null,
    event.livemode,
    event.createdAt.toISOString(),
    JSON.stringify(said),
    isOurs,
    problem,
    source,
    keepsUnknown,
    requestId ?? "",
    event.decline?.code ?? null,
    event.decline?.message ?? null,
    isAside(event.kind),
    isOfWhole,
  ];
}
