/**
 * `npm run test:profile [-- VITEST ARGUMENTS]`: what the test files cost in seconds of processor time, the dearest
 * first. Time by the clock says little on a machine that others use. Linux only.
 */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { build, runVitest } from "./vitest-run.js";

interface Cost {
  readonly file: string;
  readonly worker: number;
  readonly children: number;
  readonly postgres: number;
  readonly clock: number;
}

const COLUMNS = ["worker", "children", "postgres", "clock"] as const;

const print = (costOf: (column: (typeof COLUMNS)[number]) => number, name: string): void =>
  console.log([...COLUMNS.map((column) => costOf(column).toFixed(1).padStart(9)), name].join(" "));

if (!build()) process.exit(1);
const folder = mkdtempSync(path.join(tmpdir(), "tribi-test-profile-"));
const list = path.join(folder, "profile");
process.env.TEST_PROFILE = list;
const { failures, status } = runVitest(process.argv.slice(2));
const costs = readFileSync(list, "utf8")
  .trim()
  .split("\n")
  .map((line) => JSON.parse(line) as Cost);
rmSync(folder, { recursive: true });

const total = (column: (typeof COLUMNS)[number]): number =>
  costs.reduce((sum, cost) => sum + cost[column], 0);
console.log(`${COLUMNS.map((column) => column.padStart(9)).join(" ")} seconds`);
for (const cost of costs.sort((a, b) => b.worker + b.children - a.worker - a.children))
  print((column) => cost[column], cost.file);
print(total, "in all");
for (const failure of failures) console.log(`failed: ${failure}`);
process.exit(status ?? 1);
