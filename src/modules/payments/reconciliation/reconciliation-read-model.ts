import type { Queryable } from "../../../db/database.js";
import { statement } from "../../../db/database.js";
import { containsPattern, listStatements, readListPage } from "../../../db/list-sql.js";
import { PAGE_ROWS, readPages } from "../../../db/read-pages.js";
import type { TimeRange } from "../../../http/time-range.js";
import type { ListPage, ListRequest } from "../../../kernel/list-page.js";

export interface FindingRow {
  readonly id: number;
  readonly provider: string;
  readonly class: string;
  readonly subject: string;
  readonly action: string;
  readonly payment_id: number | null;
  readonly order_id: number | null;
  readonly detail: Readonly<Record<string, unknown>>;
  readonly found_at: string;
  readonly seen_at: string;
  readonly closed_at: string | null;
}

const COLUMNS =
  "id, provider, class, subject, action, payment_id, order_id, detail, found_at, seen_at, closed_at";

export const FINDING_SORTS = { id: "id", found_at: "found_at", class: "class" } as const;

const FILTERED = `from reconciliation_findings
    where (subject ilike $1 or order_id::text ilike $1) and ($2::text is null or class = $2)
      and ($3::boolean is null or (closed_at is null) = $3)
      and ($4::timestamptz is null or found_at >= $4) and ($5::timestamptz is null or found_at < $5)`;

export interface FindingFilter extends TimeRange {
  readonly q: string;
  readonly findingClass: string | null;
  readonly isOpen: boolean | null;
}

const valuesOf = ({ q, findingClass, isOpen, from, to }: FindingFilter) => [
  containsPattern(q),
  findingClass,
  isOpen,
  from,
  to,
];

const LIST = listStatements({
  name: "reconciliation.findings",
  select: COLUMNS,
  from: FILTERED,
  parameters: 5,
  sortable: FINDING_SORTS,
  id: "id",
});

export function listFindings(
  db: Queryable,
  request: ListRequest<keyof typeof FINDING_SORTS>,
  filter: FindingFilter,
): Promise<ListPage<FindingRow>> {
  return readListPage<FindingRow, keyof typeof FINDING_SORTS>(db, LIST, request, valuesOf(filter));
}

const PAGE = statement(
  "reconciliation.page_of_findings",
  `select ${COLUMNS} ${FILTERED} and id < $6 order by id desc limit $7`,
);

/** Every finding that the list would show, the newest first. */
export function findingsInPages(db: Queryable, filter: FindingFilter): AsyncGenerator<readonly FindingRow[]> {
  const readPage = async (id: number) =>
    (await db.run<FindingRow>(PAGE, [...valuesOf(filter), id, PAGE_ROWS])).rows;
  return readPages(readPage, Number.MAX_SAFE_INTEGER, ({ id }) => id);
}

export interface RunRow {
  readonly provider: string;
  readonly since: string;
  readonly applies: boolean;
  readonly started_at: string;
  readonly finished_at: string | null;
  readonly failure: string | null;
  readonly intents_seen: number;
  readonly refunds_seen: number;
}

const LAST_RUNS = statement(
  "reconciliation.last_runs",
  `select distinct on (provider) provider, since, applies, started_at, finished_at, failure, intents_seen, refunds_seen
   from reconciliation_runs order by provider, started_at desc`,
);

/** The newest run of each provider. */
export async function listLastRuns(db: Queryable): Promise<readonly RunRow[]> {
  return (await db.run<RunRow>(LAST_RUNS)).rows;
}

const SECONDS_SINCE_RUN = statement(
  "reconciliation.seconds_since_run",
  `select coalesce(max(greatest(0, extract(epoch from now() - coalesce(good.at, first.at)) - p.spare)), 0)::float8 as seconds
   from unnest($1::text[], $2::integer[]) as p (provider, spare)
   left join lateral (
     select started_at as at from reconciliation_runs r
     where r.provider = p.provider and failure is null and finished_at is not null order by started_at desc limit 1
   ) good on true
   left join lateral (
     select min(started_at) as at from reconciliation_runs r where r.provider = p.provider) first on true`,
);

export interface ComparedProvider {
  readonly name: string;
  /** Its interval is longer by so much. */
  readonly spareSeconds: number;
}

/** For the gap alarm: how long ago a comparison last went through, of the provider for which it is longest. */
export async function secondsSinceLastRun(
  db: Queryable,
  providers: readonly ComparedProvider[],
): Promise<number> {
  const values = [providers.map(({ name }) => name), providers.map(({ spareSeconds }) => spareSeconds)];
  return (await db.run<{ seconds: number }>(SECONDS_SINCE_RUN, values)).rows[0]?.seconds ?? 0;
}
