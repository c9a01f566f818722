import { existsSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { startProcess } from "../support/processes.js";
import { temporaryFolder } from "../support/temporary-folder.js";

const folder = temporaryFolder("data");

const run = async (...args: string[]) => {
  const program = await startProcess(["data", ...args], { DATA_DIR: folder }, { waitsUntilReady: false });
  return { code: await program.ended, output: program.output() };
};
const file = (...lines: string[]): string => {
  const where = path.join(folder, "data.csv");
  writeFileSync(where, lines.join("\n"));
  return where;
};
const kept = (kind: string): string => path.join(folder, "reference", `${kind}.json`);
const FROM = ["--source", "our own list", "--date", "2026-11-01"];

describe("tribi data import", () => {
  it.each([
    [
      "country-names",
      ["country,language,name", "ZA,,Kaapstad", "QQ,,Nowhere"],
      /line 3, country: is no country/,
    ],
    [
      "country-names",
      ["country,language,name", "ZA,,Kaapstad", "ZA,,kaapstad"],
      /line 3: says the same as line 2/,
    ],
    ["country-names", ["country,language,name", "ZA,fr,Le Cap"], /line 2, language: is neither en nor es/],
    ["regions", ["region,countries", "Nordics,SE NO QQ"], /line 2, countries: QQ is no country/],
    ["regions", ["region,countries", "Nordics,SE NO", "North,NO SE"], /line 3: says the same as line 2/],
    ["regions", ["region,countries", "Alone,SE"], /line 2, countries: must be two countries/],
    ["regions", ["region,countries,also", `North,SE NO,${"x".repeat(101)}`], /line 2, also: has a name/],
    ["regions", ["region,countries,also", "North,SE NO,-"], /line 2, also: .*without a letter/],
    ["regions", ["region,countries", "***,SE NO"], /line 2, region: .*with a letter/],
    ["devices", ["name,verdict,models", "Fone 1,maybe,Fone 1"], /line 2, verdict: must be one of/],
    // What is longer than a start reads is refused here, or no process of the shop would start again.
    [
      "devices",
      ["name,verdict,names", `Fone 1,unknown,${Array.from({ length: 2_001 }, (_, n) => `F${n}`).join("|")}`],
      /line 2, names: has more than 2000/,
    ],
    [
      "devices",
      ["name,verdict,models,source,date", `A,unknown,A,${"x".repeat(501)},2026-02-01`],
      /line 2, source: has more than 500/,
    ],
    ["devices", ["name,verdict", "Fone 1,unknown"], /line 2, names: .*must say which device/],
    [
      "devices",
      ["name,verdict,prefixes", "A,unknown,SM-", "B,unknown,sm-"],
      /line 3: says the same as line 2/,
    ],
    [
      "devices",
      ["name,verdict,models,source,date", "A,unknown,A,page,2026-02-30"],
      /line 2, date: is no date/,
    ],
  ])("2: %s with a bad row is refused whole, with the row", async (kind, lines, says) => {
    const { code, output } = await run("import", kind, file(...lines), ...FROM);
    expect([code, output]).toEqual([2, expect.stringMatching(says)]);
    expect(existsSync(kept(kind))).toBe(false);
  });

  it("1: without a source's day, or of what there is none, says what to do", async () => {
    const good = file("region,countries", "Nordics,SE NO DK");
    expect(await run("import", "regions", good, "--source", "x", "--date", "tomorrow")).toMatchObject({
      code: 1,
    });
    for (const source of ["", "x".repeat(501)])
      expect(await run("import", "regions", good, "--source", source, "--date", "2026-11-01")).toMatchObject({
        code: 1,
        output: expect.stringContaining("--source says"),
      });
    expect(existsSync(kept("regions"))).toBe(false);
    expect(await run("import", "cities", good, ...FROM)).toMatchObject({
      code: 1,
      output: expect.stringContaining("country-names, regions, devices"),
    });
    expect(await run("import", "regions", path.join(folder, "none.csv"), ...FROM)).toMatchObject({ code: 1 });
  });

  it("0: keeps a good file with its source and date, and a shop that starts uses it", async () => {
    const names = file("country,language,name", "ZA,,Kaapstad", "ZA,es,República Sudafricana");
    expect((await run("import", "country-names", names, ...FROM, "--dry-run")).output).toContain(
      "Would import 2",
    );
    expect(existsSync(kept("country-names"))).toBe(false);
    expect((await run("import", "country-names", names, ...FROM)).code).toBe(0);
    const devices = file(
      "name,verdict,models,names,source,date",
      "Fone 1,likely_compatible,Fone 1|Fone 1 Pro,FONE-1,maker's page,2026-10-01",
    );
    expect((await run("import", "devices", devices, ...FROM)).code).toBe(0);
    expect(JSON.parse(readFileSync(kept("devices"), "utf8"))).toMatchObject({
      source: "our own list",
      date: "2026-11-01",
    });
    const list = await run("list");
    expect(list.output).toContain("country-names: 2 rows from our own list, 2026-11-01");
    expect(list.output).toContain("regions: what comes with the program");

    const regions = file("region,countries,name_es,also", "Europe,ES FR AD,,Old World|Viejo Mundo");
    expect((await run("import", "regions", regions, ...FROM)).code).toBe(0);

    const shop = await startProcess(["serve"], { DATA_DIR: folder });
    try {
      const get = async (at: string) => (await fetch(`${shop.url}${at}`)).json();
      expect(await get("/countries?q=kaapst")).toMatchObject([{ iso2: "ZA" }]);
      expect(await get("/countries?q=república sud")).toMatchObject([{ iso2: "ZA" }]);
      expect(await get("/countries?q=españ")).toMatchObject([{ iso2: "ES" }]);
      const page = async (at: string) =>
        (await fetch(`${shop.url}${at}`, { headers: { accept: "text/html" } })).text();
      expect(await page("/es/esim/viejo-mundo")).toMatch(/Europa.*No funciona en: Andorra\./s);
      expect(await get("/device/models")).toEqual([
        {
          name: "Fone 1",
          verdict: "likely_compatible",
          note: null,
          note_es: null,
          source: "maker's page",
          as_of: "2026-10-01",
        },
        {
          name: "Fone 1 Pro",
          verdict: "likely_compatible",
          note: null,
          note_es: null,
          source: "maker's page",
          as_of: "2026-10-01",
        },
      ]);
    } finally {
      shop.kill("SIGTERM");
      await shop.ended;
    }
    writeFileSync(kept("regions"), '{"source": "x"}');
    expect(await run("list")).toMatchObject({
      code: 1,
      output: expect.stringContaining("regions.json is wrong"),
    });
  }, 120_000);
});
