import { type TObject, type TProperties, Type } from "typebox";
import type { Act } from "../../db/act.js";
import type { Db } from "../../db/database.js";
import { adminAct } from "../../http/act.js";
import { listAnswer, listQuery, listRequestOf } from "../../http/list-query.js";
import { sendCsv } from "../../http/send-csv.js";
import type { Server } from "../../http/server.js";
import { rangeMembers } from "../../http/time-range.js";
import { AppError } from "../../kernel/errors.js";
import type { ListFilter, ListScreen, ScreenQuery } from "./list-screen-definition.js";
import { exportScreen } from "./list-screen-export.js";
import { readScreen } from "./list-screen-read.js";
import { conditionsOf, onRecord } from "./list-screen-where.js";

const Cursor = Type.Optional(
  Type.Integer({
    minimum: 1,
    maximum: Number.MAX_SAFE_INTEGER,
    description: "The `next_cursor` of the answer before, in place of `page`; for lists sorted by id",
  }),
);

function answerOf(item: TObject) {
  return Type.Object({
    items: Type.Array(item),
    total: Type.Integer({ description: "Exact up to 10,000" }),
    total_is_estimate: Type.Boolean(),
    page: Type.Integer(),
    page_size: Type.Integer(),
    total_pages: Type.Integer(),
    next_cursor: Type.Union([Type.Integer(), Type.Null()]),
  });
}

/** Serves a list by the conventions of http/list-query.ts, in three statements whatever its length, and its CSV. */
export function registerListScreen(
  app: Server,
  db: Db,
  screen: ListScreen,
  noteExport: (act: Act, name: string, query: object) => Promise<void>,
): void {
  const sortKeys = Object.keys(screen.sortable);
  const filters: TProperties = { ...filterSchemas(screen), ...rangeMembers };
  app.get(
    `/admin/${screen.name}`,
    {
      config: { access: "admin", permission: screen.permission },
      schema: {
        tags: ["Administration"],
        operationId: screen.operationId,
        summary: screen.summary,
        querystring: listQuery(sortKeys, { ...filters, cursor: Cursor }),
        response: { 200: answerOf(screen.item) },
      },
    },
    async (request) => {
      const query = request.query as ScreenQuery & { readonly page?: number; readonly cursor?: number };
      const defaults = { sortBy: screen.sortedBy, sortOrder: screen.sortOrder ?? ("desc" as const) };
      const wanted = listRequestOf(request.query, defaults);
      const { cursor } = query;
      if (cursor !== undefined && (wanted.sortBy !== "id" || query.page !== undefined)) {
        throw new AppError(
          "validation_failed",
          "A cursor goes on in the order of ids: send no page with it.",
          {
            errors: [{ pointer: "/query/cursor", message: "needs sort_by=id and no page" }],
          },
        );
      }
      const where = await conditionsOf(db, screen, query);
      const page = await readScreen(db, screen, { where, wanted, after: cursor ?? null });
      return {
        ...listAnswer(page, wanted, (row) => row),
        total_is_estimate: page.totalIsEstimate,
        next_cursor: page.nextCursor,
      };
    },
  );
  app.get(
    `/admin/${screen.name}/export`,
    {
      config: { access: "admin", permission: screen.permission, stepUp: holdsPersons(screen) },
      schema: {
        tags: ["Administration"],
        operationId: screen.operationId.replace(/^list/, "export"),
        summary: `${screen.summary}: what is filtered, as CSV, newest first`,
        querystring: Type.Object(
          { q: Type.Optional(Type.String({ maxLength: 200 })), ...filters },
          { additionalProperties: false },
        ),
        response: {
          200: { description: "CSV in UTF-8", content: { "text/csv": { schema: Type.String() } } },
        },
      },
    },
    async (request, reply) => {
      const query = request.query as ScreenQuery;
      const where = await conditionsOf(db, screen, query);
      await noteExport(adminAct(request), screen.name, onRecord(screen, query, where));
      return sendCsv(reply, `${screen.name}.csv`, exportScreen(db, screen, where));
    },
  );
}

/** Who takes all of it along takes people's addresses along, or what they did. */
const holdsPersons = ({ item }: ListScreen): boolean =>
  ["email", "user", "actor"].some((member) => member in item.properties);

function filterSchemas({ filters = {} }: ListScreen): TProperties {
  return Object.fromEntries(
    Object.entries(filters).map(([name, { type }]) => [name, Type.Optional(schemaOf(type))]),
  );
}

function schemaOf(type: ListFilter["type"]) {
  if (type === "integer") return Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER });
  return type === "flag" ? Type.Boolean() : Type.String({ maxLength: 100 });
}
