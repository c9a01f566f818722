import { writeFileSync } from "node:fs";
import path from "node:path";
import { FAKE_AIRALO_ID, FAKE_AIRALO_SECRET } from "@tribi/fakes/airalo/fake-orders";
import { type FakeAiralo, startFakeAiralo } from "@tribi/fakes/airalo/fake-server";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { makeManageRules } from "../../src/modules/supply/pricing/manage-rules.js";
import { makeTestDatabase, type TestDatabase } from "../support/database.js";
import { eventually } from "../support/eventually.js";
import { type ServerProcess, startProcess } from "../support/processes.js";
import { temporaryFolder } from "../support/temporary-folder.js";

const ACT = { actor: "system:test", requestId: null };
const PLACES = ["ES", "FR", "PT", "IT", "DE", "JP", "US", "MA", "GR", "TR"];
const PLANS = 30;
/** What the file says, in cents: no rule comes to it. */
const FILE_PRICE = 999_900;

interface Plan {
  readonly sku: string;
  readonly row: string;
  readonly usd: number;
}

/** The built program twice: one imports a file while the other applies what a supplier changed. */
describe("tribi import-catalog while tribi catalogue sync runs", () => {
  let database: TestDatabase;
  let airalo: FakeAiralo;
  beforeAll(async () => {
    database = await makeTestDatabase();
    airalo = await startFakeAiralo();
    const rules = {
      currencies: ["USD"],
      fees: [{ provider: "STRIPE", percent: "2.9", fixed: { USD: 30 } }],
      rules: [{ name: "all", when: {}, result: { margin_percent: "30", endings: { USD: "99" } } }],
    };
    await makeManageRules(database).replace(rules, 0, ACT);
    sell(35_000);
    const first = await run("catalogue", "sync", "--apply", "--accept-held");
    await first.ended;
    expect(first.output()).toContain(`Applied ${PLANS}, skipped 0, waiting 0.`);
  });
  afterAll(async () => {
    await airalo.stop();
    await database.drop();
  });

  const sell = (price: number): void => {
    const packages = Array.from({ length: PLANS }, (_, index) => ({
      id: `air-${index}`,
      kind: "esim" as const,
      countries: [PLACES[index % PLACES.length] ?? ""],
      gigabytes: 1 + Math.floor(index / PLACES.length),
      days: 30,
      price,
      stock: 1_000,
    }));
    airalo.ledger.packages.splice(0, airalo.ledger.packages.length, ...packages);
  };
  const run = (...args: string[]): Promise<ServerProcess> =>
    startProcess(
      args,
      {
        DATABASE_URL: database.url,
        DATA_DIR: temporaryFolder("import-while-syncing"),
        AIRALO_API_BASE: airalo.url,
        AIRALO_CLIENT_ID: FAKE_AIRALO_ID,
        AIRALO_CLIENT_SECRET: FAKE_AIRALO_SECRET,
      },
      { waitsUntilReady: false },
    );
  const plans = () =>
    database.query<Plan>(
      `select p.sku, pp.amount_minor as usd, concat_ws(',', p.sku, '"' || p.name || '"', '"' || ca.name || '"', p.data_gb, p.duration_days, c.iso2) as row
       from plans p join plan_prices pp on pp.plan_id = p.id and pp.currency = 'USD'
       join carriers ca on ca.id = p.carrier_id join countries c on c.id = p.country_id order by p.sku`,
    );
  const fileOf = (rows: readonly Plan[], price: number): string => {
    const file = path.join(temporaryFolder("import-file"), "plans.csv");
    const lines = rows.map(({ row }) => `${row},${price / 100}`);
    writeFileSync(file, ["sku,name,carrier,data_gb,duration_days,country,price_USD", ...lines].join("\n"));
    return file;
  };
  const waiting = async (): Promise<number> => {
    const [row] = await database.query<{ count: number }>(
      // Of this database alone: other tests wait on the same server.
      "select count(*)::int from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'",
    );
    return row?.count ?? 0;
  };

  const endedEarly = async (program: ServerProcess): Promise<never> => {
    const code = await program.ended;
    throw new Error(`The program ended with ${code} before it waited:\n${program.output()}`);
  };

  /** Both in the middle of their work on one plan, which neither has yet: the import is first in the queue. */
  async function atOnce(sku: string, file: string, cost: number): Promise<string[]> {
    sell(cost);
    const holder = new pg.Client({ connectionString: database.url });
    await holder.connect();
    await holder.query("begin");
    await holder.query("select from plans where sku = $1 for update", [sku]);
    const imported = await run("import-catalog", file);
    await Promise.race([eventually(async () => (await waiting()) === 1), endedEarly(imported)]);
    const synced = await run("catalogue", "sync", "--apply", "--accept-held");
    await Promise.race([eventually(async () => (await waiting()) === 2), endedEarly(synced)]);
    await holder.query("commit");
    await holder.end();
    expect([await imported.ended, imported.output()]).toEqual([0, expect.any(String)]);
    await synced.ended;
    return [imported.output(), synced.output()];
  }

  it("a price from the file is not lost to a difference that was made before it", async () => {
    const [one] = (await plans()).slice(12, 13) as [Plan];
    const [, synced] = await atOnce(one.sku, fileOf([one], FILE_PRICE), 60_000);
    expect(synced).toContain(`Applied ${PLANS - 1}, skipped 1, waiting 0.`);
    const after = await plans();
    expect(after.filter(({ usd }) => usd === FILE_PRICE).map(({ sku }) => sku)).toEqual([one.sku]);
    expect(new Set(after.map(({ usd }) => usd)).size).toBe(2);
  });

  it("a whole file and a whole difference in opposite orders: each is whole, and the file's prices stay", async () => {
    const all = await plans();
    const middle = all[12] as Plan;
    await atOnce(middle.sku, fileOf(all.toReversed(), FILE_PRICE + 100), 90_000);
    expect(new Set((await plans()).map(({ usd }) => usd))).toEqual(new Set([FILE_PRICE + 100]));
    const [wrong] = await database.query(
      `select p.sku from plans p where (select count(*) from plan_suppliers s where s.plan_id = p.id) <> 1
         or (select count(*) from plan_prices c where c.plan_id = p.id) <> 1`,
    );
    expect(wrong).toBeUndefined();
  });
});
