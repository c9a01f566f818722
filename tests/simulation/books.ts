import type { FakeOrder, Ledger } from "../../src/providers/esim/fakes/ledger.js";
import { ESIM_INVARIANTS, MONEY_INVARIANTS } from "../support/invariants.js";
import type { World } from "./world.js";

interface AttemptRow {
  readonly reference: string;
  readonly supplier: string;
  readonly supplier_order_id: string | null;
  readonly attempt_status: string;
  readonly order_id: number;
  readonly order_status: string;
  readonly esim_status: string;
}

/** Orders that are on their way: not yet an eSIM, a refund or a matter for the operator. */
export const UNSETTLED = `
  select o.id, o.status, e.status as esim, e.parked_reason, e.lease_until,
    (select string_agg(a.status || ':' || coalesce(a.reason, ''), ' ' order by a.number)
     from provisioning_attempts a where a.profile_id = e.id) as attempts
  from orders o join esim_profiles e on e.order_id = o.id
  where (o.status = 'paid' and e.parked_at is null and e.status in ('pending', 'failed', 'cancelled'))
    or exists (select from provisioning_attempts a where a.profile_id = e.id
               and (a.status in ('intended', 'unknown', 'accepted', 'surplus')))
    or exists (select from refunds r where r.order_id = o.id and r.status in ('requested', 'pending'))`;

/** Compares our tables with the suppliers' own books and with the laws; answers what does not agree. */
export async function compareBooks(world: World): Promise<string[]> {
  const violations: string[] = [];
  for (const [law, query] of Object.entries({ ...MONEY_INVARIANTS, ...ESIM_INVARIANTS })) {
    const rows = await world.query(query);
    if (rows.length > 0) violations.push(`${law}: ${JSON.stringify(rows.slice(0, 3))}`);
  }
  const attempts = await world.query<AttemptRow>(
    `select a.reference, a.supplier, a.supplier_order_id, a.status as attempt_status, o.id as order_id,
       o.status as order_status, e.status as esim_status
     from provisioning_attempts a join esim_profiles e on e.id = a.profile_id join orders o on o.id = e.order_id`,
  );
  violations.push(...compareLedger("airalo", world.airalo.ledger, attempts));
  violations.push(...compareLedger("esim-access", world.access.ledger, attempts));
  return violations;
}

function compareLedger(supplier: string, ledger: Ledger, all: readonly AttemptRow[]): string[] {
  const violations: string[] = [];
  const attempts = all.filter((one) => one.supplier === supplier);
  const byReference = new Map(attempts.map((one) => [one.reference, one]));
  const soldFor = new Map<number, FakeOrder[]>();
  const sold = new Map<string, FakeOrder>();
  for (const order of ledger.orders) {
    if (order.reference.startsWith("ELSEWHERE") || order.state === "failed") continue;
    const attempt = byReference.get(order.reference);
    if (attempt === undefined) {
      violations.push(`${supplier} sold ${order.reference}, which no attempt names`);
      continue;
    }
    if (sold.has(order.reference)) violations.push(`${supplier} sold ${order.reference} twice`);
    sold.set(order.reference, order);
    if (order.state !== "accepted") continue;
    soldFor.set(attempt.order_id, [...(soldFor.get(attempt.order_id) ?? []), order]);
    // Whatever is sold and kept is in a customer's hands, or in front of the operator as a loss.
    const isAccounted =
      attempt.attempt_status === "delivered" ||
      attempt.attempt_status === "parked" ||
      attempt.attempt_status === "surplus";
    if (!isAccounted)
      violations.push(`${supplier} sold ${order.reference}, but the attempt is ${attempt.attempt_status}`);
  }
  for (const [orderId, orders] of soldFor)
    if (orders.length > 1) violations.push(`order ${orderId} was bought ${orders.length} times`);
  for (const attempt of attempts) {
    if (attempt.attempt_status !== "delivered" || attempt.esim_status === "cancelled") continue;
    if (sold.get(attempt.reference)?.state !== "accepted")
      violations.push(`attempt ${attempt.reference} is delivered, but ${supplier} has no such sale`);
  }
  return violations;
}

export interface ParkedRow {
  readonly profile_id: number;
  readonly parked_reason: string;
  readonly reference: string | null;
  readonly supplier: string | null;
  readonly attempt_status: string | null;
}

export const PARKED = `
  select e.id as profile_id, e.parked_reason, a.reference, a.supplier, a.status as attempt_status
  from esim_profiles e left join provisioning_attempts a on a.profile_id = e.id and a.status = 'parked'
  where e.parked_at is not null and e.status = 'pending'`;

/** A parked purchase whose fate the supplier's look-up tells should not have been parked. */
export function parkedNeedlessly(parked: ParkedRow): boolean {
  return parked.parked_reason === "outcome_unknown" || parked.parked_reason === "stuck_at_supplier";
}
