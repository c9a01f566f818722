import { writeFileSync } from "node:fs";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { loadConfig } from "../../src/config/config.js";
import type { Db, Tx } from "../../src/db/database.js";
import { makeImportLegacy } from "../../src/modules/admin/admin.module.js";
import { makeImportStock, makeInstallVault } from "../../src/modules/esims/esims.module.js";
import { makeRandom } from "../simulation/random.js";
import { makeTestDatabase, type TestDatabase } from "../support/database.js";
import { dumpOf, type EarlierRows, earlierShop } from "../support/earlier-shop.js";
import { eventually } from "../support/eventually.js";
import { ESIM_INVARIANTS, MONEY_INVARIANTS, violations } from "../support/invariants.js";
import { startProcess } from "../support/processes.js";
import { temporaryFolder } from "../support/temporary-folder.js";

let database: TestDatabase;
let folder: string;
beforeEach(async () => {
  database = await makeTestDatabase();
  folder = temporaryFolder("import-legacy");
});
afterEach(() => database.drop());

/** Everything of the earlier shop is here, once, and no half of anything. */
async function expectWhole({ orders, users, esim_inventory: codes }: EarlierRows): Promise<void> {
  const persons = new Set(users.map(({ email }) => email?.toLowerCase())).size;
  const [counts] = await database.query(
    `select (select count(*)::int from users) as persons, (select count(*)::int from orders) as orders,
       (select count(*)::int from esim_profiles where status = 'ready') as esims,
       (select count(distinct code_fingerprint)::int from esim_profiles) as codes,
       (select count(*)::int from imported_payments) as payments,
       (select count(*)::int from provisioning_attempts) as attempts,
       (select count(*)::int from stock_items where status = 'available') as stock`,
  );
  const all = orders.length;
  expect(counts).toEqual({
    persons,
    orders: all,
    esims: all,
    codes: all,
    payments: all,
    attempts: all,
    // One of the codes is an order's.
    stock: codes.length - 1,
  });
  expect(await violations(database, { ...MONEY_INVARIANTS, ...ESIM_INVARIANTS })).toEqual({});
}

const CUT = new Error("the connection is gone");

/** From the statement with this number on nothing is answered, and what was open is rolled back. */
function cutAt(db: Db, number: number): Db {
  let statements = 0;
  const asked = (): void => {
    statements += 1;
    if (statements >= number) throw CUT;
  };
  const counting = <Ran extends Pick<Db, "run">>(inner: Ran): Ran => ({
    ...inner,
    run: async (...query: Parameters<Db["run"]>) => {
      asked();
      return inner.run(...query);
    },
  });
  return {
    ...counting(db),
    transaction: (work) =>
      db.transaction(async (tx) => {
        const done = await work(counting<Tx>(tx));
        asked();
        return done;
      }),
  };
}

describe("tribi import-legacy", () => {
  it("cut off at the first, the second, the third statement and so on, goes on to the same shop", async () => {
    const rows = earlierShop({ customers: 6, codes: 4 });
    const { secrets } = loadConfig({ ENVIRONMENT: "test", DATA_DIR: folder });
    const vault = makeInstallVault({ keys: secrets.encryptionKeys, indexKey: secrets.indexKey });
    const run = (db: Db) =>
      makeImportLegacy({ db, vault, importStock: makeImportStock({ db, vault }) })(rows, { isDryRun: false });
    let cuts = 0;
    for (let isCut = true; isCut; ) {
      isCut = await run(cutAt(database.db, cuts + 1)).then(
        () => false,
        (error: unknown) => {
          expect(error).toBe(CUT);
          return true;
        },
      );
      if (isCut) cuts += 1;
    }
    expect(cuts).toBeGreaterThan(20);
    await expectWhole(rows);
    expect(await run(database.db)).toMatchObject({ orders: { added: 0 }, stock: { added: 0 } });
    await expectWhole(rows);
  });

  it("killed by SIGKILL in the middle, is finished by two runs at once", async () => {
    const rows = earlierShop({ customers: 120, codes: 30 });
    const dump = path.join(folder, "dump.sql");
    writeFileSync(dump, dumpOf(rows));
    const start = () =>
      startProcess(["import-legacy", "--dump", dump], {
        DATABASE_URL: database.url,
        DATA_DIR: folder,
        LOG_LEVEL: "silent",
      });
    const importedOrders = async (): Promise<number> => {
      const [row] = await database.query<{ n: number }>(
        "select count(*)::int as n from imported_rows where kind = 'order'",
      );
      return row?.n ?? 0;
    };
    const enough = 5 + makeRandom(16).integer(80);
    const first = await start();
    await eventually(async () => (await importedOrders()) >= enough);
    first.kill("SIGKILL");
    expect(await first.ended).toBe("SIGKILL");
    expect(await importedOrders()).toBeLessThan(rows.orders.length);
    const both = await Promise.all([start(), start()]);
    for (const one of both)
      expect([await one.ended, one.output()]).toEqual([0, expect.stringContaining("Imported")]);
    await expectWhole(rows);
  });
});
