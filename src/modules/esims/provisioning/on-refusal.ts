import { type Db, statement } from "../../../db/database.js";
import type { Attempt } from "../purchase/choose-supplier.js";
import type { Refusal } from "../purchase/decide.js";
import { storeSupplierProblem } from "../suppliers/supplier-account-store.js";
import { WATCH_SUPPLIER_PRICES } from "../suppliers/watch-prices-job.js";

const PAUSE = statement(
  "esims.pause_plan_supplier",
  `update plan_suppliers set paused_at = now(), paused_reason = $3
   where supplier = $1 and package_id = $2 and paused_at is null`,
);

const WATCH_PRICES = statement("esims.enqueue_price_watch", `select ${WATCH_SUPPLIER_PRICES.enqueue()}`);

/** What a definite no says about the next order: the package is not offered, or an operator has something to mend. */
export function makeOnRefusal({ db }: { readonly db: Db }) {
  return async (attempt: Attempt, refusal: Refusal): Promise<void> => {
    switch (refusal.reason) {
      case "out_of_stock":
      case "bad_package":
        // Own stock is counted when an order is made; it is never paused.
        if (attempt.supplier !== "stock")
          await db.run(PAUSE, [attempt.supplier, attempt.packageId, refusal.reason]);
        return;
      case "price_changed":
        await db.run(PAUSE, [attempt.supplier, attempt.packageId, refusal.reason]);
        await db.run(WATCH_PRICES);
        return;
      case "no_funds":
      case "auth":
        await storeSupplierProblem(db, attempt.supplier, refusal.reason);
        return;
      case "retryable":
      case "not_found":
      case "unsupported":
      case "terminal":
        return;
    }
  };
}
