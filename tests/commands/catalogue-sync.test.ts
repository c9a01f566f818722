import { writeFileSync } from "node:fs";
import path from "node:path";
import { FAKE_AIRALO_ID, FAKE_AIRALO_SECRET } from "@tribi/fakes/airalo/fake-orders";
import { type FakeAiralo, startFakeAiralo } from "@tribi/fakes/airalo/fake-server";
import {
  FAKE_ESIM_ACCESS_CODE,
  type FakeEsimAccess,
  startFakeEsimAccess,
} from "@tribi/fakes/esim-access/fake-server";
import { FAKE_ESIM_GO_KEY, type FakeEsimGo, startFakeEsimGo } from "@tribi/fakes/esim-go/fake-server";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { makeManageRules } from "../../src/modules/supply/pricing/manage-rules.js";
import { makeTestDatabase, type TestDatabase } from "../support/database.js";
import { startProcess } from "../support/processes.js";
import { temporaryFolder } from "../support/temporary-folder.js";

const ACT = { actor: "system:test", requestId: null };
const PLACES = ["ES", "FR", "PT", "IT", "DE", "JP", "US", "MA", "GR", "TR"];
const PLANS = 250;

/** The built program against three suppliers that speak HTTP. */
describe("tribi catalogue sync", () => {
  let database: TestDatabase;
  let airalo: FakeAiralo;
  let access: FakeEsimAccess;
  let go: FakeEsimGo;
  beforeAll(async () => {
    database = await makeTestDatabase();
    [airalo, access, go] = await Promise.all([startFakeAiralo(), startFakeEsimAccess(), startFakeEsimGo()]);
  });
  afterAll(async () => {
    await Promise.all([airalo.stop(), access.stop(), go.stop()]);
    await database.drop();
  });

  const sell = (
    fake: { ledger: FakeAiralo["ledger"] },
    prefix: string,
    price: number,
    count = PLANS,
  ): void => {
    const packages = Array.from({ length: count }, (_, index) => ({
      id: `${prefix}-${index}`,
      kind: "esim" as const,
      countries: [PLACES[index % PLACES.length]!],
      gigabytes: 1 + (Math.floor(index / PLACES.length) % 5),
      days: 1 + Math.floor(index / (5 * PLACES.length)),
      price,
      stock: 1_000,
    }));
    fake.ledger.packages.splice(0, fake.ledger.packages.length, ...packages);
  };
  const setRules = (version: number) =>
    makeManageRules(database).replace(
      {
        currencies: ["USD"],
        fees: [{ provider: "STRIPE", percent: "2.9", fixed: { USD: 30 } }],
        rules: [{ name: "all", when: {}, result: { margin_percent: "30", endings: { USD: "99" } } }],
      },
      version,
      ACT,
    );
  beforeEach(async () => {
    await database.query(
      "truncate plans, plan_suppliers, supplier_packages, supplier_package_changes, catalogue_syncs, price_rule_sets, exchange_rates, countries, carriers, audit_log cascade",
    );
    await setRules(0);
    sell(airalo, "air", 35_000);
    sell(access, "acc", 32_000);
    sell(go, "go", 38_000);
  });

  const run = async (args: readonly string[], failpoint = "none=throw") => {
    const program = await startProcess(
      args,
      {
        DATABASE_URL: database.url,
        DATA_DIR: temporaryFolder("sync"),
        AIRALO_API_BASE: airalo.url,
        AIRALO_CLIENT_ID: FAKE_AIRALO_ID,
        AIRALO_CLIENT_SECRET: FAKE_AIRALO_SECRET,
        ESIM_ACCESS_API_BASE: access.url,
        ESIM_ACCESS_CODE: FAKE_ESIM_ACCESS_CODE,
        ESIM_GO_API_BASE: go.url,
        ESIM_GO_API_KEY: FAKE_ESIM_GO_KEY,
        TRIBI_FAILPOINTS: failpoint,
      },
      { waitsUntilReady: false },
    );
    return { code: await program.ended, output: program.output() };
  };
  const sync = (...args: string[]) => run(["catalogue", "sync", ...args]);
  const counts = async () => {
    const [row] = await database.query<
      Record<"plans" | "synced" | "suppliers" | "packages" | "steps", number>
    >(
      `select (select count(*) from plans)::int as plans, (select count(*) from synced_plans)::int as synced,
         (select count(*) from plan_suppliers)::int as suppliers, (select count(*) from supplier_packages)::int as packages,
         (select count(*) from catalogue_sync_steps where applied_at is not null)::int as steps`,
    );
    return row!;
  };
  /** A plan on sale without a supplier whose cost is under its price, or one that no synchronisation knows. */
  const halves = () =>
    database.query(
      `select p.sku from plans p where not exists (select from synced_plans y where y.plan_id = p.id) or not exists (
         select from plan_suppliers s join plan_prices c on c.plan_id = s.plan_id and c.currency = s.cost_currency
         where s.plan_id = p.id and s.cost_minor < c.amount_minor)`,
    );

  it("3: a dry run shows the difference and keeps nothing; without --accept-held the first run is not applied", async () => {
    const dry = await sync("--dry-run");
    expect(dry.code).toBe(3);
    expect(dry.output).toContain("750 packages: 750 new, 0 changed, 0 vanished.");
    expect(dry.output).toContain("Plans: 250 to make, 0 to change, 0 to pause");
    expect(dry.output).toMatch(/ {2}create .+: USD \d+ \(leaves \d+\.\d+\)\n/);
    expect(dry.output).toContain("and 230 more");
    expect(await counts()).toEqual({ plans: 0, synced: 0, suppliers: 0, packages: 0, steps: 0 });
    const held = await sync("--apply");
    expect([held.code, held.output]).toEqual([3, expect.stringContaining("it is the first run")]);
    expect(await counts()).toMatchObject({ plans: 0, packages: 750 });
  }, 120_000);

  it("0: applies, and a second run finds nothing and writes nothing", async () => {
    const first = await sync("--apply", "--accept-held");
    expect(first.output).toContain("Applied 250, skipped 0, waiting 0.");
    expect(await counts()).toEqual({ plans: 250, synced: 250, suppliers: 750, packages: 750, steps: 250 });
    const rows = () =>
      Promise.all(
        ["plans", "plan_prices", "plan_suppliers", "supplier_packages", "catalogue_syncs", "audit_log"].map(
          (table) => database.query(`select xmin::text, t.* from ${table} t order by 2, 3`),
        ),
      );
    const before = await rows();
    const second = await sync("--apply");
    expect([second.code, second.output]).toEqual([
      0,
      expect.stringContaining("Plans: 0 to make, 0 to change"),
    ]);
    expect(await rows()).toEqual(before);
    expect(await halves()).toEqual([]);
  }, 120_000);

  it.each(["s14.before_batch", "s14.before_write", "s14.after_write", "s14.after_batch"])(
    "killed with SIGKILL at %s: nothing is half done, and the same command goes on to the end",
    async (point) => {
      const killed = await run(["catalogue", "sync", "--apply", "--accept-held"], `${point}=kill`);
      expect(killed.code).toBe("SIGKILL");
      const left = await counts();
      expect(left).toMatchObject({
        plans: point === "s14.after_batch" ? 100 : 0,
        synced: left.plans,
        suppliers: left.plans * 3,
        steps: left.plans,
      });
      expect(await halves()).toEqual([]);
      const again = await sync("--apply", "--accept-held");
      expect(again.output).toContain(`Applied ${PLANS - left.plans}, skipped 0, waiting 0.`);
      expect(await counts()).toMatchObject({ plans: 250, synced: 250, suppliers: 750, steps: 250 });
      expect(await halves()).toEqual([]);
      expect((await sync("--apply")).code).toBe(0);
    },
    120_000,
  );

  it("3: half a list of one supplier is said, and nothing of it is taken", async () => {
    await sync("--apply", "--accept-held");
    sell(access, "acc", 32_000, 100);
    const before = await counts();
    const { code, output } = await sync("--apply");
    expect([code, output]).toEqual([
      3,
      expect.stringContaining("esim-access: not read whole (100 packages, less than half of 250)"),
    ]);
    expect(await counts()).toEqual(before);
  }, 120_000);

  it("1: what cannot be done says what to do", async () => {
    expect(await sync("--dry-run", "--apply")).toMatchObject({
      code: 1,
      output: expect.stringContaining("one of"),
    });
    expect(await sync("--supplier", "nobody")).toMatchObject({
      code: 1,
      output: expect.stringContaining("no such supplier"),
    });
    await database.query("truncate price_rule_sets");
    const without = await sync();
    expect([without.code, without.output]).toEqual([1, expect.stringContaining("PUT /admin/price-rules")]);
    expect(without.output).not.toMatch(/\n\s+at /);
  }, 120_000);

  describe("tribi rates import", () => {
    const folder = temporaryFolder("rates");
    const day = (ago: number): string => new Date(Date.now() - ago * 86_400_000).toISOString().slice(0, 10);
    const file = (name: string, ...rows: string[]): string => {
      const where = path.join(folder, name);
      writeFileSync(where, ["base,currency,rate,date", ...rows].join("\n"));
      return where;
    };
    const rates = () =>
      database.query("select currency, rate::float8 as rate from exchange_rates order by 1");

    it("0 and 2: takes a file whole or not at all, with the row that is wrong", async () => {
      const good = await run([
        "rates",
        "import",
        file("good.csv", `EUR,USD,1.16,${day(1)}`, `EUR,JPY,180.5,${day(1)}`),
      ]);
      expect([good.code, good.output]).toEqual([0, expect.stringContaining("2 rates, 2 new or changed.")]);
      const kept = await rates();
      for (const [row, says] of [
        [`EUR,USD,0,${day(0)}`, /line 3.*rate/],
        [`EUR,USD,-1.1,${day(0)}`, /line 3.*positive/],
        [`EUR,USD,1.17,${day(21)}`, /line 3.*21 days ago/],
        [`EUR,USD,116,${day(0)}`, /line 3.*more than 20 %/],
      ] as const) {
        const bad = await run(["rates", "import", file("bad.csv", `EUR,JPY,181,${day(0)}`, row)]);
        expect([bad.code, bad.output]).toEqual([2, expect.stringMatching(says)]);
        expect(await rates()).toEqual(kept);
      }
      const jump = file("jump.csv", `EUR,USD,1.60,${day(0)}`);
      expect((await run(["rates", "import", jump])).code).toBe(2);
      expect((await run(["rates", "import", jump, "--accept-jump"])).code).toBe(0);
      expect(await rates()).toContainEqual({ currency: "USD", rate: 1.6 });
      expect((await run(["rates", "import", path.join(folder, "none.csv")])).code).toBe(1);
    }, 120_000);
  });
});
