import { type Static, Type } from "typebox";
import { listAnswer, listOf, listQuery, listRequestOf } from "../../../http/list-query.js";
import { sendCsv } from "../../../http/send-csv.js";
import type { Server } from "../../../http/server.js";
import { rangeMembers, rangeOf } from "../../../http/time-range.js";
import type { CsvValue } from "../../../kernel/csv/csv-cell.js";
import { writeCsv } from "../../../kernel/csv/write-csv.js";
import type { ListPage, ListRequest } from "../../../kernel/list-page.js";
import { FINDING_CLASSES } from "../reconciliation/finding-classes.js";
import {
  FINDING_SORTS,
  type FindingFilter,
  type FindingRow,
  type RunRow,
} from "../reconciliation/reconciliation-read-model.js";

const Finding = Type.Object({
  id: Type.Integer(),
  provider: Type.String(),
  class: Type.String(),
  subject: Type.String(),
  action: Type.String(),
  payment_id: Type.Union([Type.Integer(), Type.Null()]),
  order_id: Type.Union([Type.Integer(), Type.Null()]),
  detail: Type.Record(Type.String(), Type.Unknown()),
  found_at: Type.String(),
  seen_at: Type.String(),
  closed_at: Type.Union([Type.String(), Type.Null()]),
});

const Run = Type.Object({
  provider: Type.String(),
  since: Type.String(),
  applies: Type.Boolean(),
  started_at: Type.String(),
  finished_at: Type.Union([Type.String(), Type.Null()]),
  failure: Type.Union([Type.String(), Type.Null()]),
  intents_seen: Type.Integer(),
  refunds_seen: Type.Integer(),
});

const Answer = Type.Object({ ...listOf(Finding).properties, runs: Type.Array(Run) });

const SORTS = Object.keys(FINDING_SORTS) as (keyof typeof FINDING_SORTS)[];

const filterMembers = {
  class: Type.Optional(Type.Union(FINDING_CLASSES.map((name) => Type.Literal(name)))),
  is_open: Type.Optional(Type.Boolean()),
  ...rangeMembers,
};
const ExportQuery = Type.Object(
  { q: Type.Optional(Type.String({ maxLength: 200 })), ...filterMembers },
  { additionalProperties: false },
);

const filterOf = (query: Static<typeof ExportQuery>): FindingFilter => ({
  q: query.q ?? "",
  findingClass: query.class ?? null,
  isOpen: query.is_open ?? null,
  ...rangeOf(query),
});

export interface ReconciliationDeps {
  readonly listFindings: (
    request: ListRequest<keyof typeof FINDING_SORTS>,
    filter: FindingFilter,
  ) => Promise<ListPage<FindingRow>>;
  readonly findingsInPages: (filter: FindingFilter) => AsyncIterable<readonly FindingRow[]>;
  readonly listLastRuns: () => Promise<readonly RunRow[]>;
}

const COLUMNS = [
  "id",
  "provider",
  "class",
  "subject",
  "action",
  "payment_id",
  "order_id",
  "found_at",
  "seen_at",
  "closed_at",
] as const;

export function registerReconciliation(app: Server, deps: ReconciliationDeps): void {
  app.get(
    "/admin/reconciliation",
    {
      config: { access: "admin", permission: "reconciliation.read" },
      schema: {
        tags: ["Administration"],
        operationId: "listFindings",
        summary: "Where our books and the provider's differ, and the last comparison of each provider",
        querystring: listQuery(SORTS, filterMembers),
        response: { 200: Answer },
      },
    },
    async (request): Promise<Static<typeof Answer>> => {
      const wanted = listRequestOf(request.query, { sortBy: "id", sortOrder: "desc" });
      const page = await deps.listFindings(wanted, filterOf(request.query));
      return {
        ...listAnswer(page, wanted, (row) => ({ ...row })),
        runs: (await deps.listLastRuns()).map((run) => ({ ...run })),
      };
    },
  );
  app.get(
    "/admin/reconciliation/export",
    {
      config: { access: "admin", permission: "reconciliation.read" },
      schema: {
        tags: ["Administration"],
        operationId: "exportFindings",
        summary: "The findings of reconciliation: what is filtered, as CSV, newest first",
        querystring: ExportQuery,
        response: {
          200: { description: "CSV in UTF-8", content: { "text/csv": { schema: Type.String() } } },
        },
      },
    },
    (request, reply) => {
      const pages = deps.findingsInPages(filterOf(request.query));
      return sendCsv(reply, "reconciliation.csv", writeCsv([...COLUMNS, "detail"], inCells(pages)));
    },
  );
}

async function* inCells(pages: AsyncIterable<readonly FindingRow[]>): AsyncGenerator<CsvValue[][]> {
  for await (const page of pages) {
    yield page.map((row) => [...COLUMNS.map((column) => row[column]), JSON.stringify(row.detail)]);
  }
}
