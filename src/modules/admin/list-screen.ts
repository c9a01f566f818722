import { type TObject, type TProperties, Type } from "typebox";
import type { Db } from "../../db/database.js";
import { containsPattern, listStatements, readListPage } from "../../db/list-sql.js";
import { listAnswer, listOf, listQuery, listRequestOf } from "../../http/list-query.js";
import type { Server } from "../../http/server.js";
import type { SortOrder } from "../../kernel/list-page.js";
import type { Permission } from "../../kernel/permissions.js";

/** A list for operators: what it selects, what may be searched, filtered and sorted. */
export interface ListScreen {
  /** "orders" is served at /admin/orders and names its statements. */
  readonly name: string;
  readonly permission: Permission;
  /** Its name in the OpenAPI document. */
  readonly operationId: string;
  readonly summary: string;
  /** One member per selected column, under the wire's name. */
  readonly item: TObject;
  /** `expression as wire_name, …` */
  readonly select: string;
  /** `table t join …`, without `from`. */
  readonly from: string;
  /** SQL texts that `q` is looked for in. */
  readonly searched: readonly string[];
  /** Equality filters: the query's name and the SQL text that must equal it. */
  readonly filters?: Readonly<Record<string, string>>;
  readonly sortable: Readonly<Record<string, string>>;
  readonly sortedBy: string;
  readonly sortOrder?: SortOrder;
  /** The column that makes the order total. */
  readonly id: string;
}

/** Serves a list by the conventions of http/list-query.ts, in two statements whatever its length. */
export function registerListScreen(app: Server, db: Db, screen: ListScreen): void {
  const filters = Object.entries(screen.filters ?? {});
  const conditions = [
    screen.searched.length === 0
      ? "$1::text is not null"
      : `(${screen.searched.map((text) => `${text} ilike $1`).join(" or ")})`,
    ...filters.map(([, text], index) => `($${index + 2}::text is null or ${text} = $${index + 2}::text)`),
  ];
  const statements = listStatements({
    name: `admin.${screen.name.replaceAll("-", "_")}`,
    select: screen.select,
    from: `from ${screen.from} where ${conditions.join(" and ")}`,
    parameters: 1 + filters.length,
    sortable: screen.sortable,
    id: screen.id,
  });
  const filterSchemas: TProperties = Object.fromEntries(
    filters.map(([name]) => [name, Type.Optional(Type.String({ maxLength: 100 }))]),
  );
  app.get(
    `/admin/${screen.name}`,
    {
      config: { access: "admin", permission: screen.permission },
      schema: {
        tags: ["Administration"],
        operationId: screen.operationId,
        summary: screen.summary,
        querystring: listQuery(Object.keys(screen.sortable), filterSchemas),
        response: { 200: listOf(screen.item) },
      },
    },
    async (request) => {
      const query = request.query as Readonly<Record<string, string | undefined>>;
      const defaults = { sortBy: screen.sortedBy, sortOrder: screen.sortOrder ?? ("desc" as const) };
      const wanted = listRequestOf(request.query, defaults);
      const values = [containsPattern(wanted.q), ...filters.map(([name]) => query[name] ?? null)];
      const page = await readListPage<Record<string, unknown>, string>(db, statements, wanted, values);
      return listAnswer(page, wanted, (row) => row);
    },
  );
}
