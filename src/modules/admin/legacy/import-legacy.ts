import type { Act } from "../../../db/act.js";
import { writeAudit } from "../../../db/audit-log.js";
import { type Db, violatedConstraint } from "../../../db/database.js";
import { writeCsv } from "../../../kernel/csv/write-csv.js";
import type { ImportStock, InstallVault } from "../../esims/esims.module.js";
import type { LegacyRows } from "./legacy-rows.js";
import { importOrder, importPlan, importUser } from "./legacy-store.js";
import { type Finding, type ImportPlan, planImport, type StockDraft } from "./plan-import.js";

export interface LegacyReport {
  readonly isDryRun: boolean;
  /** What the earlier system has that can be taken; of these, what this run added. */
  readonly users: Count;
  readonly plans: Count;
  readonly orders: Count;
  readonly stock: Count;
  readonly findings: readonly Finding[];
}

interface Count {
  readonly found: number;
  readonly added: number;
}

const ACT: Act = { actor: "system:import-legacy", requestId: null };

/**
 * Brings the earlier system's customers, plans, orders, eSIMs and unsold codes into this store. Each order is a
 * transaction of its own and is taken once, so a run that was cut off is simply run again.
 */
export function makeImportLegacy(deps: { db: Db; vault: InstallVault; importStock: ImportStock }) {
  const { db, vault } = deps;
  return async (
    rows: LegacyRows,
    { isDryRun, onProgress }: { isDryRun: boolean; onProgress?: (done: number, all: number) => void },
  ): Promise<LegacyReport> => {
    const plan = planImport(rows);
    const findings = [...plan.findings];
    const added = { users: 0, plans: 0, orders: 0 };
    if (!isDryRun) {
      for (const user of plan.users) added.users += (await importUser(db, user)) ? 1 : 0;
      const sold = new Set(plan.stock.map(({ sku }) => sku));
      for (const one of plan.plans)
        added.plans += (await db.transaction((tx) => importPlan(tx, one, sold.has(one.sku)))) ? 1 : 0;
      for (const [index, order] of plan.orders.entries()) {
        const problem = await takeOrder(order);
        if (problem === "added") added.orders += 1;
        else if (problem !== "known")
          findings.push({ row: `orders:${order.legacyId}`, problem, outcome: "left_out" });
        onProgress?.(index + 1, plan.orders.length);
      }
    }
    const stock = await takeStock(deps.importStock, plan, isDryRun, findings);
    const report = { isDryRun, ...counts(plan, added), stock, findings };
    if (!isDryRun) await note(report);
    return report;
  };

  async function takeOrder(order: ImportPlan["orders"][number]): Promise<string> {
    try {
      return (await db.transaction((tx) => importOrder(tx, order, vault))) ? "added" : "known";
    } catch (error) {
      const constraint = violatedConstraint(error);
      if (constraint === undefined) throw error;
      return `this store has something of it already (${constraint})`;
    }
  }

  async function note({ users, plans, orders, stock, findings }: LegacyReport): Promise<void> {
    const after = { users, plans, orders, stock, findings: findings.length };
    await db.transaction((tx) =>
      writeAudit(tx, ACT, { action: "legacy.imported", subject: "legacy", after }),
    );
  }
}

const counts = (plan: ImportPlan, added: { users: number; plans: number; orders: number }) => ({
  users: { found: plan.users.length, added: added.users },
  plans: { found: plan.plans.length, added: added.plans },
  orders: { found: plan.orders.length, added: added.orders },
});

/** Through the import of codes, after the orders: a code that somebody has is known by then and is not sold again. */
async function takeStock(
  importStock: ImportStock,
  { stock }: ImportPlan,
  isDryRun: boolean,
  findings: Finding[],
): Promise<Count> {
  // Its plans are not there yet.
  if (stock.length === 0 || isDryRun) return { found: stock.length, added: 0 };
  const bytes = await csvOf(stock);
  const report = await importStock({ bytes, isDryRun: false, batch: "legacy", act: ACT });
  if (report.kind === "refused_file") throw new Error(`The codes cannot be imported: ${report.reason}`);
  for (const { line, reason } of report.refused) {
    const item = stock[line - 2];
    findings.push({ row: `esim_inventory:${item?.legacyId}`, problem: reason, outcome: "left_out" });
  }
  return { found: stock.length, added: report.imported };
}

async function csvOf(stock: readonly StockDraft[]): Promise<Uint8Array> {
  async function* batches() {
    yield stock.map(({ sku, code, iccid }) => [sku, code, iccid]);
  }
  let text = "";
  for await (const piece of writeCsv(["sku", "activation_code", "iccid"], batches())) text += piece;
  return Buffer.from(text, "utf8");
}
