import { assertNoOpenTransaction, type Db } from "../../../db/database.js";
import type { EsimSupplier } from "../../../providers/esim/port.js";
import type { Logger } from "../../../telemetry/log.js";
import {
  listSuppliersOfPlans,
  storeBalance,
  storePrices,
  storeSupplierProblem,
  type WatchedPackage,
} from "./supplier-account-store.js";

export interface WatchDeps {
  readonly db: Db;
  readonly suppliers: ReadonlyMap<string, EsimSupplier>;
  readonly log: Logger;
}

const PAGES_MAX = 200;

/** Balances are read by this job and never while a customer waits. */
export function makeReadBalance(deps: WatchDeps) {
  return async (supplierId: string): Promise<void> => {
    const supplier = deps.suppliers.get(supplierId);
    if (supplier?.capabilities.isPrepaid !== true) return;
    assertNoOpenTransaction(supplierId);
    const answer = await supplier.balance();
    if (answer.kind === "done") await storeBalance(deps.db, supplierId, answer.value);
    else await storeSupplierProblem(deps.db, supplierId, answer.reason);
  };
}

export function makeReadBalances(deps: WatchDeps, readBalance: (supplierId: string) => Promise<void>) {
  return async (): Promise<void> => {
    for (const supplierId of deps.suppliers.keys()) await readBalance(supplierId);
  };
}

/** Compares what suppliers sell with what plans name; a catalogue that cannot be read whole changes nothing. */
export function makeWatchPrices(deps: WatchDeps) {
  return async (): Promise<void> => {
    for (const supplierId of await listSuppliersOfPlans(deps.db)) {
      const supplier = deps.suppliers.get(supplierId);
      if (supplier?.capabilities.isPrepaid !== true) continue;
      const packages = await listAllPackages(supplier);
      if (packages === undefined)
        deps.log.warn({ supplier: supplierId }, "a supplier's prices were not read");
      else await storePrices(deps.db, supplierId, packages);
    }
  };
}

async function listAllPackages(supplier: EsimSupplier): Promise<readonly WatchedPackage[] | undefined> {
  const packages: WatchedPackage[] = [];
  let cursor: string | null = null;
  for (let page = 0; page < PAGES_MAX; page += 1) {
    assertNoOpenTransaction(supplier.id);
    const answer = await supplier.listPackages(cursor);
    if (answer.kind !== "done") return undefined;
    packages.push(...answer.value.packages.filter(({ kind }) => kind === "esim"));
    cursor = answer.value.nextCursor;
    if (cursor === null) return packages;
  }
  return undefined;
}
