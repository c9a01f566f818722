import { type Db, statement } from "../../db/database.js";
import type { InstallVault } from "./install-secrets.js";

const TABLES = ["esim_profiles", "stock_items"] as const;
type SealedTable = (typeof TABLES)[number];

const PAGE = {
  esim_profiles: statement(
    "esims.sealed_profiles",
    "select id, sealed from esim_profiles where id > $1 and sealed is not null order by id limit $2",
  ),
  stock_items: statement(
    "esims.sealed_stock",
    "select id, sealed from stock_items where id > $1 order by id limit $2",
  ),
} as const;

/** The guard is the ciphertext that was read: a row that changed meanwhile is sealed by the program that changed it. */
const REPLACE = {
  esim_profiles: statement(
    "esims.reseal_profile",
    "update esim_profiles set sealed = $3 where id = $1 and sealed = $2",
  ),
  stock_items: statement(
    "esims.reseal_stock",
    "update stock_items set sealed = $3 where id = $1 and sealed = $2",
  ),
} as const;

const PAGE_ROWS = 500;

export type RotateKeys = (
  onProgress?: (table: SealedTable, done: number) => void,
) => Promise<{ readonly resealed: number; readonly seen: number }>;

/**
 * Seals every code at rest with the first of DATA_ENCRYPTION_KEYS, a row at a time and with traffic on. Fingerprints
 * stay as they are. May be stopped and started again at any time.
 */
export function makeRotateKeys(deps: { readonly db: Db; readonly vault: InstallVault }): RotateKeys {
  return async (onProgress) => {
    let resealed = 0;
    let seen = 0;
    for (const table of TABLES) {
      let last = 0;
      for (;;) {
        const { rows } = await deps.db.run<{ id: number; sealed: Buffer }>(PAGE[table], [last, PAGE_ROWS]);
        for (const { id, sealed } of rows) {
          const fresh = deps.vault.reseal(table, id, sealed);
          if (fresh !== null) resealed += (await deps.db.run(REPLACE[table], [id, sealed, fresh])).count;
          last = id;
        }
        seen += rows.length;
        onProgress?.(table, seen);
        if (rows.length < PAGE_ROWS) break;
      }
    }
    return { resealed, seen };
  };
}
