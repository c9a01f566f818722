import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { makeEmptyDatabase } from "../support/empty-database.js";
import { startProcess } from "../support/processes.js";

const DATA_DIR = mkdtempSync(path.join(tmpdir(), "tribi-command-line-"));
afterAll(() => rmSync(DATA_DIR, { recursive: true, force: true }));

async function tribi(line: string, environment: Readonly<Record<string, string>> = {}) {
  const args = line === "" ? [] : line.split(" ");
  const program = await startProcess(args, { DATA_DIR, ...environment }, { waitsUntilReady: false });
  return { code: await program.ended, output: program.output() };
}

/** Every command; `opens` when it reads the configuration and opens the database. */
const COMMANDS: readonly { readonly line: string; readonly help: string; readonly opens: boolean }[] = [
  { line: "serve", help: "--no-worker", opens: true },
  { line: "worker", help: "run the jobs", opens: true },
  { line: "migrate up", help: "every pending migration", opens: true },
  { line: "migrate down", help: "--accept-data-loss", opens: true },
  { line: "migrate status", help: "exits 3", opens: true },
  { line: "accept-secrets", help: "secrets are meant", opens: true },
  { line: "seed", help: "empty catalogue", opens: true },
  { line: "import-catalog package.json", help: "--dry-run", opens: true },
  { line: "import-stock package.json", help: "--batch", opens: true },
  { line: "import-legacy --dump package.json", help: "mysqldump", opens: true },
  { line: "demo", help: "Exits 0", opens: false },
  { line: "catalogue sync --dry-run", help: "--accept-held", opens: true },
  { line: "rates import package.json", help: "--accept-jump", opens: true },
  { line: "data import regions package.json", help: "--source", opens: false },
  { line: "data list", help: "of when", opens: false },
  { line: "audit", help: "exits 1 on a violation", opens: true },
  { line: "doctor", help: "exits 1 when a check fails", opens: false },
  { line: "reconcile", help: "--apply", opens: true },
  { line: "restored --backup-time 2026-01-31", help: "before anything is started", opens: true },
  { line: "reset-second-factor owner@example.com", help: "told by mail", opens: true },
  { line: "rotate-keys", help: "DATA_ENCRYPTION_KEYS", opens: true },
  { line: "openapi", help: "OpenAPI document", opens: false },
];
const opening = COMMANDS.filter(({ opens }) => opens);

describe("every command", () => {
  it("is in this table", async () => {
    const { code, output } = await tribi("--help");
    const listed = [...output.matchAll(/^ {2}([a-z][a-z-]+) /gm)].map(([, name]) => name);
    const here = new Set(COMMANDS.map(({ line }) => line.split(" ")[0]));
    expect([code, listed.filter((name) => name !== "help").sort()]).toEqual([0, [...here].sort()]);
  });

  it.each(COMMANDS)("0: tribi $line --help says what it is for", async ({ line, help }) => {
    const { code, output } = await tribi(`${line} --help`);
    expect([code, output]).toEqual([0, expect.stringContaining("Usage: tribi")]);
    expect(output.replace(/\s+/g, " ")).toContain(help);
  });

  it.each(opening)("1: tribi $line names every variable that is wrong", async ({ line }) => {
    const { code, output } = await tribi(line, { PORT: "http", OTP_LENGTH: "4" });
    expect(code).toBe(1);
    expect(output).toMatch(
      /^The configuration has 2 problems:\n {2}PORT must .*\n {2}OTP_LENGTH must .*\n.*\.env\.example\.\n$/,
    );
  });

  it.each(["serve", "seed", "rotate-keys"])(
    "1: tribi %s says that no database is there, without a stack",
    async (line) => {
      const { code, output } = await tribi(line, { DATABASE_URL: "postgresql://127.0.0.1:1/none" });
      expect([code, output]).toEqual([1, expect.stringContaining("127.0.0.1:1")]);
      expect(output).not.toContain("    at ");
    },
  );
});

it("1: a command that needs a shop says that there is none in this database, and makes none", async () => {
  const database = await makeEmptyDatabase();
  try {
    const lines = [
      "audit",
      "rotate-keys",
      "reconcile",
      "accept-secrets",
      "reset-second-factor owner@example.com",
      "restored --backup-time 2026-01-31",
    ];
    for (const line of lines) {
      const { code, output } = await tribi(line, { DATABASE_URL: database.url });
      expect([line, code, output]).toEqual([
        line,
        1,
        expect.stringContaining("This database holds no shop."),
      ]);
    }
    const status = await tribi("migrate status", { DATABASE_URL: database.url });
    expect([status.code, status.output]).toEqual([3, expect.not.stringContaining("applied")]);
  } finally {
    await database.drop();
  }
}, 60_000);

it.each([
  ["", "Usage: tribi"],
  ["sell", "unknown command 'sell'"],
  ["serve --no-jobs", "unknown option '--no-jobs'"],
  ["import-catalog", "missing required argument 'file'"],
  ["reconcile --since yesterday", "--since yesterday is not a date"],
  ["reconcile --since 02/03/2026", "--since 02/03/2026 is not a date"],
])("1: tribi %s is not understood, and the answer says why", async (line, words) => {
  const { code, output } = await tribi(line);
  expect([code, output]).toEqual([1, expect.stringContaining(words)]);
});

it("0: tribi openapi prints the document that is checked in", async () => {
  const { code, output } = await tribi("openapi");
  expect([code, output]).toEqual([0, readFileSync("openapi.json", "utf8")]);
});

it("0: tribi --version", async () => {
  const { version } = JSON.parse(readFileSync("package.json", "utf8")) as { version: string };
  expect(await tribi("--version")).toEqual({ code: 0, output: `${version}\n` });
});

it("1: tribi serve in production names everything that is missing", async () => {
  const { code, output } = await tribi("serve", { ENVIRONMENT: "production" });
  expect(code).toBe(1);
  for (const name of ["JWT_SECRET", "SMTP_HOST", "DATABASE_URL", "STRIPE_SECRET_KEY", "LOCAL_SMDP_ADDRESS"])
    expect(output).toMatch(new RegExp(`^ {2}${name} is missing`, "m"));
});
