import DataLoader from "dataloader";
import type { Queryable, Statement, Values } from "./database.js";

/** Few enough that one caller's answer does not wait for many others' rows. */
const BATCH_MAX = 32;

/**
 * One query answers the same question of all requests that the process has read in one turn of its event loop: under
 * load most of a small read's cost is the round trip, for the process and for PostgreSQL alike. A request that is
 * alone asks alone; nothing waits for company, and nothing is remembered.
 *
 * The statement takes arrays with one element per key, and each of its rows names its key by `position`, from 1
 * (`unnest(…) with ordinality`).
 */
export function batchReads<Key, Row>(
  db: Queryable,
  query: Statement,
  valuesOf: (keys: readonly Key[]) => Values,
  batchMax = BATCH_MAX,
): (key: Key) => Promise<readonly Row[]> {
  const loader = new DataLoader<Key, readonly Row[]>(
    async (keys) => {
      const found = keys.map((): Row[] => []);
      const { rows } = await db.run<Row & { position: number }>(query, valuesOf(keys));
      for (const row of rows) found[row.position - 1]?.push(row);
      return found;
    },
    { cache: false, maxBatchSize: batchMax, batchScheduleFn: (send) => void setImmediate(send) },
  );
  return (key) => loader.load(key);
}
