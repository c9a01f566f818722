import { stringify } from "csv-stringify/sync";
import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import type { CsvColumns } from "./csv-header.js";
import { type CsvFile, readCsv } from "./read-csv.js";

const COLUMNS: CsvColumns = {
  required: ["sku", "name"],
  optional: ["note", "code"],
  mayEndEarly: false,
  isSecret: false,
};
const NAMES = ["sku", "name", "note", "code"];
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

async function file(text: string | Uint8Array, columns = COLUMNS): Promise<CsvFile> {
  const read = await readCsv(typeof text === "string" ? bytes(text) : text, columns);
  if (read.kind !== "file") throw new Error(`line ${read.line}: ${read.reason}`);
  return read;
}

const cellsOf = ({ rows }: CsvFile) => rows.map((row) => NAMES.map((name) => row.cell(name)));

/** UTF-16 with its byte-order mark. */
function utf16(text: string, isBigEndian: boolean): Uint8Array {
  const encoded = Buffer.from(`\uFEFF${text}`, "utf16le");
  return isBigEndian ? encoded.swap16() : encoded;
}

describe("one separator per file, which its header says", () => {
  it.each([",", ";", "\t", "|"])(
    "%j: a cell that holds another separator is kept whole",
    async (separator) => {
      const others = [",", ";", "\t", "|"].filter((other) => other !== separator).join("");
      const text = [NAMES, ["A", `a${others}b`, "", `12${others}34`]]
        .map((row) => row.join(separator))
        .join("\n");
      expect(cellsOf(await file(text))).toEqual([["A", `a${others}b`, "", `12${others}34`]]);
    },
  );

  it("rows with another separator than the header are refused by name", async () => {
    const read = await file("sku;name;note;code\nA,a,n,c\nB;b;n;c");
    expect(cellsOf(read)).toEqual([["B", "b", "n", "c"]]);
    expect(read.refused).toEqual([
      { line: 2, column: "", reason: expect.stringContaining("a comma separated") },
    ]);
  });

  it("sep=; in the first line is an instruction, and one that contradicts the header is refused", async () => {
    expect(cellsOf(await file("sep=;\r\nsku;name\r\nA;a"))).toEqual([["A", "a", "", ""]]);
    expect(cellsOf(await file('\uFEFF"sep=;"\nsku;name\nA;a'))).toEqual([["A", "a", "", ""]]);
    expect(await readCsv(bytes("sep=;\nsku,name\nA,a"), COLUMNS)).toMatchObject({
      kind: "refused_file",
      line: 1,
      reason: expect.stringContaining("the header has a comma"),
    });
  });
});

describe("every line end ends a row", () => {
  const ends = ["\r\n", "\n", "\r"];
  const mixtures = ends.flatMap((one) =>
    ends.flatMap((two) => ends.map((three) => [one, two, three] as const)),
  );
  it.each(mixtures)("header %j, rows %j and %j", async (one, two, three) => {
    const read = await file(`sku,name${one}A,a${two}B,b${three}C,c${one}D,d`);
    expect(read.rows.map((row) => [row.line, row.cell("sku"), row.cell("name")])).toEqual([
      [2, "A", "a"],
      [3, "B", "b"],
      [4, "C", "c"],
      [5, "D", "d"],
    ]);
  });
});

describe("nothing is left out without a word", () => {
  it("empty trailing columns, empty rows and rows of blanks are nothing", async () => {
    const read = await file("\r\n,,,\r\nsku,name,,\r\n\r\nA,a,,\r\n , ,,\r\n,,,\r\nB,b\r\n\r\n");
    expect(read.rows.map((row) => [row.line, row.cell("sku")])).toEqual([
      [5, "A"],
      [8, "B"],
    ]);
    expect(read.refused).toEqual([]);
  });

  it("a row with text behind its columns, or in a column without a name, is refused", async () => {
    const read = await file("sku,,name\nA,x,a\nB,,b,y\nC,,c,\n");
    expect(read.rows.map((row) => row.cell("sku"))).toEqual(["C"]);
    expect(read.refused.map(({ line, reason }) => [line, reason])).toEqual([
      [2, "has text in column 2, which has no name in the header"],
      [3, "has 4 cells where the header has 3"],
    ]);
  });

  it("a row that ends early is refused, or its last cells are empty where the kind of file says so", async () => {
    expect((await file("sku,name,note\nA,a")).refused).toHaveLength(1);
    expect(cellsOf(await file("sku,name,note\nA,a", { ...COLUMNS, mayEndEarly: true }))).toHaveLength(1);
  });

  it("rows that a stray quote has swallowed are refused with their lines", async () => {
    const read = await file('sku,name,note,code\nA,a,"5 inch,1\nB,b,n,2\nC,c,6 inch",3\nD,d,n,4');
    expect(cellsOf(read)).toEqual([["D", "d", "n", "4"]]);
    expect(read.refused).toEqual([
      { line: 2, column: "", reason: expect.stringContaining("lines 2 to 4 look like rows") },
    ]);
  });

  it("a cell of several lines is one cell, and the next row knows its line", async () => {
    const read = await file('sku,name,note,code\r\nA,a,"two\r\nlines, with a comma",1\r\nB,b,n,2');
    expect(read.rows.map((row) => [row.line, row.spansLines, row.cell("note")])).toEqual([
      [2, true, "two\r\nlines, with a comma"],
      [4, false, "n"],
    ]);
  });
});

describe("a file that is refused by the name of what it is", () => {
  const table: [string, Uint8Array, number, RegExp][] = [
    ["empty", bytes(""), 1, /empty/],
    ["nothing but blank lines", bytes("\n\r\n,,,\n"), 1, /empty/],
    ["a title above the header", bytes("Our plans 2027\n\nsku,name\nA,a"), 1, /header is in line 3/],
    ["a comment above the header", bytes("# made by hand\nsku,name\nA,a"), 1, /header is in line 2/],
    ["Latin-1", Buffer.from("sku,name\nA,a\nB,Espa\xf1a", "latin1"), 3, /not in UTF-8/],
    ["UTF-16 without a mark", utf16("sku,name\nA,a", false).slice(2), 1, /UTF-16 without/],
    ["NUL", bytes("sku,name\nA,a\nB,\u0000"), 3, /NUL/],
    ["XLSX", Uint8Array.of(0x50, 0x4b, 3, 4, 20), 1, /XLSX/],
    ["a quote that does not close", bytes('sku,name\nA,a\n\nB,"b\nC,c\nD,d'), 4, /does not close/],
    ["a quote within a cell", bytes('sku,name\nA,5" a\nB,b'), 2, /is within a cell/],
    ["text behind a quote", bytes('sku,name\nA,a\nB,"b" b\n'), 3, /followed by text/],
    [
      "a row without an end",
      bytes(`sku,name\nA,a\nB,${"b".repeat(70_000)}`),
      3,
      /more than 65536 characters/,
    ],
    [
      "a row of nothing but separators",
      bytes(`sku,name\nA,a\n${",".repeat(1_000_000)}`),
      3,
      /more than 65536/,
    ],
    ["too many rows", bytes(`sku,name\n${"A,a\n".repeat(50_001)}`), 50_002, /more than 50000 rows/],
  ];
  test.each(table)("%s", async (_, given, line, reason) => {
    const read = await readCsv(given, COLUMNS);
    expect(read).toEqual({ kind: "refused_file", line, reason: expect.stringMatching(reason) });
  });
});

describe("text that was opened in the wrong encoding", () => {
  const garble = (text: string, page: string): string => new TextDecoder(page).decode(bytes(text));
  const pages = ["windows-1252", "windows-1250", "windows-1251", "iso-8859-1", "macintosh"];
  const names = ["España", "Côte d’Ivoire", "Türkiye", "Ελλάδα", "Україна", "日本", "🇪🇸 Spain"];
  it.each(pages.flatMap((page) => names.map((name) => [page, name] as const)))(
    "saved again from %s, %s is refused with its row and what it seems to mean",
    async (page, name) => {
      const read = await file(`sku,name\nA,${garble(name, page)}\nB,${name}`);
      expect(read.rows.map((row) => row.cell("name"))).toEqual([name]);
      expect(read.refused).toMatchObject([
        { line: 2, column: "name", reason: expect.stringContaining(name) },
      ]);
    },
  );

  it("with replacement characters it is refused", async () => {
    expect((await file("sku,name\nA,Espa\uFFFDa")).refused).toMatchObject([{ line: 2, column: "name" }]);
  });

  it("good text with unusual neighbours is not taken for it", async () => {
    const good = ["NESTLÉ®", "CAFÉ”", "ÉTÉ…", "“Été” à l’île", "Maß…", "Київ", "MÜNCHEN – ÖBB"];
    const read = await file(["sku,name", ...good.map((name) => `A,${name}`)].join("\n"));
    expect(read.rows.map((row) => row.cell("name"))).toEqual(good);
  });
});

describe("a file that was made to be slow", () => {
  const HEADER = "sku,name,note,code\n";
  const table: [string, string][] = [
    ["quotes", '"'.repeat(1_500_000)],
    ["newlines", "\n".repeat(1_500_000)],
    ["carriage returns", "\r".repeat(1_500_000)],
    ["separators", ",".repeat(1_500_000)],
    ["rows of nothing", ",,,\r\n".repeat(100_000)],
    ["narrow rows of nothing", ",\n".repeat(500_000)],
    ["rows of one letter", "a\n".repeat(500_000)],
  ];
  it.each(table)("%s with and without a header: everything else goes on", async (_, body) => {
    for (const given of [bytes(body), bytes(HEADER + body)]) {
      let turnsOfOthers = 0;
      let isReading = true;
      const others = (): void => {
        turnsOfOthers += 1;
        if (isReading) setImmediate(others);
      };
      const before = process.cpuUsage();
      setImmediate(others);
      await readCsv(given, COLUMNS);
      isReading = false;
      const { user, system } = process.cpuUsage(before);
      // There is a turn after every 8 ms of work. A step of 100 ms would leave fewer turns than that, on any machine.
      expect(turnsOfOthers).toBeGreaterThan((user + system) / 100_000 - 1);
    }
  });
});

test("a table that any make of writer wrote is read back equal, or its rows are refused; never differently", async () => {
  const character = fc.oneof(
    fc.constantFrom(
      ",",
      ";",
      "\t",
      "|",
      '"',
      "\r",
      "\n",
      "\r\n",
      " ",
      "'",
      "=",
      "ñ",
      "É",
      "”",
      "日",
      "\u00A0",
      "a",
      "1",
    ),
    fc
      .string({ unit: "grapheme", minLength: 1, maxLength: 1 })
      .filter((text) => text.isWellFormed() && text !== "\0"),
  );
  const cell = fc.array(character, { maxLength: 8 }).map((characters) => characters.join(""));
  const table = fc.array(fc.tuple(cell, cell, cell, cell), { maxLength: 6 });
  const writer = fc.record({
    separator: fc.constantFrom(",", ";", "\t", "|"),
    ends: fc.array(fc.constantFrom("\r\n", "\n", "\r"), { minLength: 1, maxLength: 4 }),
    quotesAll: fc.boolean(),
    hasInstruction: fc.boolean(),
    emptyColumns: fc.integer({ min: 0, max: 2 }),
    emptyRows: fc.array(fc.boolean(), { maxLength: 7 }),
    endsLastRow: fc.boolean(),
    encoding: fc.constantFrom("utf-8", "utf-8 with a mark", "utf-16le", "utf-16be", "utf-16 without a mark"),
  });
  const writeTable = (
    rows: readonly (readonly string[])[],
    by: typeof writer extends fc.Arbitrary<infer W> ? W : never,
  ) => {
    const end = (index: number): string => by.ends[index % by.ends.length] ?? "\n";
    const empty = Array<string>(by.emptyColumns).fill("");
    const lines = [NAMES, ...rows].flatMap((row, index) => {
      const text = stringify([[...row, ...empty]], {
        delimiter: by.separator,
        quoted: by.quotesAll,
        eof: false,
      });
      return by.emptyRows[index] ? [text, by.separator.repeat(NAMES.length - 1 + by.emptyColumns)] : [text];
    });
    const instruction = by.hasInstruction ? [`sep=${by.separator}`] : [];
    const text = [...instruction, ...lines].map((line, index) => line + end(index)).join("");
    const whole = by.endsLastRow ? text : text.replace(/(\r\n|\r|\n)$/, "");
    if (by.encoding === "utf-8") return bytes(whole);
    if (by.encoding === "utf-8 with a mark") return bytes(`\uFEFF${whole}`);
    if (by.encoding === "utf-16 without a mark") return utf16(whole, false).slice(2);
    return utf16(whole, by.encoding === "utf-16be");
  };
  await fc.assert(
    fc.asyncProperty(table, writer, async (rows, by) => {
      const read = await readCsv(writeTable(rows, by), COLUMNS);
      if (read.kind === "refused_file") {
        expect(by.encoding).toBe("utf-16 without a mark");
        return;
      }
      const wanted = rows.filter((row) => row.some((text) => text.trim() !== ""));
      expect(read.rows.length + read.refused.length).toBe(wanted.length);
      // Refused rows stand where they stood: what is left, in order, is the table without them.
      const refused = new Set<number>();
      const readCells = cellsOf(read);
      let next = 0;
      wanted.forEach((row, index) => {
        if (JSON.stringify(readCells[next]) === JSON.stringify(row)) next += 1;
        else refused.add(index);
      });
      expect([next, refused.size]).toEqual([readCells.length, read.refused.length]);
      // Nothing good is refused without a reason that can be seen in the row.
      for (const index of refused) {
        expect(wanted[index]?.join(" ")).toMatch(/\uFFFD|[^\0-\x7f]{2}|[\r\n]/);
      }
    }),
    { numRuns: 300 },
  );
});
