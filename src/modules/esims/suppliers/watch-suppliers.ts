import { assertNoOpenTransaction, type Db } from "../../../db/database.js";
import type { EsimSupplier } from "../../../providers/esim/port.js";
import type { Events } from "../../../telemetry/events.js";
import type { Logger } from "../../../telemetry/log.js";
import { inCall } from "../../../telemetry/spans.js";
import {
  type CatalogueReading,
  listSuppliersOfPlans,
  noteCatalogueProblem,
  storeBalance,
  storePrices,
  storeSupplierProblem,
  type WatchedPackage,
} from "./supplier-account-store.js";

export interface WatchDeps {
  readonly db: Db;
  readonly suppliers: ReadonlyMap<string, EsimSupplier>;
  readonly log: Logger;
  readonly events: Events;
}

const PAGES_MAX = 200;

/** Balances are read by this job and never while a customer waits. */
export function makeReadBalance(deps: WatchDeps) {
  return async (supplierId: string): Promise<void> => {
    const supplier = deps.suppliers.get(supplierId);
    if (supplier?.capabilities.isPrepaid !== true) return;
    assertNoOpenTransaction(supplierId);
    const answer = await inCall(supplierId, "balance", () => supplier.balance());
    if (answer.kind === "done") await storeBalance(deps.db, supplierId, answer.value);
    else await storeSupplierProblem(deps.db, supplierId, answer.reason);
  };
}

export function makeReadBalances(deps: WatchDeps, readBalance: (supplierId: string) => Promise<void>) {
  return async (): Promise<void> => {
    for (const supplierId of deps.suppliers.keys()) await readBalance(supplierId);
  };
}

/** Compares what suppliers sell with what plans name; a catalogue that cannot be read whole changes nothing and alarms. */
export function makeWatchPrices(deps: WatchDeps) {
  return async (): Promise<void> => {
    for (const supplierId of await listSuppliersOfPlans(deps.db)) {
      const supplier = deps.suppliers.get(supplierId);
      if (supplier?.capabilities.isPrepaid !== true) continue;
      const unread = await readPrices(deps, supplier);
      if (unread === null) continue;
      await noteCatalogueProblem(deps.db, supplierId, unread.problem);
      deps.events.catalogueUnread({ supplier: supplierId, problem: unread.problem });
      deps.log.warn(
        { supplier: supplierId, detail: unread.detail },
        "a supplier's catalogue was not read whole",
      );
    }
  };
}

interface Unread {
  readonly problem: "not_read" | "empty" | "shrunk";
  readonly detail: string;
}

/** Null: read whole, and stored. */
async function readPrices({ db }: WatchDeps, supplier: EsimSupplier): Promise<Unread | null> {
  const reading = await readCatalogue(supplier);
  if ("problem" in reading) return reading;
  if (await storePrices(db, supplier.id, reading)) return null;
  const count = reading.packages.length;
  return { problem: count === 0 ? "empty" : "shrunk", detail: `${count} packages` };
}

async function readCatalogue(supplier: EsimSupplier): Promise<CatalogueReading | Unread> {
  const packages: WatchedPackage[] = [];
  const notUnderstood: (string | null)[] = [];
  let cursor: string | null = null;
  for (let page = 0; page < PAGES_MAX; page += 1) {
    assertNoOpenTransaction(supplier.id);
    const answer = await listPackages(supplier, cursor);
    if (answer.kind !== "done") return { problem: "not_read", detail: answer.detail };
    packages.push(...answer.value.packages.filter(({ kind }) => kind === "esim"));
    notUnderstood.push(...answer.value.skipped.map(({ packageId }) => packageId));
    cursor = answer.value.nextCursor;
    if (cursor === null) return { packages, notUnderstood };
  }
  return { problem: "not_read", detail: `no end after ${PAGES_MAX} pages` };
}

const listPackages = (supplier: EsimSupplier, cursor: string | null) =>
  inCall(supplier.id, "list packages", () => supplier.listPackages(cursor));
