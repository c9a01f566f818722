import type { Db } from "../src/db/database.js";

interface PlanNode {
  readonly "Node Type": string;
  readonly "Relation Name"?: string;
  readonly Plans?: readonly PlanNode[];
}

/** The plan of a statement for any values, as the program's connections make it; null for what has no plan. */
export async function planOf(db: Db, text: string, isByIndex: boolean): Promise<PlanNode | null> {
  if (!/^\s*(select|with)/i.test(text)) return null;
  return db.transaction(async (tx) => {
    if (isByIndex) await tx.run({ name: "", text: "set local enable_seqscan = off" });
    const explain = { name: "", text: `explain (generic_plan, format json) ${text}` };
    const { rows } = await tx.run<{ "QUERY PLAN": readonly { readonly Plan: PlanNode }[] }>(explain);
    return rows[0]?.["QUERY PLAN"][0]?.Plan ?? null;
  });
}

/** The tables that a plan reads from beginning to end. */
export function scannedBy(node: PlanNode | null): readonly string[] {
  if (node === null) return [];
  const { "Node Type": type, "Relation Name": table, Plans: below = [] } = node;
  return [...(type === "Seq Scan" && table !== undefined ? [table] : []), ...below.flatMap(scannedBy)];
}
