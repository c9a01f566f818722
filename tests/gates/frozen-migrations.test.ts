import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { compareFrozen } from "../../scripts/frozen-migrations.js";
import { checksumOf } from "../../src/db/migration-files.js";

const FOLDER = "src/db/migrations";
const LIST = readFileSync(`${FOLDER}/checksums.txt`, "utf8");
const FILES = new Map(
  readdirSync(FOLDER)
    .filter((name) => name.endsWith(".sql"))
    .map((name) => [name, readFileSync(`${FOLDER}/${name}`, "utf8")]),
);

describe("a migration that was added once is never changed", () => {
  it("every file of src/db/migrations is what checksums.txt says", () => {
    expect(compareFrozen(FILES, LIST)).toEqual({ problems: [], fresh: [] });
  });

  it("an edited, a removed and a new file are told apart by name", () => {
    const planted = new Map(FILES);
    planted.set("0007_orders.up.sql", `${FILES.get("0007_orders.up.sql")} `);
    planted.delete("0008_payments.down.sql");
    planted.set("9000_new.up.sql", "-- oldest-program: 0.2.0\n");
    const { problems, fresh } = compareFrozen(planted, LIST);
    expect(problems).toEqual([
      expect.stringMatching(/0007_orders\.up\.sql is not what it was.*new migration/),
      expect.stringMatching(/0008_payments\.down\.sql is gone/),
    ]);
    expect(fresh).toEqual(["9000_new.up.sql"]);
  });

  it("a checkout with other line ends is the same migration", () => {
    expect(checksumOf("select 1;\r\n")).toBe(checksumOf("select 1;\n"));
  });

  it("npm run check fails for it", () => {
    const check = readFileSync("scripts/schema.ts", "utf8");
    expect(check).toContain("freezeOrCheck()");
    expect(readFileSync("scripts/check.mjs", "utf8")).toContain('"scripts/schema.ts", "--check"');
  });
});

it("no line of checksums.txt was ever changed in the history that is here", () => {
  const log = execFileSync("git", ["log", "--format=", "-p", "-U0", "--", `${FOLDER}/checksums.txt`], {
    encoding: "utf8",
  });
  expect(log.split("\n").filter((line) => /^-[0-9a-f]{64} /.test(line))).toEqual([]);
});
