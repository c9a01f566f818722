import type pg from "pg";
import type { Choices } from "./choices.js";
import type { Faults } from "./faults.js";
import type { Scheduler } from "./scheduler.js";
import type { ShopProcess } from "./shop-process.js";
import type { SimBank } from "./sim-banks.js";
import type { SimMail } from "./sim-mail.js";
import type { SimSupplier } from "./sim-supplier.js";

/** What everybody in the simulated world reaches. */
export interface World {
  /** What people see on their screens, and what happens outside of the shop. */
  query<Row extends pg.QueryResultRow>(config: pg.QueryConfig): Promise<pg.QueryResult<Row>>;
  readonly bank: SimBank;
  readonly suppliers: readonly SimSupplier[];
  readonly mail: SimMail;
  readonly scheduler: () => Scheduler;
  readonly choices: () => Choices;
  readonly faults: () => Faults;
  /** The process that takes a piece of work. */
  readonly processOf: (name: string) => { readonly number: number; readonly shop: ShopProcess };
  readonly operatorId: number;
  readonly planIds: readonly number[];
}
