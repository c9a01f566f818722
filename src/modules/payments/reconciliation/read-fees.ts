import type { FeeSnapshot } from "../../../providers/payment/port.js";
import { type Comparison, PAGE, stayAlive } from "./comparison.js";
import { recordFees } from "./fee-store.js";

/** What the provider kept, into our books for accountants. Nothing is decided by it. */
export async function readFees(comparison: Comparison): Promise<void> {
  const { deps, provider, run } = comparison;
  if (!run.applies || provider.listFees === undefined) return;
  let page: FeeSnapshot[] = [];
  for await (const fee of provider.listFees(new Date(run.since))) {
    page.push(fee);
    if (page.length < PAGE) continue;
    await recordFees(deps.db, provider.name, page);
    await stayAlive(comparison);
    page = [];
  }
  if (page.length > 0) await recordFees(deps.db, provider.name, page);
}
