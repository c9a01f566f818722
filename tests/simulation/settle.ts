import { send } from "../support/app.js";
import { nudge, reconcile } from "./faults.js";
import { insist } from "./insist.js";
import { compareProviders } from "./money.js";
import type { Random } from "./random.js";
import type { World } from "./world.js";

/**
 * Generous, so that a busy machine alone is no violation: what is left after this is stuck. On a quiet one a round
 * settles in seconds.
 */
const SETTLE_MILLIS = 300_000;
/** Between the end of a fault and the parking of what it had delayed for too long. */
const GRACE_MILLIS = 3_000;

/** What an order is for: the table of it, and the column by which a purchase names it. */
const ESIMS = { table: "esim_profiles", attemptOf: "profile_id", path: "/admin/esims/" };
const TOP_UPS = { table: "top_ups", attemptOf: "top_up_id", path: "/admin/top-ups/" };
type Goods = typeof ESIMS;

const unsettled = ({ table, attemptOf }: Goods): string => `
  select o.id, o.status, g.status as goods, g.parked_reason, g.lease_until,
    (select string_agg(concat_ws(':', a.supplier, a.status, a.reason, a.detail), ' ' order by a.number)
     from provisioning_attempts a where a.${attemptOf} = g.id) as attempts
  from orders o join ${table} g on g.order_id = o.id
  where o.id > $1 and ((o.status = 'paid' and g.parked_at is null and g.status in ('pending', 'failed', 'cancelled')
      -- What is left of the money is in front of the operator, or with the payer's bank.
      and not (g.status <> 'pending' and exists (
        select from payments p left join refunds r on r.payment_id = p.id and r.status = 'parked'
        where p.order_id = o.id and p.is_counted
          and (r.id is not null or p.refunded_minor + p.disputed_minor >= p.captured_minor))))
    or exists (select from provisioning_attempts a where a.${attemptOf} = g.id
               and (a.status in ('intended', 'unknown', 'accepted', 'surplus')))
    or exists (select from refunds r where r.order_id = o.id and r.status in ('requested', 'pending')))`;

/** Orders that are on their way: not yet delivered, refunded or a matter for the operator. */
const UNSETTLED = `${unsettled(ESIMS)} union all ${unsettled(TOP_UPS)}`;

/** What the payment providers have told and nobody has acted on, and refunds that wait for the operator. */
const UNSETTLED_MONEY = `
  select e.id, e.kind, e.outcome, e.reason from webhook_events e where e.outcome = 'waiting'
  union all
  select r.id, 'refund', r.status, r.failure_reason from refunds r where r.order_id > $1 and r.status in ('requested', 'pending')
  union all
  select o.id, 'order of somebody who is gone', o.status, o.failure_reason from orders o join users u on u.id = o.user_id
  where o.id > $1 and o.status = 'created' and (u.deleted_at is not null or u.disabled_at is not null)
  union all
  select p.id, 'surplus', p.status, p.surplus_reason from payments p
  where p.order_id > $1 and p.surplus_reason is not null and p.captured_minor > p.refund_reserved_minor + p.disputed_minor`;

interface ParkedRow {
  /** Where the operator decides. */
  readonly path: string;
  readonly parked_reason: string;
  readonly parked_millis: number;
  readonly reference: string | null;
  readonly supplier: string | null;
  readonly detail: string | null;
}

const parked = ({ table, attemptOf, path }: Goods): string => `
  select '${path}' || g.id as path, g.parked_reason, (extract(epoch from g.parked_at) * 1000)::float8 as parked_millis,
    a.reference, a.supplier, a.detail
  from ${table} g left join provisioning_attempts a on a.${attemptOf} = g.id and a.status = 'parked'
  where g.parked_at is not null
    and (g.status = 'pending' and g.parked_reason <> 'money_withheld'
      or g.parked_reason in ('refunded_esim_live', 'refunded_top_up_live'))`;

const PARKED = `${parked(ESIMS)} union all ${parked(TOP_UPS)}`;

/** Twelve minutes pass for what a stuck supplier has accepted: the chain has waited long enough for it then. */
const AGE_STUCK = `
  update provisioning_attempts set created_at = created_at - interval '13 minutes'
  where status = 'accepted' and supplier = $1 and created_at > now() - interval '10 minutes'`;

export async function ageStuckPurchases(world: World, random: Random): Promise<string[]> {
  const aged: string[] = [];
  for (const { id, ledger } of world.suppliers.all) {
    // A by-match search looks back from the attempt's time, so that may not change.
    if (!ledger.settings.isStuck || id === "esim-go" || !random.chance(0.6)) continue;
    await world.query(AGE_STUCK, [id]);
    await new Promise((resolve) => setTimeout(resolve, 4_000));
    aged.push(`${id} stays stuck`);
  }
  return aged;
}

/** Waits until every order has its end; parked ones get the operator's decision. Answers what should not be. */
export async function settle(
  world: World,
  random: Random,
  { healedAtMillis, afterOrderId }: { healedAtMillis: number; afterOrderId: number },
): Promise<string[]> {
  const violations: string[] = [];
  const deadline = Date.now() + SETTLE_MILLIS;
  for (let turn = 0; ; turn += 1) {
    const waiting = await world.query<ParkedRow>(PARKED);
    for (const row of waiting) {
      if (isParkedNeedlessly(row, healedAtMillis))
        violations.push(`parked needlessly: ${JSON.stringify(row)}`);
      await decide(world, random, row);
    }
    await giveParkedMoneyBack(world, random);
    const left = await whatIsLeft(world, afterOrderId);
    if (left.length === 0 && waiting.length === 0) return violations;
    if (Date.now() > deadline) {
      violations.push(`not settled in time: ${JSON.stringify(left.slice(0, 5))}`);
      return violations;
    }
    await carryOn(world, turn);
    await new Promise((resolve) => setTimeout(resolve, 150));
  }
}

async function whatIsLeft(world: World, afterOrderId: number): Promise<unknown[]> {
  const orders = await world.query<object>(UNSETTLED, [afterOrderId]);
  if (orders.length > 0) return orders;
  const money = await world.query<object>(UNSETTLED_MONEY, [afterOrderId]);
  return money.length > 0 ? money : compareProviders(world);
}

/**
 * Of a person who was locked out the operator lets some of it go back, and leaves the rest where it is; what the payer's
 * bank had and has given back goes back.
 */
async function giveParkedMoneyBack(world: World, random: Random): Promise<void> {
  const refunds = await world.query<{ id: number }>(
    `select r.id from refunds r join payments p on p.id = r.payment_id
     where r.status = 'parked' and (r.failure_reason = 'person_disabled' and r.id % 2 = 0
       or r.failure_reason = 'refused_disputed' and p.disputed_minor = 0)`,
  );
  for (const { id } of refunds)
    await insist(world, random, "POST", `/admin/refunds/${id}/retry`, { bearer: world.adminToken });
}

/** What the clock would start within minutes starts now. */
async function carryOn(world: World, turn: number): Promise<void> {
  if (turn % 4 === 0) await nudge(world, ["sweep_provisioning", "carry_on_money"]);
  if (turn % 20 === 10) await nudge(world, ["watch_supplier_prices", "read_supplier_balances"]);
  if (turn % 20 === 15) await reconcile(world);
  if (turn % 12 !== 6) return;
  for (const text of [
    // Back-off of jobs that failed while the world was broken; few tries are used up by it.
    `update graphile_worker._private_jobs set run_at = now()
     where locked_at is null and run_at > now() and attempts between 1 and 6 and task_id in (
       select id from graphile_worker._private_tasks
       where identifier in ('take_back_surplus', 'refund_undeliverable', 'make_refund', 'provision_esim', 'top_up_esim',
         'settle_surplus_top_up', 'refund_top_up', 'refund_surplus', 'release_orders_of_person', 'take_back_refunded',
         'reread_payment', 'apply_supplier_event', 'send_mail'))`,
    // What is left of the money for something that is not to be had any more.
    `update graphile_worker._private_jobs set run_at = now()
     where locked_at is null and run_at > now() and attempts = 0 and task_id in (
       select id from graphile_worker._private_tasks where identifier in ('refund_undeliverable', 'refund_top_up', 'send_mail'))`,
    // The next look at what a supplier has promised: its pause has grown with every look while the supplier was stuck.
    `update graphile_worker._private_jobs j set run_at = now()
     from provisioning_attempts a join esim_profiles e on e.id = a.profile_id
     where a.status = 'accepted' and j.key = 'provision:' || e.order_id and j.locked_at is null
       and j.run_at > now() + interval '1 second'`,
    // Refunds are taken up again when they are twenty seconds old.
    `update refunds set created_at = created_at - interval '20 seconds'
     where status in ('requested', 'pending') and created_at > now() - interval '20 seconds'`,
    "update webhook_events set next_try_at = now() where outcome = 'waiting' and next_try_at > now()",
  ])
    await world.query(text);
}

/**
 * A purchase that a look-up could have decided should not wait for a person: once the supplier is well again nothing
 * may be parked as undecided, and before that only what stayed stuck for too long.
 */
function isParkedNeedlessly(row: ParkedRow, healedAtMillis: number): boolean {
  if (row.parked_reason === "outcome_unknown" || row.parked_reason === "several_orders") return true;
  return row.parked_reason === "stuck_at_supplier" && row.parked_millis > healedAtMillis + GRACE_MILLIS;
}

/** What can be cured is asked again, and what cannot is refunded; sometimes the operator just refunds. */
async function decide(world: World, random: Random, row: ParkedRow): Promise<void> {
  if (row.parked_reason.startsWith("refunded_")) return decideAs(world, row, "accept_loss");
  const isCured = !["unusable", "duplicate"].includes(row.parked_reason);
  const decision = isCured && random.chance(0.6) ? "ask_again" : "refund";
  await decideAs(world, row, decision);
}

async function decideAs(world: World, row: ParkedRow, decision: string): Promise<void> {
  for (const url of world.fleet.urls) {
    const answer = await send(`${url}${row.path}/decision`, "POST", {
      bearer: world.adminToken,
      body: { decision, reason: "campaign" },
    }).catch(() => undefined);
    if (answer !== undefined && answer.status < 500) return;
  }
}
