import type { ListPage, ListRequest, SortOrder } from "../kernel/list-page.js";
import { type Queryable, type Statement, statement, type Values } from "./database.js";

/** The pattern for `ilike` that finds `text` anywhere; `%`, `_` and `\` in it are themselves. */
export function containsPattern(text: string): string {
  return `%${text.replace(/[\\%_]/g, "\\$&")}%`;
}

export interface ListStatements<SortKey extends string> {
  readonly count: Statement;
  page(sortBy: SortKey, sortOrder: SortOrder): Statement;
}

/**
 * The two statements of a list. `sortable` is the allow-list: what a client may sort by and the SQL expression for
 * it; nothing that a client sends becomes SQL text. `from` is `from … where …` with parameters $1 to $n; the page
 * adds limit and offset behind them. `id` is the column that makes the order total, so that pages do not overlap.
 */
export function listStatements<SortKey extends string>(options: {
  readonly name: string;
  readonly select: string;
  readonly from: string;
  readonly parameters: number;
  readonly sortable: Readonly<Record<SortKey, string>>;
  readonly id: string;
}): ListStatements<SortKey> {
  const { name, select, from, parameters, sortable, id } = options;
  const limits = `limit $${parameters + 1} offset $${parameters + 2}`;
  const pages = new Map<string, Statement>();
  for (const [key, expression] of Object.entries<string>(sortable)) {
    for (const order of ["asc", "desc"] as const) {
      const text = `select ${select} ${from} order by ${expression} ${order} nulls last, ${id} ${order} ${limits}`;
      pages.set(`${key} ${order}`, statement(`${name}_by_${key}_${order}`, text));
    }
  }
  return {
    count: statement(`${name}_count`, `select count(*) as total ${from}`),
    page(sortBy, sortOrder) {
      const found = pages.get(`${sortBy} ${sortOrder}`);
      if (found === undefined) throw new Error(`${name} cannot be sorted by ${sortBy}`);
      return found;
    },
  };
}

/** Reads one page: two statements, however long the list is. `values` are those of `from`. */
export async function readListPage<Row, SortKey extends string>(
  db: Queryable,
  statements: ListStatements<SortKey>,
  request: ListRequest<SortKey>,
  values: Values,
): Promise<ListPage<Row>> {
  const counted = await db.run<{ total: number }>(statements.count, values);
  const offset = (request.page - 1) * request.pageSize;
  const { rows } = await db.run<Row>(statements.page(request.sortBy, request.sortOrder), [
    ...values,
    request.pageSize,
    offset,
  ]);
  return { rows, total: counted.rows[0]?.total ?? 0 };
}
