import { writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTestApp, type TestApp } from "../support/app.js";
import { seedCatalog } from "../support/catalog.js";
import { logIn } from "../support/login.js";
import { startProcess } from "../support/processes.js";
import { temporaryFolder } from "../support/temporary-folder.js";

/** Every door for a CSV file, with a header and a good row of it. */
const DOORS = [
  ["plans", "sku,name,country,carrier,data_gb,duration_days,price_USD", "N-1,New,ES,Acme,1,7,4.50"],
  ["countries", "iso2,iso3,name", "GL,GRL,Greenland"],
  ["carriers", "name", "New carrier"],
  ["inventory", "sku,activation_code,iccid,confirmation_code", "ES-5GB-30D,LPA:1$smdp.example.com$API-1,,"],
] as const;

const COMMANDS = { plans: "import-catalog", inventory: "import-stock" } as const;

const utf16 = (text: string): Buffer => Buffer.from(text, "utf16le");

/** Files that nobody can read with confidence, by the reason that is given. */
const refused = (header: string, row: string): [string, Buffer, RegExp][] => [
  ["with NUL", Buffer.from(`${header}\n${row}\n${row}\u0000`), /Line 3: .*NUL/],
  ["in UTF-16 without a mark", utf16(`${header}\n${row}`), /Line 1: .*UTF-16/],
  ["in Latin-1", Buffer.from(`${header}\n${row}\u00f1`, "latin1"), /Line 2: .*UTF-8/],
  ["that is a spreadsheet", Buffer.from("PK\u0003\u0004abc"), /XLSX/],
  ["with a title", Buffer.from(`Our list\n${header}\n${row}`), /Line 1: .*header is in line 2/],
  [
    "of a megabyte of quotes",
    Buffer.from(`${header}\n${'"'.repeat(1_000_000)}`),
    /Line 2: .*more than 65536/,
  ],
  ["of a megabyte of newlines", Buffer.from("\n".repeat(1_000_000)), /empty/],
  ["of too many rows", Buffer.from(`${header}\n${`${row}\n`.repeat(50_001)}`), /more than 50000 rows/],
];

let app: TestApp;
let bearer = "";
beforeAll(async () => {
  app = await startTestApp({ ADMIN_EMAILS: "admin@example.com", ESIM_SUPPLIER: "stock" });
  await seedCatalog(app.database);
  bearer = (await logIn(app, "admin@example.com")).token;
});
afterAll(() => app.stop());

const TABLES = ["plans", "plan_prices", "countries", "carriers", "stock_items", "audit_log"];
const counts = async () =>
  app.database.query(
    `select ${TABLES.map((table) => `(select count(*) from ${table}) as ${table}`).join(", ")}`,
  );

async function send(door: string, bytes: Buffer, isDryRun: boolean) {
  const answer = await fetch(`${app.url}/admin/${door}/import?dry_run=${isDryRun}`, {
    method: "POST",
    headers: { "content-type": "text/csv", authorization: `Bearer ${bearer}` },
    body: bytes,
  });
  // biome-ignore lint/suspicious/noExplicitAny: a test reads whatever the wire brought
  return { status: answer.status, body: (await answer.json()) as any };
}

describe.each(DOORS)("POST /admin/%s/import", (door, header, row) => {
  // One reader reads all of them: each door shows that it passes its word on.
  const files = door === "plans" ? refused(header, row) : refused(header, row).slice(0, 3);
  const cases = [
    ...files.map((one) => [...one, false] as const),
    ...files.slice(0, 2).map((one) => [...one, true] as const),
  ];
  it.each(cases)(
    "422: a file %s says line and reason, and changes nothing",
    async (_, bytes, reason, isDryRun) => {
      const before = await counts();
      const { status, body } = await send(door, bytes, isDryRun);
      expect([status, body.code, body.detail]).toEqual([422, "csv_invalid", expect.stringMatching(reason)]);
      expect(await counts()).toEqual(before);
    },
  );

  it.each([true, false])(
    "200: a file in UTF-16 with tabs, as a spreadsheet writes it; dry run %s",
    async (isDryRun) => {
      const text = `\uFEFF${header}\r\n${row}\r\n`.replaceAll(",", "\t");
      const { status, body } = await send(door, utf16(text), isDryRun);
      expect([status, body.rows, body.refused_count]).toEqual([200, 1, 0]);
    },
  );

  it("200: of a file with a row that lost characters the row is refused", async () => {
    const { status, body } = await send(
      door,
      Buffer.from(`${header}\n${row.replace(/^./, "\uFFFD")}`),
      false,
    );
    expect([status, body.rows, body.refused_count]).toEqual([200, 1, 1]);
    expect(body.refused[0]).toMatchObject({ line: 2, reason: expect.stringContaining("lost") });
  });
});

describe.each(Object.entries(COMMANDS))("the command for %s, %s", (door, command) => {
  const folder = temporaryFolder("imports");
  const [, header = "", row = ""] = DOORS.find(([name]) => name === door) ?? [];
  it.each(refused(header, row).filter((_, index) => index % 3 === 1))(
    "1: a file %s: says line and reason, and changes nothing",
    async (_, bytes, reason) => {
      const file = path.join(folder, "file.csv");
      writeFileSync(file, bytes);
      const before = await counts();
      const environment = { DATABASE_URL: app.database.url, DATA_DIR: folder };
      const program = await startProcess([command, file], environment, { waitsUntilReady: false });
      expect([await program.ended, program.output()]).toEqual([1, expect.stringMatching(reason)]);
      expect(await counts()).toEqual(before);
    },
  );
});

it("while a hostile file is read, everybody else is answered", async () => {
  const [, header] = DOORS[3];
  const hostile = Buffer.from(`${header}\n${",\n".repeat(50_000)}`);
  let isReading = true;
  const reading = send("inventory", hostile, false).finally(() => {
    isReading = false;
  });
  let answered = 0;
  while (isReading) {
    expect((await app.request("GET", "/health/live")).status).toBe(200);
    answered += 1;
  }
  expect((await reading).status).toBe(200);
  expect(answered).toBeGreaterThan(5);
});
