import { type Static, Type } from "typebox";
import type { CurrentSetting } from "../../../config/run-time-settings.js";
import type { Db } from "../../../db/database.js";
import { callerOf } from "../../../http/caller.js";
import type { Server } from "../../../http/server.js";
import { AppError } from "../../../kernel/errors.js";
import type { Permission } from "../../../kernel/permissions.js";
import {
  flag,
  id,
  integerOrNull,
  minor,
  text,
  textOrNull,
  time,
  timeOrNull,
} from "../screens/column-types.js";
import { readSales, readSummaryParts, readWhatWaits, WAITING_MAX } from "../summary-read-model.js";

const Summary = Type.Object({
  since: time,
  attention: Type.Array(
    Type.Object({ kind: text, count: Type.Integer(), is_capped: flag, oldest_at: timeOrNull }),
  ),
  disputes: Type.Array(
    Type.Object({
      id,
      order_id: id,
      payment_id: id,
      dispute_id: text,
      status: text,
      reason: text,
      currency: text,
      amount_minor_units: minor,
      created_at: time,
      respond_by: timeOrNull,
    }),
  ),
  low_stock: Type.Array(Type.Object({ plan_id: id, sku: text, name: text, available: Type.Integer() })),
  suppliers: Type.Array(
    Type.Object({
      supplier: text,
      balance_text: textOrNull,
      balance_currency: textOrNull,
      balance_minor_units: integerOrNull,
      balance_read_at: timeOrNull,
      problem: textOrNull,
      problem_since: timeOrNull,
      attempts: Type.Integer({ description: "Of the last 24 hours" }),
      refused: Type.Integer(),
      unknown: Type.Integer(),
    }),
  ),
  sales: Type.Array(
    Type.Object({
      currency: text,
      orders: Type.Integer(),
      revenue_minor_units: minor,
      refunded_minor_units: minor,
      cost_minor_units: integerOrNull,
      margin_minor_units: Type.Union([Type.Integer(), Type.Null()], {
        description: "Of the orders whose cost is known in their currency",
      }),
      orders_without_cost: Type.Integer(),
    }),
  ),
});

const SEEN_BY: Readonly<Record<string, Permission>> = {
  parked_events: "payments.read",
  parked_refunds: "payments.read",
  surplus_payments: "payments.read",
  parked_esims: "esims.read",
  parked_top_ups: "esims.read",
  failed_jobs: "jobs.read",
  refund_approvals: "payments.read",
  held_syncs: "catalogue.read",
  open_disputes: "payments.read",
  open_findings: "reconciliation.read",
  low_stock: "stock.read",
  suppliers_in_trouble: "suppliers.read",
};

const HOURS_MAX = 48;
const DATE_TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?(Z|[+-]\d{2}:\d{2})$/;

export interface SummaryDeps {
  readonly db: Db;
  readonly setting: CurrentSetting;
  /** Plans without a supplier of their own are sold from stock. */
  readonly stockIsDefault: boolean;
}

export function registerSummary(app: Server, deps: SummaryDeps): void {
  app.get(
    "/admin/summary",
    {
      config: { access: "admin", permission: "overview.read" },
      schema: {
        tags: ["Administration"],
        operationId: "getSummary",
        summary: "What needs a person now, and what was sold today",
        querystring: Type.Object(
          { since: Type.Optional(Type.String({ maxLength: 40, description: "A date-time" })) },
          { additionalProperties: false },
        ),
        response: { 200: Summary },
      },
    },
    async (request) => {
      const { permissions } = callerOf(request);
      return summarise(deps, sinceOf(request.query.since), permissions);
    },
  );
}

async function summarise(
  { db, setting, stockIsDefault }: SummaryDeps,
  since: string,
  permissions: ReadonlySet<Permission>,
): Promise<Static<typeof Summary>> {
  const waiting = await readWhatWaits(db);
  const parts = await readSummaryParts(db, {
    lowStock: await setting("low_stock_threshold"),
    stockIsDefault,
  });
  const sales = permissions.has("payments.read") ? await readSales(db, since) : [];
  const troubled = parts.suppliers.filter(({ problem }) => problem !== null).length;
  const all = [
    ...waiting,
    { kind: "low_stock", count: parts.low_stock.length, oldest_at: null },
    { kind: "suppliers_in_trouble", count: troubled, oldest_at: null },
  ];
  const maySee = (kind: string): boolean => permissions.has(SEEN_BY[kind] ?? "audit.read");
  const attention = all
    .filter(({ kind, count }) => count > 0 && maySee(kind))
    .map(({ count, ...rest }) => ({
      ...rest,
      count: Math.min(count, WAITING_MAX),
      is_capped: count > WAITING_MAX,
    }));
  const shown = {
    disputes: maySee("open_disputes") ? parts.disputes : [],
    low_stock: maySee("low_stock") ? parts.low_stock : [],
    suppliers: maySee("suppliers_in_trouble") ? parts.suppliers : [],
  };
  return { since, attention, ...shown, sales } as Static<typeof Summary>;
}

/** The start of the day in UTC, or a moment that the operator's own day began at. */
function sinceOf(asked: string | undefined): string {
  const now = Date.now();
  if (asked === undefined) return `${new Date(now).toISOString().slice(0, 10)}T00:00:00.000Z`;
  const since = DATE_TIME.test(asked) ? Date.parse(asked) : Number.NaN;
  if (since <= now && since >= now - HOURS_MAX * 3_600_000) return new Date(since).toISOString();
  throw new AppError("validation_failed", `The summary looks back at most ${HOURS_MAX} hours.`, {
    errors: [{ pointer: "/query/since", message: `must be within the last ${HOURS_MAX} hours` }],
  });
}
