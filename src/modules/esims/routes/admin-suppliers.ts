import { Type } from "typebox";
import type { Db } from "../../../db/database.js";
import { adminAct } from "../../../http/act.js";
import type { Server } from "../../../http/server.js";
import { systemClock } from "../../../kernel/clock.js";
import { AppError } from "../../../kernel/errors.js";
import { readSupplierHistory, reportSuppliers } from "../esim-admin-read-model.js";
import type { ShowWebhookAddress } from "../suppliers/show-webhook-address.js";

const NullableText = Type.Union([Type.String(), Type.Null()]);
const NullableNumber = Type.Union([Type.Number(), Type.Null()]);

const SupplierView = Type.Object({
  supplier: Type.String(),
  balance_text: NullableText,
  balance_currency: NullableText,
  balance_read_at: NullableText,
  problem: NullableText,
  problem_since: NullableText,
  catalogue_read_at: NullableText,
  catalogue_problem: NullableText,
  catalogue_problem_since: NullableText,
  purchases: Type.Integer({ description: "Of the last 24 hours" }),
  not_delivered: Type.Integer(),
  error_rate: NullableNumber,
  median_millis: NullableNumber,
  p95_millis: NullableNumber,
  paused_plans: Type.Integer(),
});

const HistoryQuery = Type.Object(
  { days: Type.Optional(Type.Integer({ minimum: 1, maximum: 90, default: 7 })) },
  { additionalProperties: false },
);
const HistoryView = Type.Object({
  step: Type.Enum(["hour", "day"], {
    description: "What a point is about: an hour up to seven days, else a day of UTC",
  }),
  since: Type.String({ format: "date-time" }),
  until: Type.String({ format: "date-time" }),
  items: Type.Array(
    Type.Object({
      supplier: Type.String(),
      points: Type.Array(
        Type.Object({
          at: Type.String({ format: "date-time", description: "Its first moment" }),
          purchases: Type.Integer({ description: "Calls that bought, answered or not" }),
          not_delivered: Type.Integer({ description: "Of them refused, unclear or parked" }),
          median_millis: Type.Union([Type.Integer(), Type.Null()], {
            description: "How long they took; of a day the mean of its hours, by purchases",
          }),
          p95_millis: Type.Union([Type.Integer(), Type.Null()], {
            description: "95 of 100 were no slower; of a day its slowest hour",
          }),
          balance_text: NullableText,
          balance_currency: NullableText,
        }),
        { description: "Oldest first; where nothing was bought and no balance read there is none" },
      ),
    }),
  ),
});
/** More of them than this would be a plot that nobody can read. */
const HOURLY_DAYS_MAX = 7;
const DAY_MILLIS = 86_400_000;

const AddressView = Type.Object({
  supplier: Type.String(),
  url: Type.String({ description: "To be entered at the supplier" }),
  is_secret: Type.Boolean({
    description: "True: its last part is the only proof that an event is the supplier's",
  }),
  authenticity: Type.String({ description: "native: the supplier signs its events; unsigned: it does not" }),
});

export interface AdminSuppliersDeps {
  readonly db: Db;
  readonly supplierIds: readonly string[];
  readonly showWebhookAddress: ShowWebhookAddress;
}

export function registerAdminSuppliers(app: Server, deps: AdminSuppliersDeps): void {
  const config = { access: "admin" } as const;
  const tags = ["Administration: eSIMs"];
  app.get(
    "/admin/suppliers",
    {
      config: { ...config, permission: "suppliers.read" },
      schema: {
        tags,
        operationId: "listSuppliers",
        summary: "Suppliers: balance, error rate and latency",
        response: { 200: Type.Array(SupplierView) },
      },
    },
    async () =>
      (await reportSuppliers(deps.db, deps.supplierIds)).map((row) => ({
        ...row,
        error_rate: row.purchases === 0 ? null : row.not_delivered / row.purchases,
      })),
  );
  registerHistory(app, deps);
  app.get(
    "/admin/suppliers/:supplier/webhook-address",
    {
      config: { ...config, permission: "suppliers.write", problems: ["not_found", "conflict"] },
      schema: {
        tags,
        operationId: "getSupplierWebhookAddress",
        summary: "The address to enter at a supplier for its events",
        description: "An address with a secret part is on record in the audit log each time it is shown.",
        params: Type.Object(
          { supplier: Type.String({ minLength: 1, maxLength: 32 }) },
          { additionalProperties: false },
        ),
        response: { 200: AddressView },
      },
    },
    async (request) => {
      const shown = await deps.showWebhookAddress(request.params.supplier, adminAct(request));
      if (shown === "unknown_supplier")
        throw new AppError("not_found", "There is no such supplier. GET /admin/suppliers lists them.");
      if (shown === "sends_nothing")
        throw new AppError("conflict", "This supplier sends no events; it is asked by a job.");
      return {
        supplier: shown.supplier,
        url: shown.url,
        is_secret: shown.isSecret,
        authenticity: shown.auth,
      };
    },
  );
}

function registerHistory(app: Server, { db, supplierIds }: AdminSuppliersDeps): void {
  app.get(
    "/admin/suppliers/history",
    {
      config: { access: "admin", permission: "suppliers.read" },
      schema: {
        tags: ["Administration: eSIMs"],
        operationId: "listSupplierHistory",
        summary: "How suppliers did over time: purchases, failures, latency, balance",
        description:
          "Counted every five minutes and kept for 90 days. What was unclear and is decided later is counted anew for six hours.",
        querystring: HistoryQuery,
        response: { 200: HistoryView },
      },
    },
    async ({ query: { days = 7 } }) => {
      const step = days <= HOURLY_DAYS_MAX ? ("hour" as const) : ("day" as const);
      const points = await readSupplierHistory(db, { days, step, suppliers: supplierIds });
      const now = systemClock.nowMillis();
      return {
        step,
        since: new Date(now - days * DAY_MILLIS).toISOString(),
        until: new Date(now).toISOString(),
        items: supplierIds.map((supplier) => ({
          supplier,
          points: points
            .filter((point) => point.supplier === supplier)
            .map(({ supplier: _, ...point }) => point),
        })),
      };
    },
  );
}
