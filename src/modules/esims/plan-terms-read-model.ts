import { type Queryable, statement } from "../../db/database.js";

/** What a plan's suppliers say of its eSIMs, as a traveller asks before buying. */
export interface PlanTerms {
  readonly plan_id: number;
  /** Unused for so many days an eSIM lapses: the least of the suppliers that can be asked. */
  readonly use_within_days: number | null;
  /** What begins the plan's days; null where a supplier does not say. Where they differ, the earlier beginning. */
  readonly validity_starts: "installation" | "first_use" | null;
}

const PLAN_TERMS = statement(
  "esims.plan_terms",
  `select plan_id, min(use_within_days) as use_within_days,
     case when bool_or(validity_starts = 'installation') then 'installation'
       when bool_and(validity_starts is not null) then 'first_use' end as validity_starts
   from plan_suppliers where plan_id = any($1::bigint[]) and paused_at is null
   group by plan_id`,
);

/** Plans that no supplier is named for are left out. */
export async function listPlanTerms(
  db: Queryable,
  planIds: readonly number[],
): Promise<ReadonlyMap<number, PlanTerms>> {
  const { rows } = await db.run<PlanTerms>(PLAN_TERMS, [planIds]);
  return new Map(rows.map((row) => [row.plan_id, row]));
}
