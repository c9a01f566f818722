import type pg from "pg";
import { BOOK_RULES } from "../../src/modules/admin/books/audit-books.js";
import { ESIM_INVARIANTS, MONEY_INVARIANTS } from "../support/invariants.js";
import { onSimulatedClock } from "./database-clock.js";
import type { SimAdyen } from "./sim-adyen.js";
import type { SimProvider } from "./sim-provider.js";
import type { SimSupplier } from "./sim-supplier.js";

/**
 * The attempts to buy for a payment all of which was known to be back, or withheld, at that moment, and which no
 * operator let go on. A dispute counts from when it was opened, not from its warning.
 */
const BOUGHT_FOR_NOTHING = `
  select a.id, a.reference from provisioning_attempts a
    left join esim_profiles e on e.id = a.profile_id left join top_ups t on t.id = a.top_up_id
    join payments p on p.order_id = coalesce(e.order_id, t.order_id) and p.is_counted
  where p.captured_minor <= (
      select coalesce(sum(r.amount_minor), 0) from refunds r
      where r.payment_id = p.id and r.status = 'succeeded' and r.finished_at < a.created_at
    ) + (
      select coalesce(sum(d.amount_minor), 0) from disputes d
      where d.payment_id = p.id and d.status <> 'warning' and d.created_at < a.created_at
        and (d.status <> 'won' or d.closed_at > a.created_at)
        and not exists (select from audit_log l where l.subject = 'dispute:' || d.id and l.before->>'status' = 'warning'
          and l.at > a.created_at))
    and not exists (select from audit_log l where l.subject in ('esim:' || e.id, 'top_up:' || t.id)
      and l.actor like 'user:%' and l.at < a.created_at)`;

/** What has to be so whenever nothing moves: the rules of the audit, and those of the campaign. */
const SAFETY: readonly (readonly [rule: string, query: string])[] = [
  ["nothing is bought for money that is known to be back", BOUGHT_FOR_NOTHING],
  ...Object.entries(MONEY_INVARIANTS),
  ...Object.entries(ESIM_INVARIANTS),
  ...BOOK_RULES.map(({ name, finds }) => [name, finds] as const),
].map(([name, query]) => [name, onSimulatedClock(query)] as const);

/** Paid is delivered, given back, or parked; unpaid has ended; nothing is under way any more. */
const RESTLESS = `
  select 'order' as what, o.id, o.status || ', ' || coalesce(e.status, t.status) || ', refund ' || coalesce(r.status, '-') as state
  from orders o left join esim_profiles e on e.order_id = o.id left join top_ups t on t.order_id = o.id
    left join lateral (select status from refunds where order_id = o.id order by id desc limit 1) r on true
    left join payments p on p.order_id = o.id and p.is_counted
  where o.status = 'created'
    or o.status = 'paid' and coalesce(e.parked_at, t.parked_at) is null and not (
      coalesce(e.status, t.status) in ('ready', 'active', 'done', 'expired')
      or p.refunded_minor + p.disputed_minor >= p.captured_minor
      or exists (select from refunds x where x.payment_id = p.id and x.status in ('parked', 'failed', 'pending')))
  union all
  select 'refund', r.id, r.status from refunds r where r.status = 'requested'
    -- It waits for the decision about what may have been bought.
    and not exists (select from esim_profiles p where p.order_id = r.order_id and p.parked_at is not null)
    and not exists (select from top_ups t where t.order_id = r.order_id and t.parked_at is not null)
  union all
  select 'surplus', s.id, s.surplus_reason from payments s
  where s.surplus_reason is not null and s.refunded_minor + s.disputed_minor < s.captured_minor
    and not exists (select from refunds x where x.payment_id = s.id and x.status in ('parked', 'failed', 'pending'))
  union all
  select 'attempt', id, status from provisioning_attempts where status in ('intended', 'unknown', 'accepted')
    and not exists (select from esim_profiles p where p.id = profile_id and p.parked_at is not null)
    and not exists (select from top_ups t where t.id = top_up_id and t.parked_at is not null)
  union all
  select 'mail', id, kind || ' ' || status from outgoing_mails where status in ('queued', 'delayed')
  order by 1, 2 limit 5`;

export async function findRestless(pool: pg.Pool): Promise<string[]> {
  const { rows } = await pool.query({ name: "restless", text: RESTLESS });
  return rows.map((row) => `not at rest: ${JSON.stringify(row)}`);
}

export async function findUnsafe(
  pool: pg.Pool,
  books: {
    readonly stripe: SimProvider;
    readonly adyen: SimAdyen;
    readonly suppliers: readonly SimSupplier[];
  },
): Promise<string[]> {
  const found: string[] = [];
  for (const [at, [rule, text]] of SAFETY.entries()) {
    const { rows } = await pool.query({ name: `safety_${at}`, text });
    if (rows.length > 0) found.push(`${rule}: ${JSON.stringify(rows.slice(0, 3))}`);
  }
  return [
    ...found,
    ...(await compareStripe(pool, books.stripe)),
    ...(await compareAdyen(pool, books.adyen)),
    ...(await compareSuppliers(pool, books.suppliers)),
  ];
}

/** The provider's books and ours agree on what came and what went back. */
async function compareStripe(pool: pg.Pool, bank: SimProvider): Promise<string[]> {
  type Row = { reference: string; captured: number; refunded: number; order: string };
  const { rows } = await pool.query<Row>({
    name: "bank",
    text: `select p.reference::text, p.captured_minor as captured, p.refunded_minor as refunded, o.status as order
      from payments p join orders o on o.id = p.order_id`,
  });
  const ours = new Map(rows.map((row) => [row.reference, row]));
  const found: string[] = [];
  for (const { id, command, state, refunds } of bank.intents()) {
    const row = ours.get(command.paymentReference);
    const captured = state === "succeeded" ? command.amount.minor : 0;
    const back = refunds
      .filter((one) => one.state === "succeeded")
      .reduce((sum, { amount }) => sum + amount.minor, 0);
    if (row === undefined) found.push(`the provider has ${id}, which no payment names`);
    else if (row.captured !== captured)
      found.push(`${id}: the provider captured ${captured}, we ${row.captured}`);
    else if (row.refunded !== back) found.push(`${id}: the provider gave ${back} back, we ${row.refunded}`);
    else if (row.order === "failed" && state === "requires_action")
      found.push(`${id} can still be paid, and its order has failed`);
  }
  return found;
}

/** Each try that took money is a payment of ours, and we have none that took money and is not there. */
async function compareAdyen(pool: pg.Pool, adyen: SimAdyen): Promise<string[]> {
  const { rows } = await pool.query<{ intent_id: string; captured: number; refunded: number }>({
    name: "adyen",
    text: `select intent_id, captured_minor as captured, refunded_minor as refunded from payments
      where provider = 'ADYEN' and captured_minor > 0`,
  });
  const ours = new Map(rows.map((row) => [row.intent_id, row]));
  const found: string[] = [];
  for (const { id, captured, refunded } of adyen.ledger()) {
    const row = ours.get(id);
    ours.delete(id);
    if (row === undefined) found.push(`Adyen captured ${captured} by ${id}, we nothing`);
    else if (row.captured !== captured) found.push(`${id}: Adyen captured ${captured}, we ${row.captured}`);
    else if (row.refunded !== refunded) found.push(`${id}: Adyen gave ${refunded} back, we ${row.refunded}`);
  }
  for (const id of ours.keys()) found.push(`we captured ${id}, which Adyen has not`);
  return found;
}

/** Payments of customers that took money, by provider; of the second try of one there is nothing to pay. */
export async function countPaid(pool: pg.Pool): Promise<Readonly<Record<string, number>>> {
  const { rows } = await pool.query<{ provider: string; paid: number }>(
    `select lower(provider) as provider, count(*)::integer as paid from payments
     where captured_minor > 0 and failure_reason is distinct from 'paid_again' group by 1 order by 1`,
  );
  return Object.fromEntries(rows.map(({ provider, paid }) => [provider, paid]));
}

interface AttemptRow {
  readonly reference: string;
  readonly status: string;
  readonly bought_for: string;
  readonly is_decided: boolean;
}

/** What a supplier sold and has not taken back is delivered, or in front of an operator; once per order. */
async function compareSuppliers(pool: pg.Pool, suppliers: readonly SimSupplier[]): Promise<string[]> {
  const { rows } = await pool.query<AttemptRow>({
    name: "suppliers",
    text: `select reference, status, decided_by is not null as is_decided, coalesce('top-up ' || top_up_id, 'eSIM ' || profile_id) as bought_for
      from provisioning_attempts`,
  });
  const byReference = new Map(rows.map((row) => [row.reference, row]));
  const kept = new Map<string, number>();
  const found: string[] = [];
  for (const { id, sold, toppedUp, breaksPromise } of suppliers) {
    const bought = [
      ...sold.filter(({ isCancelled, fate }) => !isCancelled && fate !== "failed"),
      ...toppedUp,
    ];
    for (const { reference } of bought) {
      const attempt = byReference.get(reference);
      if (attempt === undefined) {
        found.push(`${id} sold ${reference}, which no attempt names`);
        continue;
      }
      // What comes to light later than the supplier promises, or after an operator ruled it out, is in front of an
      // operator beside what was bought instead. What the program itself ruled out too early is a second purchase.
      const isNobodysFault = attempt.is_decided || breaksPromise(reference);
      if (attempt.status !== "parked" || !isNobodysFault)
        kept.set(attempt.bought_for, (kept.get(attempt.bought_for) ?? 0) + 1);
      if (!KEPT.has(attempt.status))
        found.push(`${id} sold ${reference}, and the attempt is ${attempt.status}`);
    }
  }
  for (const [bought, times] of kept)
    if (times > 1) found.push(`${bought} was bought ${times} times and kept`);
  return found;
}
const KEPT: ReadonlySet<string> = new Set(["delivered", "parked", "surplus", "accepted", "taken_back"]);

/** The state tables that a history moves along. */
const MACHINES = [
  "orders",
  "payments",
  "refunds",
  "disputes",
  "esim_profiles",
  "top_ups",
  "outgoing_mails",
  "provisioning_attempts",
];
const EDGES = `
  select c.relname || ' ' || arg as edge
  from pg_trigger t join pg_class c on c.oid = t.tgrelid join pg_proc f on f.oid = t.tgfoid,
    unnest(string_to_array(encode(t.tgargs, 'escape'), '\\000')) as arg
  where f.proname = 'enforce_state_moves' and arg <> '' and c.relname = any ($1)`;

export async function listEdges(pool: pg.Pool): Promise<string[]> {
  return (await pool.query<{ edge: string }>(EDGES, [MACHINES])).rows.map(({ edge }) => edge);
}

export async function listTaken(pool: pg.Pool): Promise<string[]> {
  const { rows } = await pool.query<{ edge: string }>("select distinct edge from sim.moves order by 1");
  return rows.map(({ edge }) => edge);
}
