import { Type } from "typebox";
import type { Db } from "../../../db/database.js";
import type { Server } from "../../../http/server.js";
import { readInventoryStats } from "../inventory-stats.js";

const Count = Type.Integer();

const Stats = Type.Object({
  totals: Type.Object({ available: Count, held: Count, assigned: Count, withdrawn: Count }),
  low_stock_threshold: Count,
  low_stock_alerts: Type.Array(
    Type.Object({ plan_id: Type.Integer(), plan_name: Type.String(), available: Count }),
  ),
});

export function registerInventoryStats(app: Server, deps: { db: Db; stockIsDefault: boolean }): void {
  app.get(
    "/admin/inventory/stats",
    {
      config: { access: "admin", permission: "stock.read" },
      schema: {
        tags: ["Administration"],
        operationId: "getInventoryStats",
        summary: "Codes in stock by state, and plans that are running out",
        querystring: Type.Object(
          { low_stock_threshold: Type.Optional(Type.Integer({ minimum: 0, maximum: 1_000_000 })) },
          { additionalProperties: false },
        ),
        response: { 200: Stats },
      },
    },
    async ({ query }) => readInventoryStats(deps.db, query.low_stock_threshold ?? 10, deps.stockIsDefault),
  );
}
