import { type Queryable, statement } from "../../../db/database.js";
import { PAGE_ROWS } from "../../../db/read-pages.js";
import { amountMajor, exponentOf } from "../../../kernel/money.js";

/**
 * What moved money, for accountants: what came in, what went back, what a bank took back, what payment providers kept
 * and what suppliers were paid for what was kept. Each is one row of ours, and their sums are those of the providers'
 * and suppliers' books.
 */
export const MOVE_KINDS = ["payment", "refund", "chargeback", "fee", "cost"] as const;
export type MoveKind = (typeof MOVE_KINDS)[number];

export interface Range {
  readonly from: string | null;
  readonly to: string | null;
}

/** `minor` is null for a fee and a cost, which may come with more decimals than their currency has. */
const SOURCES: Readonly<Record<MoveKind, string>> = {
  // Money for a payment that had failed has the time at which we heard of it.
  payment: `select p.id, coalesce(p.succeeded_at, case when p.succeeded_at is null then (
       select min(w.applied_at) from webhook_events w
       where w.intent_id = p.intent_id and w.kind = 'intent_succeeded' and w.outcome = 'processed') end, p.failed_at) as at,
     p.order_id, p.provider, null::text as supplier, p.currency, p.captured_minor as minor, null::text as cost,
     p.intent_id as reference
   from payments p where p.captured_minor > 0`,
  refund: `select r.id, r.finished_at as at, r.order_id, p.provider, null::text, r.currency, r.amount_minor, null::text,
     r.provider_refund_id
   from refunds r join payments p on p.id = r.payment_id where r.status = 'succeeded'`,
  chargeback: `select d.id, d.closed_at as at, p.order_id, d.provider, null::text, d.currency, d.amount_minor, null::text,
     d.dispute_id
   from disputes d join payments p on p.id = d.payment_id where d.status = 'lost'`,
  // As the provider's own books say it, in the currency that it settles in; negative: given back.
  fee: `select f.id, f.booked_at, p.order_id, f.provider, null::text, f.currency, null::bigint, f.amount::text, f.fee_id
   from provider_fees f join payments p on p.id = f.payment_id`,
  // Bought and not given back, whether or not somebody has it.
  cost: `select a.id, coalesce(a.decided_at, a.called_at, a.created_at) as at, coalesce(e.order_id, t.order_id),
     (select y.provider from payments y where y.order_id = coalesce(e.order_id, t.order_id) and y.is_counted),
     a.supplier, a.cost_currency, null::bigint, a.cost_text, a.supplier_order_id
   from provisioning_attempts a left join esim_profiles e on e.id = a.profile_id left join top_ups t on t.id = a.top_up_id
   where a.status in ('delivered', 'surplus', 'parked') and a.cost_text ~ '^[0-9]+([.][0-9]+)?$'`,
};

/** A move's order, its plan as it was sold, and who delivered it. */
const OF_ORDER = `join orders o on o.id = m.order_id
   left join esim_profiles x on x.order_id = o.id left join top_ups u on u.order_id = o.id`;
const SUPPLIER = "coalesce(m.supplier, x.supplier, u.supplier)";
const NAMES = "(id, at, order_id, provider, supplier, currency, minor, cost, reference)";
const IN_RANGE = (from: string, to: string): string =>
  `m.at >= coalesce(${from}::timestamptz, '-infinity') and m.at < coalesce(${to}::timestamptz, 'infinity')`;

export interface MoneyMove {
  readonly id: number;
  readonly at: string;
  readonly order_id: number;
  readonly order_reference: string;
  readonly plan_id: number;
  readonly plan: string;
  readonly provider: string | null;
  readonly supplier: string | null;
  readonly currency: string;
  readonly minor: number | null;
  readonly cost: string | null;
  readonly reference: string | null;
}

const PAGE = Object.fromEntries(
  MOVE_KINDS.map((kind) => [
    kind,
    statement(
      `admin.moves_${kind}`,
      `select m.id, m.at, m.order_id, o.reference as order_reference, o.plan_id, o.plan_snapshot ->> 'name' as plan,
         m.provider, ${SUPPLIER} as supplier, m.currency, m.minor, m.cost, m.reference
       from (${SOURCES[kind]}) as m ${NAMES} ${OF_ORDER}
       where m.id > $3 and ${IN_RANGE("$1", "$2")} order by m.id limit ${PAGE_ROWS}`,
    ),
  ]),
);

/** The moves of one kind behind the one with id `after`. */
export async function listMoves(
  db: Queryable,
  kind: MoveKind,
  { from, to }: Range,
  after: number,
): Promise<readonly MoneyMove[]> {
  const page = PAGE[kind];
  if (page === undefined) throw new Error(`No moves of kind ${kind}`);
  return (await db.run<MoneyMove>(page, [from, to, after])).rows;
}

export interface MoveSums {
  readonly day: string;
  readonly plan_id: number;
  readonly plan: string;
  readonly supplier: string | null;
  readonly provider: string | null;
  readonly currency: string;
  readonly payments: number;
  readonly paid_minor: number;
  readonly refunded_minor: number;
  readonly charged_back_minor: number;
  /** Decimal, exact. */
  readonly fees: string;
  readonly cost: string;
}

const sumOf = (kind: MoveKind): string =>
  `coalesce(sum(m.minor) filter (where m.kind = '${kind}'), 0)::bigint`;
const exactSumOf = (kind: MoveKind): string =>
  `coalesce(sum(m.cost::numeric) filter (where m.kind = '${kind}'), 0)::text`;
const SUMS = statement(
  "admin.move_sums",
  `select to_char(m.at, 'YYYY-MM-DD') as day, o.plan_id, min(o.plan_snapshot ->> 'name') as plan,
     ${SUPPLIER} as supplier, m.provider, m.currency, count(*) filter (where m.kind = 'payment')::int as payments,
     ${sumOf("payment")} as paid_minor, ${sumOf("refund")} as refunded_minor,
     ${sumOf("chargeback")} as charged_back_minor, ${exactSumOf("fee")} as fees, ${exactSumOf("cost")} as cost
   from (${MOVE_KINDS.map((kind) => `select *, '${kind}' from (${SOURCES[kind]}) as one ${NAMES}`).join(" union all ")})
     as m (id, at, order_id, provider, supplier, currency, minor, cost, reference, kind) ${OF_ORDER}
   where ${IN_RANGE("$1", "$2")}
   group by 1, o.plan_id, ${SUPPLIER}, m.provider, m.currency
   order by 1, o.plan_id, 4, 5, 6`,
);

/** By day (UTC), plan, supplier, provider and currency. */
export async function sumMoves(db: Queryable, { from, to }: Range): Promise<readonly MoveSums[]> {
  return (await db.run<MoveSums>(SUMS, [from, to])).rows;
}

/** Minor units of a decimal amount, which may have more decimals than its currency: half a unit goes away from zero. */
export function roundedMinor(decimal: string, currency: string): number {
  const exponent = exponentOf(currency);
  const [whole = "0", fraction = ""] = decimal.replace("-", "").split(".");
  const digits = fraction.padEnd(exponent + 1, "0");
  const minor = Number(whole + digits.slice(0, exponent)) + (Number(digits[exponent]) >= 5 ? 1 : 0);
  return decimal.startsWith("-") && minor > 0 ? -minor : minor;
}

/** One row of the journal; what goes out is negative in minor units, and has no sign in the decimal text. */
export function journalRow(kind: MoveKind, move: MoneyMove) {
  const minor = move.minor ?? roundedMinor(move.cost ?? "0", move.currency);
  const isIn = kind === "payment" || move.cost?.startsWith("-") === true;
  return {
    day: move.at.slice(0, 10),
    at: move.at,
    kind,
    direction: isIn ? ("in" as const) : ("out" as const),
    amount: move.cost?.replace("-", "") ?? amountMajor(minor, move.currency),
    amount_minor_units: isIn ? Math.abs(minor) : -minor,
    currency: move.currency,
    order_id: move.order_id,
    order_reference: move.order_reference,
    plan_id: move.plan_id,
    plan: move.plan,
    provider: move.provider,
    supplier: move.supplier,
    reference: move.reference,
  };
}

/** `margin_minor_units` is what is left of what came in, in the row's own currency. */
export function summaryRow(sums: MoveSums) {
  const fees = roundedMinor(sums.fees, sums.currency);
  const cost = roundedMinor(sums.cost, sums.currency);
  const { paid_minor, refunded_minor, charged_back_minor } = sums;
  return {
    day: sums.day,
    plan_id: sums.plan_id,
    plan: sums.plan,
    supplier: sums.supplier,
    provider: sums.provider,
    currency: sums.currency,
    payments: sums.payments,
    paid_minor_units: paid_minor,
    refunded_minor_units: refunded_minor,
    charged_back_minor_units: charged_back_minor,
    fees: sums.fees,
    fees_minor_units: fees,
    cost: sums.cost,
    cost_minor_units: cost,
    margin_minor_units: paid_minor - refunded_minor - charged_back_minor - fees - cost,
  };
}
