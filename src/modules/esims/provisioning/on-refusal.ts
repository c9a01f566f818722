import { type Db, statement } from "../../../db/database.js";
import type { SupplierRefused } from "../../../providers/esim/port.js";
import type { Attempt } from "./choose-supplier.js";

const PAUSE = statement(
  "esims.pause_plan_supplier",
  `update plan_suppliers set paused_at = now(), paused_reason = $3
   where supplier = $1 and package_id = $2 and paused_at is null`,
);

const NOTE_PROBLEM = statement(
  "esims.note_supplier_problem",
  `insert into supplier_accounts (supplier, problem, problem_since) values ($1, $2, now())
   on conflict (supplier) do update set problem = excluded.problem,
     problem_since = coalesce(supplier_accounts.problem_since, excluded.problem_since)`,
);

const WATCH_PRICES = statement(
  "esims.enqueue_price_watch",
  "select enqueue_job('watch_supplier_prices', '{}', 'watch_supplier_prices')",
);

/** What a definite no says about the next order: the package is not offered, or an operator has something to mend. */
export function makeOnRefusal({ db }: { readonly db: Db }) {
  return async (attempt: Attempt, refusal: SupplierRefused): Promise<void> => {
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
        await db.run(NOTE_PROBLEM, [attempt.supplier, refusal.reason]);
        return;
      case "retryable":
      case "not_found":
      case "unsupported":
      case "terminal":
        return;
    }
  };
}
