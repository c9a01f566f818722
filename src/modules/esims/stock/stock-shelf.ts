import { type Db, statement } from "../../../db/database.js";
import type { StockItem, StockShelf } from "../../../providers/esim/stock/port.js";
import type { InstallVault } from "../install-secrets.js";

interface ItemRow {
  readonly id: number;
  readonly sealed: Buffer;
  readonly iccid: string | null;
}

/** The benchmark runs it alone. */
export const TAKE_STOCK = statement(
  "esims.take_stock",
  "select id, sealed, iccid from stock_items where id = (select take_stock_item($1, $2))",
);
const FIND = statement("esims.find_stock", "select id, sealed, iccid from stock_items where reference = $1");

/** A code that a person has seen stays out of sale; the trigger and a CHECK hold the same law. */
const GIVE_BACK = statement(
  "esims.give_back_stock",
  `update stock_items set
     status = case when revealed_at is null and status = 'assigned' then 'available' else 'withdrawn' end,
     reference = case when revealed_at is not null or status <> 'assigned' then reference end,
     order_id = case when revealed_at is not null or status <> 'assigned' then order_id end
   where reference = $1 and status in ('assigned', 'withdrawn')
   returning status`,
);

const PACKAGE_ID = /^[1-9][0-9]{0,15}$/;

/** The stock supplier's shelf. A package is a plan: a code is sold for its own plan and nothing like it. */
export function makeStockShelf(deps: { readonly db: Db; readonly vault: InstallVault }): StockShelf {
  const { db, vault } = deps;
  const open = (row: ItemRow | undefined): StockItem | null => {
    if (row === undefined) return null;
    const { activationCodeText, confirmationCode } = vault.openStock(row.id, row.sealed);
    return { itemId: String(row.id), activationCodeText, confirmationCode, iccid: row.iccid };
  };
  return {
    async take({ reference, packageId }) {
      if (!PACKAGE_ID.test(packageId)) return null;
      return open((await db.run<ItemRow>(TAKE_STOCK, [reference, Number(packageId)])).rows[0]);
    },
    find: async (reference) => open((await db.run<ItemRow>(FIND, [reference])).rows[0]),
    async giveBack(reference) {
      const row = (await db.run<{ status: string }>(GIVE_BACK, [reference])).rows[0];
      if (row === undefined) return "not_found";
      return row.status === "available" ? "given_back" : "kept";
    },
  };
}
