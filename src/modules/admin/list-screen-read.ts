import { createHash } from "node:crypto";
import { type Db, type Queryable, type Statement, statement } from "../../db/database.js";
import type { ListPage, ListRequest } from "../../kernel/list-page.js";
import type { ListScreen } from "./list-screen-definition.js";
import type { Where } from "./list-screen-where.js";

/** Up to here a list says how long it is; counting a million rows for one page would take longer than the page. */
const COUNTED_MAX = 10_000;
/**
 * The planner takes an unknown limit for a tenth of the table and sorts all of it. So rows are chosen by a limit that
 * stands in the text, the smallest of these that the page fits into, and the page is cut out of them.
 */
const CHOSEN = [200, 2_000, 20_000] as const;

/** What a list may be sorted by that can be missing. */
const NULLABLE: ReadonlySet<string> = new Set([
  "paid_at",
  "last_login_at",
  "provisioned_at",
  "done_at",
  "taken_at",
]);

export type ScreenRow = Readonly<Record<string, unknown>>;

export interface ScreenPage extends ListPage<ScreenRow> {
  readonly totalIsEstimate: boolean;
  readonly nextCursor: number | null;
}

/** A name of its own for each text, since a connection keeps what it has prepared by its name. */
export function screenStatement(screen: ListScreen, what: string, text: string): Statement {
  const hash = createHash("sha256").update(text).digest("base64url").slice(0, 10);
  return statement(`admin.${screen.name.replaceAll("-", "_")}_${what}_${hash}`, text);
}

/** A list wants the first rows in some order, which is never found sooner by reading all of a large table. */
const BY_INDEX = statement("admin.read_by_index", "select set_config('enable_seqscan', 'off', true)");

export async function readScreen(
  db: Db,
  screen: ListScreen,
  request: { readonly where: Where; readonly wanted: ListRequest; readonly after: number | null },
): Promise<ScreenPage> {
  const { where, wanted, after } = request;
  const { total, rows } = await db.transaction(async (tx) => {
    await tx.run(BY_INDEX);
    const page = screenStatement(screen, "page", pageText(screen, where, wanted, after !== null));
    const values = [...where.values, ...(after === null ? [] : [after]), wanted.pageSize, offsetOf(wanted)];
    return {
      total: await countRows(tx, screen, where),
      rows: (await tx.run<ScreenRow>(page, values)).rows,
    };
  });
  const last = rows.at(-1)?.id;
  const goesOn = wanted.sortBy === "id" && rows.length === wanted.pageSize && typeof last === "number";
  return { rows, ...total, nextCursor: goesOn ? last : null };
}

const offsetOf = ({ page, pageSize }: ListRequest): number => (page - 1) * pageSize;

function pageText(screen: ListScreen, where: Where, wanted: ListRequest, hasCursor: boolean): string {
  const { id, from, select } = screen;
  const sort = screen.sortable[wanted.sortBy];
  if (sort === undefined) throw new Error(`${screen.name} cannot be sorted by ${wanted.sortBy}`);
  const order = wanted.sortOrder;
  const next = where.values.length + 1;
  const cursor = hasCursor ? ` and ${id} ${order === "desc" ? "<" : ">"} $${next}` : "";
  const [limit, offset] = hasCursor ? [next + 1, next + 2] : [next, next + 1];
  const needed = offsetOf(wanted) + wanted.pageSize;
  const chosen = CHOSEN.find((size) => needed <= size);
  // An index has its nulls at the other end for one of the two orders, and is of no use then.
  const nulls = NULLABLE.has(wanted.sortBy) ? " nulls last" : "";
  const isById = sort === id;
  const sorted = (key: string, column: string): string =>
    isById ? `order by ${column} ${order}` : `order by ${key} ${order}${nulls}, ${column} ${order}`;
  return `select ${select} from ${from}
    where ${id} = any (array(
      select chosen.id from (
        select ${id} as id, ${sort} as key from ${from} where ${where.text}${cursor}
        ${sorted(sort, id)}${chosen === undefined ? "" : ` limit ${chosen}`}
      ) chosen ${sorted("chosen.key", "chosen.id")} limit $${limit} offset $${offset}))
    ${sorted(sort, id)}`;
}

interface Total {
  readonly total: number;
  readonly totalIsEstimate: boolean;
}

async function countRows(db: Queryable, screen: ListScreen, where: Where): Promise<Total> {
  const rows = `select 1 from ${screen.from} where ${where.text}`;
  const count = screenStatement(
    screen,
    "count",
    `select count(*) as total from (${rows} order by ${screen.id} limit ${COUNTED_MAX + 1}) counted`,
  );
  const total = (await db.run<{ total: number }>(count, where.values)).rows[0]?.total ?? 0;
  if (total <= COUNTED_MAX) return { total, totalIsEstimate: false };
  const plan = screenStatement(screen, "estimate", `explain (format json) ${rows}`);
  const { rows: told } = await db.run<{
    "QUERY PLAN": readonly { readonly Plan: { readonly "Plan Rows": number } }[];
  }>(plan, where.values);
  const estimate = told[0]?.["QUERY PLAN"][0]?.Plan["Plan Rows"] ?? 0;
  return { total: Math.max(total, Math.round(estimate)), totalIsEstimate: true };
}

/** The newest rows of a list that belong to something, for its page. */
export async function readRowsOf(
  db: Queryable,
  screen: ListScreen,
  condition: string,
  value: number,
  rowsMax = 20,
): Promise<readonly ScreenRow[]> {
  const { id, from, select } = screen;
  const text = `select ${select} from ${from} where ${condition.replaceAll("%", "$1::bigint")} order by ${id} desc limit ${rowsMax}`;
  return (await db.run<ScreenRow>(screenStatement(screen, "of", text), [value])).rows;
}
