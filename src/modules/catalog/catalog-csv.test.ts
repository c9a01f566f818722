import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseCatalogCsv as parse, writeCatalogCsv } from "./catalog-csv.js";
import { makeDemoCatalog } from "./demo-catalog.js";
import type { PlanDraft } from "./plan-draft.js";

const HEADER = "sku,name,country,carrier,data_gb,duration_days,price_USD,price_JPY";
const parseCatalogCsv = (file: Uint8Array) => parse(file, () => undefined);
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const read = (...rows: string[]) => parseCatalogCsv(bytes([HEADER, ...rows].join("\n")));

async function exported(plans: readonly PlanDraft[]): Promise<Uint8Array> {
  const currencies = [...new Set(plans.flatMap(({ prices }) => Object.keys(prices)))];
  async function* pages() {
    for (let start = 0; start < plans.length; start += 100) yield plans.slice(start, start + 100);
  }
  let text = "";
  for await (const piece of writeCatalogCsv(currencies, pages())) text += piece;
  return bytes(text);
}

describe("a file that is refused as a whole", () => {
  const table: [string, Uint8Array, RegExp][] = [
    ["not UTF-8", Uint8Array.of(...bytes(`${HEADER}\nA,Espa`), 0xf1, 0x61), /not in UTF-8/],
    ["UTF-16 of half a file", Uint8Array.of(0xff, 0xfe, 0x73, 0x00), /lacks sku/],
    ["NUL", bytes(`${HEADER}\nA,\u0000`), /NUL/],
    ["empty", bytes(""), /empty/],
    ["open quote", bytes(`${HEADER}\n"A,B`), /does not close/],
    ["missing column", bytes("sku,name,carrier,data_gb,price_USD\n"), /lacks duration_days/],
    ["mistyped column", bytes(`${HEADER},price_EURO\n`), /price_EURO/],
    ["unknown currency", bytes(`${HEADER},price_XXX\n`), /price_XXX/],
    ["column twice", bytes(`${HEADER},name\n`), /name twice/],
    ["no price column", bytes("sku,name,carrier,data_gb,duration_days\n"), /no price column/],
  ];
  test.each(table)("%s", async (_, file, reason) => {
    const answer = await parseCatalogCsv(file);
    expect(answer.kind).toBe("refused_file");
    expect(answer.kind === "refused_file" ? answer.reason : "").toMatch(reason);
  });
});

describe("a row that is refused by itself", () => {
  const good = "OK-1,Spain 5 GB,ES,Carrier,5,30,4.50,700";
  const table: [string, string][] = [
    ["A,Spain,ES,Carrier,5,30,-4.50,", "price_USD"],
    ["A,Spain,ES,Carrier,5,30,0,", "price_USD"],
    ["A,Spain,ES,Carrier,5,30,4.505,", "price_USD"],
    ["A,Spain,ES,Carrier,5,30,1e3,", "price_USD"],
    ["A,Spain,ES,Carrier,5,30,NaN,", "price_USD"],
    ["A,Spain,ES,Carrier,5,30,9999999999999,", "prices"],
    ["A,Spain,ES,Carrier,5,30,,7.5", "price_JPY"],
    ["A,Spain,ES,Carrier,5,30,,", "prices"],
    ["A,Spain,ES,Carrier,-5,30,4.50,", "data_gb"],
    ["A,Spain,ES,Carrier,0,30,4.50,", "data_gb"],
    ["A,Spain,ES,Carrier,,30,4.50,", "data_gb"],
    ["A,Spain,ES,Carrier,5,0,4.50,", "duration_days"],
    ["A,Spain,ES,Carrier,5,1.5,4.50,", "duration_days"],
    ["A,Spain,ES,Carrier,5,,4.50,", "duration_days"],
    [",Spain,ES,Carrier,5,30,4.50,", "sku"],
    ["A B,Spain,ES,Carrier,5,30,4.50,", "sku"],
    ["A,,ES,Carrier,5,30,4.50,", "name"],
    ["A,Spain,,Carrier,5,30,4.50,", "region"],
    ["A,Spain,E,Carrier,5,30,4.50,", "country"],
    ["A,Spain,ES,,5,30,4.50,", "carrier"],
    ["A,Spain,ES,Carrier,5,30,4.50", ""],
    ["OK-1,Spain again,ES,Carrier,5,30,4.50,", "sku"],
  ];
  test.each(table)("%s", async (row, column) => {
    const answer = await read(good, row, "OK-2,Spain 1 GB,ES,Carrier,1,7,,450");
    if (answer.kind !== "parsed") throw new Error(answer.reason);
    expect(answer.drafts.map(({ sku }) => sku)).toEqual(["OK-1", "OK-2"]);
    expect(answer.refused).toEqual([{ line: 3, column, reason: expect.any(String) }]);
  });

  test("the line is the one in which the row begins", async () => {
    const answer = await read('A,"Spain\n5 GB",ES,Carrier,5,30,4.50,', "B,Spain,ES,Carrier,5,x,4.50,");
    if (answer.kind !== "parsed") throw new Error(answer.reason);
    expect(answer.refused.map(({ line, column }) => [line, column])).toEqual([
      [2, "name"],
      [4, "duration_days"],
    ]);
  });
});

describe("a file from a spreadsheet", () => {
  test("may have a byte-order mark, CRLF, semicolons and empty lines", async () => {
    const text = `\uFEFF${HEADER}\r\nA,Spain,ES,Carrier,0.5,30,4.5,\r\n,,,,,,,\r\n\r\n`.replaceAll(",", ";");
    const answer = await parseCatalogCsv(bytes(text));
    if (answer.kind !== "parsed") throw new Error(answer.reason);
    expect(answer.refused).toEqual([]);
    expect(answer.drafts).toMatchObject([{ sku: "A", data_gb: 0.5, prices: { USD: 450 } }]);
    expect(answer.scope).toEqual({
      currencies: ["USD", "JPY"],
      hasDescription: false,
      hasPausedReason: false,
    });
  });
});

test("the demo catalogue comes back as it was exported", async () => {
  const { plans } = makeDemoCatalog();
  const answer = await parseCatalogCsv(await exported(plans));
  if (answer.kind !== "parsed") throw new Error(answer.reason);
  expect(answer.refused).toEqual([]);
  expect(answer.drafts).toEqual(plans);
});

test("whatever the API accepts comes back as it was exported", async () => {
  const line = fc
    .string({ unit: "grapheme", minLength: 1, maxLength: 20 })
    .map((text) => text.replaceAll("\u0000", ""))
    .filter((text) => /^\S(?:.*\S)?$/.test(text) && text.isWellFormed());
  const formula = fc.constantFrom("=1+1", "@SUM(1)", "-1", "+1", "'=1", '"quoted", too', "＝1");
  const draft = fc.record({
    sku: fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9._-]{0,20}$/),
    name: fc.oneof(line, formula),
    description: fc.oneof(line, formula, fc.constantFrom("", " two\nlines ", "\t=1", "\r\n-")),
    data_gb: fc.oneof(
      fc.constant(null),
      fc.integer({ min: 1, max: 1_000_000 }).map((n) => n / 1_000),
    ),
    duration_days: fc.integer({ min: 1, max: 3_650 }),
    country: fc.constant("ES"),
    region: fc.constant(null),
    countries: fc.constant<string[]>([]),
    carrier: fc.oneof(line, formula),
    paused_reason: fc.oneof(fc.constant(null), formula),
    prices: fc.record({ USD: fc.integer({ min: 1, max: 99_999 }), KWD: fc.integer({ min: 1, max: 99_999 }) }),
  });
  await fc.assert(
    fc.asyncProperty(draft as fc.Arbitrary<PlanDraft>, async (plan) => {
      const answer = await parseCatalogCsv(await exported([plan]));
      if (answer.kind !== "parsed") throw new Error(answer.reason);
      expect(answer.refused).toEqual([]);
      expect(answer.drafts).toEqual([plan]);
    }),
    { numRuns: 300 },
  );
});
