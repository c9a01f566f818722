import { type Db, statement } from "../../db/database.js";
import { addCarriers, addCountries, upsertPlans } from "./bulk-plan-store.js";
import { makeDemoCatalog } from "./demo-catalog.js";

/** One key for every process that seeds this database; the value only has to be ours. */
const ADVISORY_LOCK = 7_402_318;
const LOCK = statement("catalog.seed_lock", "select pg_advisory_xact_lock($1)");
const IS_EMPTY = statement(
  "catalog.is_empty",
  "select not exists (select from plans) and not exists (select from countries) as is_empty",
);

/**
 * Fills an empty catalogue with the demo shop; one that holds anything is left alone. Safe when several processes
 * start at once: they wait for each other, and the second finds it filled. Answers how many plans were added.
 */
export async function seedDemoCatalog(db: Db): Promise<number> {
  return db.transaction(async (tx) => {
    await tx.run(LOCK, [ADVISORY_LOCK]);
    const { rows } = await tx.run<{ is_empty: boolean }>(IS_EMPTY);
    if (rows[0]?.is_empty !== true) return 0;
    const { countries, carriers, plans } = makeDemoCatalog();
    await addCountries(tx, countries);
    await addCarriers(tx, carriers);
    return (await upsertPlans(tx, plans, { currencies: [], hasDescription: true, hasPausedReason: true }))
      .created;
  });
}
