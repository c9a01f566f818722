import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { makeTestDatabase, type TestDatabase } from "../../../tests/support/database.js";
import { makeExportCatalog } from "./export-catalog.js";
import { makeImportCatalog } from "./import-catalog.js";
import type { ImportReport } from "./run-import.js";
import { seedDemoCatalog } from "./seed-demo-catalog.js";

let database: TestDatabase;
let changes = 0;
beforeAll(async () => {
  database = await makeTestDatabase();
});
afterAll(() => database.drop());

const act = { actor: "system:test", requestId: null };
const HEADER = "sku,name,country,region,countries,carrier,data_gb,duration_days,price_USD,price_JPY";

async function load(text: string | Uint8Array, isDryRun = false): Promise<ImportReport> {
  const importCatalog = makeImportCatalog({
    db: database.db,
    onChanged: () => (changes += 1),
    priceProblem: () => undefined,
  });
  const bytes = typeof text === "string" ? new TextEncoder().encode(text) : text;
  const report = await importCatalog({ bytes, isDryRun, act });
  if (report.kind !== "imported") throw new Error(`line ${report.line}: ${report.reason}`);
  return report;
}

async function exported(): Promise<string> {
  let text = "";
  for await (const piece of makeExportCatalog({ db: database.db })()) text += piece;
  return text;
}

const counts = async () =>
  (
    await database.query(
      `select (select count(*) from plans) as plans, (select count(*) from plan_prices) as prices,
              (select count(*) from plan_countries) as coverage, (select count(*) from countries) as countries,
              (select count(*) from carriers) as carriers, (select count(*) from audit_log) as audit`,
    )
  )[0];

describe("importing a catalogue", () => {
  it("takes good rows, refuses bad ones by line, and creates countries and carriers", async () => {
    const report = await load(
      [
        HEADER,
        "ES-5,Spain 5 GB,ES,,,Acme,5,30,4.50,700",
        "ES-BAD,Spain,ES,,,Acme,5,30,-4.50,",
        "ZZ-5,Nowhere,ZZ,,,Acme,5,30,4.50,",
        "IB-5,Iberia 5 GB,,Iberia,ES PT,ACME,unlimited,30,9.99,",
        "IB-9,Iberia,,Iberia,ES QQ,Acme,5,30,9.99,",
      ].join("\n"),
    );
    expect(report).toMatchObject({
      created: 2,
      updated: 0,
      unchanged: 0,
      countriesCreated: 2,
      carriersCreated: 1,
    });
    expect(report.refused.map(({ line, column }) => [line, column])).toEqual([
      [3, "price_USD"],
      [4, "country"],
      [6, "countries"],
    ]);
    expect(await counts()).toEqual({ plans: 2, prices: 3, coverage: 2, countries: 2, carriers: 1, audit: 1 });
    expect(changes).toBe(1);
  });

  it("the same file again changes nothing", async () => {
    const again = await load(
      `${HEADER}\nES-5,Spain 5 GB,ES,,,Acme,5,30,4.50,700\nIB-5,Iberia 5 GB,,Iberia,PT ES,Acme,unlimited,30,9.99,`,
    );
    expect(again).toMatchObject({ created: 0, updated: 0, unchanged: 2, refused: [] });
  });

  it("a changed price, a withdrawn one and a smaller region count as one change each", async () => {
    const report = await load(
      `${HEADER}\nES-5,Spain 5 GB,ES,,,Acme,5,30,5.00,\nIB-5,Iberia 5 GB,,Iberia,ES,Acme,unlimited,30,9.99,`,
    );
    expect(report).toMatchObject({ created: 0, updated: 2, unchanged: 0 });
    expect(await database.query("select currency, amount_minor from plan_prices order by 1, 2")).toEqual([
      { currency: "USD", amount_minor: 500 },
      { currency: "USD", amount_minor: 999 },
    ]);
  });

  it("a file without the columns of descriptions and pauses leaves those of the plans alone", async () => {
    await load(`${HEADER}\nES-5,Spain 5 GB,ES,,,Acme,5,30,5.00,`);
    await database.query(
      "update plans set description = 'By the sea', is_active = false, paused_reason = 'sync: nobody sells it' where sku = 'ES-5'",
    );
    const words = () =>
      database.query("select description, is_active, paused_reason from plans where sku = 'ES-5'");
    const before = await words();
    const again = await load(`${HEADER}\nES-5,Spain 5 GB,ES,,,Acme,5,30,5.00,`);
    expect(again).toMatchObject({ updated: 0, unchanged: 1 });
    const dearer = await load(`${HEADER}\nES-5,Spain 5 GB a month,ES,,,Acme,5,30,6.00,`);
    expect(dearer).toMatchObject({ updated: 1, refused: [] });
    expect(await words()).toEqual(before);
    await load(
      `${HEADER},description,paused_reason\nES-5,Spain 5 GB a month,ES,,,Acme,5,30,6.00,,In the hills,`,
    );
    expect(await words()).toEqual([{ description: "In the hills", is_active: true, paused_reason: null }]);
  });

  it("a dry run reports the same and keeps nothing", async () => {
    const before = await counts();
    const report = await load(`${HEADER}\nNEW-1,Chile 1 GB,CL,,,Other,1,7,4.50,`, true);
    expect(report).toMatchObject({ isDryRun: true, created: 1, countriesCreated: 1, carriersCreated: 1 });
    expect(await counts()).toEqual(before);
  });

  it("whatever was exported imports again as it was", async () => {
    await database.query("truncate plans, countries, carriers cascade");
    expect(await seedDemoCatalog(database.db)).toBeGreaterThanOrEqual(200);
    await database.query(
      "update plans set paused_reason = '=SUM(1)', is_active = false where sku = 'ES-5GB-30D'",
    );
    await database.query(
      "update plans set name = '@evil', description = E' two\\nlines' where sku = 'FR-5GB-30D'",
    );
    const csv = await exported();
    expect(csv.startsWith("\uFEFFsku,")).toBe(true);
    const rows =
      "select sku, name, description, data_gb, duration_days, region, paused_reason from plans order by sku";
    const before = await database.query(rows);
    const unchanged = await load(csv);
    expect(unchanged).toMatchObject({ created: 0, updated: 0, unchanged: before.length, refused: [] });
    await database.query("truncate plans, countries, carriers cascade");
    expect(await load(csv)).toMatchObject({ created: before.length, refused: [] });
    expect(await database.query(rows)).toEqual(before);
    expect(await exported()).toBe(csv);
  });

  it("two imports of one file at the same time make each plan once", async () => {
    await database.query("truncate plans, countries, carriers cascade");
    const rows = Array.from({ length: 1_200 }, (_, n) => `P-${n},Plan ${n},ES,,,Acme,1,7,${n + 1}.00,`);
    const reports = await Promise.all([1, 2, 3].map(() => load([HEADER, ...rows].join("\n"))));
    expect(reports.map(({ created }) => created).sort((a, b) => a - b)).toEqual([0, 0, 1_200]);
    expect(await counts()).toMatchObject({ plans: 1_200, prices: 1_200, carriers: 1 });
  });
});
