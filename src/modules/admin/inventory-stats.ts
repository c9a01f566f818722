import { type Queryable, statement } from "../../db/database.js";
import { readSummaryParts } from "./summary-read-model.js";

const TOTALS = statement(
  "admin.inventory_totals",
  `select count(*) filter (where status = 'available') as available, count(*) filter (where status = 'held') as held,
     count(*) filter (where status = 'assigned') as assigned, count(*) filter (where status = 'withdrawn') as withdrawn
   from stock_items`,
);

interface Totals {
  readonly available: number;
  readonly held: number;
  readonly assigned: number;
  readonly withdrawn: number;
}

/** By the names of the first web client. */
export async function readInventoryStats(db: Queryable, lowStock: number, stockIsDefault: boolean) {
  const [totals] = (await db.run<Totals>(TOTALS)).rows;
  const parts = await readSummaryParts(db, { lowStock, stockIsDefault });
  return {
    totals: totals ?? { available: 0, held: 0, assigned: 0, withdrawn: 0 },
    low_stock_threshold: lowStock,
    low_stock_alerts: parts.low_stock.map(({ plan_id, name, available }) => ({
      plan_id,
      plan_name: name,
      available,
    })),
  };
}
