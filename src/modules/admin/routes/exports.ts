import { Type } from "typebox";
import type { Act } from "../../../db/act.js";
import type { Db } from "../../../db/database.js";
import { adminAct } from "../../../http/act.js";
import { sendCsv } from "../../../http/send-csv.js";
import { sendJsonItems } from "../../../http/send-json-items.js";
import type { Server } from "../../../http/server.js";
import { rangeOf } from "../../../http/time-range.js";
import { writeCsv } from "../../../kernel/csv/write-csv.js";
import { MOVE_KINDS, type Range } from "../exports/money-moves.js";
import { cellsOf, type ExportedRow, readJournal, readSummary } from "../exports/read-exports.js";

const Query = Type.Object(
  {
    from: Type.Optional(
      Type.String({ maxLength: 40, description: "A date (UTC) or a date-time; inclusive" }),
    ),
    to: Type.Optional(Type.String({ maxLength: 40, description: "A date (UTC) or a date-time; exclusive" })),
    format: Type.Optional(Type.Enum(["csv", "json"] as const, { description: "csv by default" })),
  },
  { additionalProperties: false },
);

const TextOrNull = Type.Union([Type.String(), Type.Null()]);
const place = {
  plan_id: Type.Integer(),
  plan: Type.String({ description: "As it was sold" }),
};

const JournalRow = Type.Object(
  {
    day: Type.String({ description: "UTC" }),
    at: Type.String({ format: "date-time" }),
    kind: Type.Enum(MOVE_KINDS),
    direction: Type.Enum(["in", "out"] as const),
    amount: Type.String({
      description: "Decimal, without a sign; a fee or a cost with all the decimals that it was given with",
    }),
    amount_minor_units: Type.Integer({
      description: "Negative for what goes out; fees and costs are rounded",
    }),
    currency: Type.String(),
    order_id: Type.Integer(),
    order_reference: Type.String(),
    ...place,
    provider: TextOrNull,
    supplier: TextOrNull,
    reference: Type.Union([Type.String(), Type.Null()], {
      description: "Its name in the provider's or supplier's books",
    }),
  },
  { title: "MoneyMove" },
);

const SummaryRow = Type.Object(
  {
    day: Type.String({ description: "UTC" }),
    ...place,
    supplier: TextOrNull,
    provider: TextOrNull,
    currency: Type.String(),
    payments: Type.Integer(),
    paid_minor_units: Type.Integer(),
    refunded_minor_units: Type.Integer(),
    charged_back_minor_units: Type.Integer({ description: "Disputes that were lost" }),
    fees: Type.String({ description: "Decimal, exact: what the payment provider kept" }),
    fees_minor_units: Type.Integer({ description: "Rounded" }),
    cost: Type.String({ description: "Decimal, exact: what suppliers were paid and did not give back" }),
    cost_minor_units: Type.Integer({ description: "Rounded" }),
    margin_minor_units: Type.Integer({
      description: "In this currency: fees and costs in another are in another row",
    }),
  },
  { title: "MoneySums" },
);

type Note = (act: Act, name: string, query: object) => Promise<void>;

interface MoneyExport {
  readonly name: "journal" | "summary";
  readonly operationId: string;
  readonly summary: string;
  readonly row: typeof JournalRow | typeof SummaryRow;
  read(db: Db, range: Range): AsyncIterable<readonly ExportedRow[]>;
}

const EXPORTS: readonly MoneyExport[] = [
  {
    name: "journal",
    operationId: "exportMoneyJournal",
    summary: "Every movement of money: payments, refunds, lost disputes, fees, costs",
    row: JournalRow,
    read: readJournal,
  },
  {
    name: "summary",
    operationId: "exportMoneySummary",
    summary: "Payments, refunds, fees, costs and margin by day, plan, supplier, provider and currency",
    row: SummaryRow,
    read: readSummary,
  },
];

/** What accountants take away: sums that are those of the providers' and suppliers' own books. */
export function registerMoneyExports(app: Server, deps: { db: Db; noteExport: Note }): void {
  for (const one of EXPORTS) registerMoneyExport(app, deps, one);
}

function registerMoneyExport(
  app: Server,
  { db, noteExport }: { db: Db; noteExport: Note },
  { name, operationId, summary, row, read }: MoneyExport,
): void {
  const columns = Object.keys(row.properties);
  app.get(
    `/admin/exports/${name}`,
    {
      config: { access: "admin", permission: "payments.read" },
      schema: {
        tags: ["Administration"],
        operationId,
        summary,
        description: "Read a page at a time while it is sent. Fees are those that reconciliation has read.",
        querystring: Query,
        response: {
          200: {
            description: "CSV in UTF-8, or JSON",
            content: {
              "text/csv": { schema: Type.String() },
              "application/json": { schema: Type.Object({ items: Type.Array(row) }) },
            },
          },
        },
      },
    },
    async (request, reply) => {
      const { format, ...query } = request.query;
      const pages = read(db, rangeOf(query));
      await noteExport(adminAct(request), `exports:${name}`, request.query);
      if (format === "json") return sendJsonItems(reply, pages);
      return sendCsv(reply, `${name}.csv`, writeCsv(columns, cellsOf(pages, columns)));
    },
  );
}
