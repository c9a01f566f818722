import { execFileSync } from "node:child_process";
import { query } from "./arrange.js";
import { ROOT } from "./processes.js";
import type { Measure } from "./report.js";

const ITEMS = 60_000;
/** Nobody may hold more than five unpaid items, so there are as many buyers as that takes. */
const BUYERS = ITEMS / 5;

/** A plan that is sold from own stock, codes for it, and buyers. */
const PREPARE = [
  "insert into plan_suppliers (plan_id, supplier, package_id) values ($1::bigint, 'stock', $1::bigint::text)",
  `insert into stock_items (plan_id, sealed, code_fingerprint, batch)
   select $1::bigint, '\\x00', sha256(('bench ' || n)::bytea), 'bench' from generate_series(1, ${ITEMS}) n`,
  `insert into users (email) select 'stock-' || n || '@example.com' from generate_series(1, ${BUYERS}) n where $1::bigint > 0`,
];

/**
 * Stock in the order's own statement, which holds an item, and taken from the shelf by the purchase, both as shares
 * of the ceiling: 32 connections that all want an item of one plan.
 */
export async function measureStock(
  databaseUrl: string,
  planId: number,
  seconds: number,
  ceiling: number,
): Promise<Measure[]> {
  for (const text of PREPARE) await query(databaseUrl, text, [planId]);
  await query(databaseUrl, "analyze");
  const args = [databaseUrl, String(seconds), String(planId)];
  const output = execFileSync(process.execPath, ["--import", "tsx", "bench/stock-loop.ts", ...args], {
    cwd: ROOT,
    encoding: "utf8",
  });
  const { held, taken } = JSON.parse(output) as { held: number; taken: number };
  return [
    { name: "orders that hold a stock item", value: held / ceiling, unit: "of the ceiling", atLeast: 0.3 },
    { name: "stock items assigned", value: taken / ceiling, unit: "of the ceiling", atLeast: 0.3 },
  ];
}
