import { writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { makeTestDatabase, type TestDatabase } from "../support/database.js";
import { startProcess } from "../support/processes.js";
import { temporaryFolder } from "../support/temporary-folder.js";

const HEADER = "sku,activation_code,iccid,confirmation_code";

describe("tribi import-stock", () => {
  const folder = temporaryFolder("stock");
  let database: TestDatabase;

  const run = async (...args: string[]) => {
    const environment = { DATABASE_URL: database.url, DATA_DIR: folder, ESIM_SUPPLIER: "stock" };
    const program = await startProcess(args, environment, { waitsUntilReady: false });
    return { code: await program.ended, output: program.output() };
  };
  const file = (name: string, ...rows: string[]): string => {
    writeFileSync(path.join(folder, name), [HEADER, ...rows].join("\n"));
    return path.join(folder, name);
  };
  const inStock = () =>
    database.query<{ batch: string; count: number }>(
      "select batch, count(*) as count from stock_items group by batch order by batch",
    );

  beforeAll(async () => {
    database = await makeTestDatabase();
    const plans = path.join(folder, "plans.csv");
    writeFileSync(
      plans,
      "sku,name,country,carrier,data_gb,duration_days,price_USD\nES-1,Spain 1 GB,ES,Acme,1,7,4.50\n",
    );
    expect(await run("import-catalog", plans)).toMatchObject({ code: 0 });
  });
  afterAll(() => database.drop());

  it("0: imports a good file once, however often it is run; --dry-run only says so", async () => {
    const good = file("good.csv", "ES-1,LPA:1$smdp.example.com$GOOD-1", "ES-1,LPA:1$smdp.example.com$GOOD-2");
    const dry = await run("import-stock", good, "--dry-run");
    expect([dry.code, await inStock()]).toEqual([0, []]);
    expect(dry.output).toContain("Would import: 2 codes");
    expect(dry.output).toContain("without --dry-run");
    const real = await run("import-stock", good);
    expect([real.code, await inStock()]).toEqual([0, [{ batch: "good.csv", count: 2 }]]);
    expect(real.output).toContain("Imported: 2 codes; 0 known already");
    expect(real.output).toContain("GET /admin/inventory/low-stock");
    const again = await run("import-stock", good, "--batch", "November");
    expect([again.code, await inStock()]).toEqual([0, [{ batch: "good.csv", count: 2 }]]);
    expect(again.output).toContain("Imported: 0 codes; 2 known already");
  });

  it("2: says which rows were refused, never with their codes, and takes the others", async () => {
    const mixed = file(
      "mixed.csv",
      "no-such-plan,LPA:1$smdp.example.com$SECRET-3",
      "ES-1,LPA:1$10.0.0.1$SECRET-4",
      "ES-1,LPA:1$smdp.example.com$SECRET-5",
    );
    const { code, output } = await run("import-stock", mixed, "--batch", "November");
    expect(code).toBe(2);
    expect(await inStock()).toContainEqual({ batch: "November", count: 1 });
    expect(output).toContain("line 2, sku: there is no plan no-such-plan");
    expect(output).toContain("line 3, activation_code: bad_host");
    expect(output).toContain("import the file again");
    expect(output).not.toContain("SECRET");
  });

  it("1: a file that is not there, or is no list of codes, says what to do and imports nothing", async () => {
    const before = await inStock();
    const missing = await run("import-stock", path.join(folder, "none.csv"));
    expect([missing.code, missing.output]).toEqual([1, expect.stringContaining("Check the path")]);
    writeFileSync(path.join(folder, "other.csv"), "name,price\nSpain,4.50\n");
    const wrong = await run("import-stock", path.join(folder, "other.csv"));
    expect([wrong.code, wrong.output]).toEqual([
      1,
      expect.stringContaining("The header lacks sku, activation_code"),
    ]);
    expect(wrong.output).not.toMatch(/\n\s+at /);
    expect(await inStock()).toEqual(before);
  });

  it("0: --help tells the form of the command", async () => {
    const { code, output } = await run("import-stock", "--help");
    expect([code, output]).toEqual([0, expect.stringContaining("--batch")]);
  });
});
