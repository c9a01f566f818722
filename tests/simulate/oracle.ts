import type pg from "pg";
import { BOOK_RULES } from "../../src/modules/admin/books/audit-books.js";
import { ESIM_INVARIANTS, MOCK_LEDGER_AGREES, MONEY_INVARIANTS } from "../support/invariants.js";
import type { ScriptedSupplier } from "../support/scripted-supplier.js";

/** What has to be so whenever nothing moves: the rules of the audit, and those of the campaign. */
const SAFETY: Readonly<Record<string, string>> = {
  ...MONEY_INVARIANTS,
  ...ESIM_INVARIANTS,
  ...MOCK_LEDGER_AGREES,
  ...Object.fromEntries(BOOK_RULES.map(({ name, finds }) => [name, finds])),
};

/** Paid is delivered, given back, or parked; unpaid has ended. An order of which nothing is under way any more. */
const RESTLESS = `
  select o.id, o.status, e.status as goods, r.status as refund
  from orders o join esim_profiles e on e.order_id = o.id
    left join lateral (select status from refunds where order_id = o.id order by id desc limit 1) r on true
    left join payments p on p.order_id = o.id and p.is_counted
  where o.status = 'created'
    or o.status = 'paid' and not (
      e.status in ('ready', 'active') and coalesce(r.status, 'succeeded') not in ('requested', 'pending')
      or e.parked_at is not null
      or e.status in ('failed', 'cancelled')
        and (p.refunded_minor = p.captured_minor or r.status in ('parked', 'failed')))
    or exists (select from payments s where s.order_id = o.id and s.surplus_reason is not null
      and s.refunded_minor < s.captured_minor
      and not exists (select from refunds x where x.payment_id = s.id and x.status in ('parked', 'failed')))
    or exists (select from payments s join mock_intents m on m.payment_reference = s.reference
      where s.order_id = o.id and m.state = 'succeeded' and s.captured_minor = 0)`;

export async function findRestless(pool: pg.Pool): Promise<string[]> {
  const { rows } = await pool.query(RESTLESS);
  return rows.map((row) => `not at rest: ${JSON.stringify(row)}`);
}

export async function findUnsafe(pool: pg.Pool, suppliers: readonly ScriptedSupplier[]): Promise<string[]> {
  const found: string[] = [];
  for (const [rule, query] of Object.entries(SAFETY)) {
    const { rows } = await pool.query(query);
    if (rows.length > 0) found.push(`${rule}: ${JSON.stringify(rows.slice(0, 3))}`);
  }
  return [...found, ...(await compareSuppliers(pool, suppliers))];
}

/** What a supplier sold and has not taken back is a delivered eSIM, or in front of an operator; once per order. */
async function compareSuppliers(pool: pg.Pool, suppliers: readonly ScriptedSupplier[]): Promise<string[]> {
  const { rows } = await pool.query<{ reference: string; status: string; order_id: number }>(
    `select a.reference, a.status, e.order_id from provisioning_attempts a join esim_profiles e on e.id = a.profile_id`,
  );
  const byReference = new Map(rows.map((row) => [row.reference, row]));
  const kept = new Map<number, number>();
  const found: string[] = [];
  for (const supplier of suppliers) {
    for (const [reference, order] of supplier.sold) {
      const attempt = byReference.get(reference);
      if (attempt === undefined) found.push(`${supplier.id} sold ${reference}, which no attempt names`);
      const isBack = order.esims.some(({ supplierReference }) =>
        supplier.cancelled.includes(supplierReference),
      );
      if (attempt === undefined || isBack) continue;
      kept.set(attempt.order_id, (kept.get(attempt.order_id) ?? 0) + 1);
      if (!["delivered", "parked", "surplus", "accepted"].includes(attempt.status))
        found.push(`${supplier.id} sold ${reference}, and the attempt is ${attempt.status}`);
    }
  }
  for (const [order, times] of kept)
    if (times > 1) found.push(`order ${order} was bought ${times} times and kept`);
  return found;
}

const EDGES = `
  select c.relname || ' ' || arg as edge
  from pg_trigger t join pg_class c on c.oid = t.tgrelid join pg_proc f on f.oid = t.tgfoid,
    unnest(string_to_array(encode(t.tgargs, 'escape'), '\\000')) as arg
  where f.proname = 'enforce_state_moves' and arg <> ''
    and c.relname in ('orders', 'payments', 'refunds', 'esim_profiles')`;
const TAKEN = `
  select distinct case split_part(subject, ':', 1) when 'esim' then 'esim_profiles'
      else split_part(subject, ':', 1) || 's' end || ' ' || (before->>'status') || '>' || (after->>'status') as edge
  from audit_log where before ? 'status' and after ? 'status' and subject ~ '^(order|payment|refund|esim):'`;

export async function listEdges(pool: pg.Pool): Promise<string[]> {
  return (await pool.query<{ edge: string }>(EDGES)).rows.map(({ edge }) => edge);
}

export async function listTaken(pool: pg.Pool): Promise<string[]> {
  return (await pool.query<{ edge: string }>(TAKEN)).rows.map(({ edge }) => edge);
}
