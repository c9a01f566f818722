import { type Db, statement } from "../../db/database.js";

const COLUMNS = `a.id, a.number, a.reference, a.supplier, a.package_id, a.status, a.supplier_order_id, a.reason, a.detail,
     a.lookups, a.cost_text, a.cost_currency, a.call_millis, a.created_at, a.decided_at, a.decided_by`;
const ATTEMPTS = statement(
  "esims.attempts_of_profile",
  `select ${COLUMNS} from provisioning_attempts a where a.profile_id = $1 order by a.number`,
);
const TOP_UP_ATTEMPTS = statement(
  "esims.attempts_of_top_up",
  `select ${COLUMNS} from provisioning_attempts a where a.top_up_id = $1 order by a.number`,
);

export type AttemptEvidence = Readonly<Record<string, string | number | null>>;

/** Every purchase that was begun, with what was seen. Codes are in none of its columns. */
export async function listAttempts(db: Db, profileId: number): Promise<readonly AttemptEvidence[]> {
  return (await db.run<AttemptEvidence>(ATTEMPTS, [profileId])).rows;
}

export async function listTopUpAttempts(db: Db, topUpId: number): Promise<readonly AttemptEvidence[]> {
  return (await db.run<AttemptEvidence>(TOP_UP_ATTEMPTS, [topUpId])).rows;
}

const SUPPLIERS = statement(
  "esims.supplier_report",
  `select s.supplier, a.balance_text, a.balance_currency, a.balance_read_at, a.problem, a.problem_since,
     a.catalogue_read_at, a.catalogue_problem, a.catalogue_problem_since,
     count(t.id) filter (where t.status <> 'intended') as purchases,
     count(t.id) filter (where t.status in ('refused', 'parked') or (t.status = 'unknown')) as not_delivered,
     percentile_cont(0.5) within group (order by t.call_millis) as median_millis,
     percentile_cont(0.95) within group (order by t.call_millis) as p95_millis,
     (select count(*) from plan_suppliers p where p.supplier = s.supplier and p.paused_at is not null) as paused_plans
   from unnest($1::text[]) as s(supplier)
   left join supplier_accounts a on a.supplier = s.supplier
   left join provisioning_attempts t on t.supplier = s.supplier and t.created_at > now() - interval '24 hours'
   group by s.supplier, a.supplier order by s.supplier`,
);

export interface SupplierReport {
  readonly supplier: string;
  readonly balance_text: string | null;
  readonly balance_currency: string | null;
  readonly balance_read_at: string | null;
  readonly problem: string | null;
  readonly problem_since: string | null;
  readonly catalogue_read_at: string | null;
  readonly catalogue_problem: string | null;
  readonly catalogue_problem_since: string | null;
  readonly purchases: number;
  readonly not_delivered: number;
  readonly median_millis: number | null;
  readonly p95_millis: number | null;
  readonly paused_plans: number;
}

/** Balance, and of the last 24 hours how many purchases did not deliver and how long calls took. */
export async function reportSuppliers(
  db: Db,
  suppliers: readonly string[],
): Promise<readonly SupplierReport[]> {
  return (await db.run<SupplierReport>(SUPPLIERS, [suppliers])).rows;
}

export interface SupplierPoint {
  readonly supplier: string;
  readonly at: string;
  readonly purchases: number;
  readonly not_delivered: number;
  readonly median_millis: number | null;
  readonly p95_millis: number | null;
  readonly balance_text: string | null;
  readonly balance_currency: string | null;
}

const READ = statement(
  "esims.supplier_history",
  `select h.supplier, date_trunc($2, h.hour, 'UTC') as at, sum(h.purchases)::integer as purchases,
     sum(h.not_delivered)::integer as not_delivered,
     (sum(h.median_millis::bigint * h.purchases) / nullif(sum(h.purchases) filter (where h.median_millis is not null), 0))::integer as median_millis,
     max(h.p95_millis) as p95_millis,
     (array_agg(h.balance::text order by h.hour desc) filter (where h.balance is not null))[1] as balance_text,
     (array_agg(h.balance_currency order by h.hour desc) filter (where h.balance is not null))[1] as balance_currency
   from supplier_hours h
   where h.supplier = any ($3::text[]) and h.hour >= date_trunc($2, now() - make_interval(days => $1::integer), 'UTC')
   group by 1, 2 order by 1, 2`,
);

/** Oldest first. A time with neither a purchase nor a balance has no point. */
export async function readSupplierHistory(
  db: Db,
  asked: { readonly days: number; readonly step: "hour" | "day"; readonly suppliers: readonly string[] },
): Promise<readonly SupplierPoint[]> {
  return (await db.run<SupplierPoint>(READ, [asked.days, asked.step, asked.suppliers])).rows;
}
