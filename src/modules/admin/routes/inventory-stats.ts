import { Type } from "typebox";
import type { CurrentSetting } from "../../../config/run-time-settings.js";
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

export function registerInventoryStats(
  app: Server,
  deps: { db: Db; setting: CurrentSetting; stockIsDefault: boolean },
): void {
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
    async ({ query }) => {
      const lowStock = query.low_stock_threshold ?? (await deps.setting("low_stock_threshold"));
      return readInventoryStats(deps.db, lowStock, deps.stockIsDefault);
    },
  );
}
