import { type Queryable, statement } from "../../../db/database.js";
import { listStatements, readListPage } from "../../../db/list-sql.js";
import type { ListPage, ListRequest } from "../../../kernel/list-page.js";
import type { Margin, PlanState, SyncStep } from "./diff-plans.js";
import type { SyncEnds, SyncRow } from "./sync-store.js";

/**
 * SQL: of a synchronisation `s` something waits for a person, all of it or single steps. A newer one takes the place of
 * what an older one had found.
 */
export const SYNC_WAITS = `s.id = (select max(id) from catalogue_syncs) and (
     (s.state = 'ready' and s.held_reason is not null)
     or (s.state in ('ready', 'done') and exists (
       select from catalogue_sync_steps held where held.sync_id = s.id and held.held_reason is not null
         and held.applied_at is null and held.skipped_reason is null)))`;

export type SyncListRow = Omit<SyncRow, "findings">;

const COLUMNS =
  "s.id, s.state, s.actor, s.counts, s.held_reason, s.accepts_held, s.created_at, s.finished_at";

const LIST = listStatements<"id">({
  name: "supply.syncs",
  select: COLUMNS,
  from: "from catalogue_syncs s where true",
  parameters: 0,
  sortable: { id: "s.id" },
  id: "s.id",
});

export const listSyncs = (db: Queryable, request: ListRequest<"id">): Promise<ListPage<SyncListRow>> =>
  readListPage(db, LIST, request, []);

export interface SyncStepRow {
  readonly position: number;
  readonly kind: SyncStep["kind"];
  readonly sku: string;
  readonly name: string;
  readonly before: PlanState | null;
  readonly prices: Readonly<Record<string, number>>;
  readonly margins: Readonly<Record<string, Margin>>;
  readonly suppliers: readonly string[] | null;
  readonly paused_reason: string | null;
  readonly held_reason: string | null;
  readonly applied_at: string | null;
  readonly skipped_reason: string | null;
}

export interface SyncDetail extends SyncRow {
  readonly ends: SyncEnds;
  /** The first 200. */
  readonly steps: readonly SyncStepRow[];
}

const FIND = statement(
  "supply.find_sync",
  `select ${COLUMNS}, s.findings,
     (select jsonb_build_object(
        'applied', count(*) filter (where t.applied_at is not null),
        'skipped', count(*) filter (where t.skipped_reason is not null),
        'waiting', count(*) filter (where t.applied_at is null and t.skipped_reason is null))
      from catalogue_sync_steps t where t.sync_id = s.id) as ends
   from catalogue_syncs s where s.id = $1`,
);

const STEPS = statement(
  "supply.steps_of_sync",
  `select position, kind, after->'draft'->>'sku' as sku, after->'draft'->>'name' as name, before,
     after->'draft'->'prices' as prices, coalesce(after->'margins', '{}') as margins, after->'draft'->>'paused_reason' as paused_reason,
     case when jsonb_typeof(after->'suppliers') = 'array' then
       array(select one->>'supplier' || ' ' || (one->>'packageId') from jsonb_array_elements(after->'suppliers') as one) end
       as suppliers,
     held_reason, applied_at, skipped_reason
   from catalogue_sync_steps where sync_id = $1 order by held_reason is null, position limit 200`,
);

export async function findSync(db: Queryable, id: number): Promise<SyncDetail | undefined> {
  const row = (await db.run<Omit<SyncDetail, "steps">>(FIND, [id])).rows[0];
  if (row === undefined) return undefined;
  return { ...row, steps: (await db.run<SyncStepRow>(STEPS, [id])).rows };
}
