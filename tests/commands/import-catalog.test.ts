import { writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { makeTestDatabase, type TestDatabase } from "../support/database.js";
import { startProcess } from "../support/processes.js";
import { temporaryFolder } from "../support/temporary-folder.js";

const HEADER = "sku,name,country,carrier,data_gb,duration_days,price_USD";

describe("tribi import-catalog", () => {
  const folder = temporaryFolder("import");
  let database: TestDatabase;
  beforeAll(async () => {
    database = await makeTestDatabase();
  });
  afterAll(() => database.drop());

  const run = async (...args: string[]) => {
    const environment = { DATABASE_URL: database.url, DATA_DIR: folder };
    const program = await startProcess(args, environment, { waitsUntilReady: false });
    return { code: await program.ended, output: program.output() };
  };
  const file = (name: string, ...rows: string[]): string => {
    writeFileSync(path.join(folder, name), [HEADER, ...rows].join("\n"));
    return path.join(folder, name);
  };
  const skus = async () =>
    (await database.query<{ sku: string }>("select sku from plans order by sku")).map(({ sku }) => sku);

  it("0: imports a good file; --dry-run only says so", async () => {
    const good = file("good.csv", "ES-1,Spain 1 GB,ES,Acme,1,7,4.50", "ES-2,Spain 2 GB,ES,Acme,2,7,6.50");
    const dry = await run("import-catalog", good, "--dry-run");
    expect([dry.code, await skus()]).toEqual([0, []]);
    expect(dry.output).toContain("Would import: 2 created");
    const real = await run("import-catalog", good);
    expect([real.code, await skus()]).toEqual([0, ["ES-1", "ES-2"]]);
    expect(real.output).toContain("Imported: 2 created, 0 changed, 0 unchanged");
  });

  it("2: says which rows were refused, with line, column and reason, and takes the others", async () => {
    const mixed = file("mixed.csv", "ES-3,Spain,ES,Acme,3,7,-1", "ES-4,Spain,ES,Acme,4,7,9.00");
    const { code, output } = await run("import-catalog", mixed);
    expect([code, await skus()]).toEqual([2, ["ES-1", "ES-2", "ES-4"]]);
    expect(output).toContain("line 2, price_USD: must be a price such as 4.50");
    expect(output).toContain("import the file again");
  });

  it("2: refuses a price that no card can be charged, as the API does", async () => {
    writeFileSync(path.join(folder, "kwd.csv"), `${HEADER},price_KWD\nES-9,Spain,ES,Acme,3,7,4.50,4.501`);
    const before = await skus();
    const { code, output } = await run("import-catalog", path.join(folder, "kwd.csv"));
    expect([code, await skus()]).toEqual([2, before]);
    expect(output).toMatch(/line 2, price_KWD: cannot be charged: .* 4\.500 or 4\.510/);
  });

  it("1: a file that is not there or no catalogue says what to do", async () => {
    const missing = await run("import-catalog", path.join(folder, "none.csv"));
    expect([missing.code, missing.output]).toEqual([1, expect.stringContaining("Check the path")]);
    writeFileSync(path.join(folder, "latin1.csv"), Buffer.from(`${HEADER}\nA,Espa\xf1a`, "latin1"));
    const wrong = await run("import-catalog", path.join(folder, "latin1.csv"));
    expect([wrong.code, wrong.output]).toEqual([1, expect.stringContaining("not in UTF-8")]);
    expect(wrong.output).not.toMatch(/\n\s+at /);
  });

  it("0: --help tells the form of the command", async () => {
    const { code, output } = await run("import-catalog", "--help");
    expect([code, output]).toEqual([0, expect.stringContaining("--dry-run")]);
  });

  it("tribi seed: fills an empty catalogue, and leaves one alone that holds anything", async () => {
    const kept = await run("seed");
    expect([kept.code, kept.output]).toEqual([0, expect.stringContaining("nothing was added")]);
    await database.query("truncate plans, countries, carriers cascade");
    const filled = await run("seed");
    expect([filled.code, filled.output]).toEqual([0, expect.stringMatching(/demo shop with \d{3} plans/)]);
  });
});
