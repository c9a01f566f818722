/**
 * `npm run lighthouse -- --url http://localhost:8000`: Lighthouse's phone profile over the pages that search engines
 * see, each three times, in the Chromium that the tests use. Exits 1 when a score of any run is below 95. Lighthouse
 * itself is fetched by npx when it is first asked for: nothing else needs it.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { startBrowserAt } from "../tests/support/browser.js";
import { freePort } from "../tests/support/processes.js";

const VERSION = "12.8.2";
const CATEGORIES = ["performance", "accessibility", "best-practices", "seo"] as const;
const ENOUGH = 95;
const RUNS = 3;

const { values } = parseArgs({
  options: {
    url: { type: "string", default: "http://localhost:8000" },
    paths: { type: "string", default: "/,/es,/esim/spain,/es/esim/europe,/trip,/es/trip,/help,/es/help" },
  },
});

const port = await freePort();
const browser = await startBrowserAt(port);
const folder = mkdtempSync(path.join(tmpdir(), "tribi-lighthouse-"));
let isEnough = true;
for (const page of values.paths.split(",")) {
  const runs = Array.from({ length: RUNS }, (_, index) => scoresOf(`${values.url}${page}`, index));
  const medians = CATEGORIES.map((name) => {
    const sorted = runs.map((scores) => scores[name] ?? 0).sort((a, b) => a - b);
    return [name, sorted[Math.floor(RUNS / 2)] ?? 0] as const;
  });
  isEnough &&= runs.every((scores) => CATEGORIES.every((name) => (scores[name] ?? 0) >= ENOUGH));
  console.log(`${page}  ${medians.map(([name, score]) => `${name} ${score}`).join("  ")}`);
  for (const scores of runs) console.log(`    ${CATEGORIES.map((name) => scores[name] ?? 0).join(" ")}`);
}
await browser.stop();
rmSync(folder, { recursive: true, force: true });
process.exitCode = isEnough ? 0 : 1;

function scoresOf(url: string, index: number): Readonly<Record<string, number>> {
  const file = path.join(folder, `${index}.json`);
  const { status, stderr } = spawnSync(
    "npx",
    [
      "--yes",
      `lighthouse@${VERSION}`,
      url,
      `--port=${port}`,
      "--quiet",
      "--output=json",
      `--output-path=${file}`,
      `--only-categories=${CATEGORIES.join(",")}`,
    ],
    { encoding: "utf8" },
  );
  if (status !== 0) throw new Error(`Lighthouse ended with ${status}: ${stderr.slice(-2_000)}`);
  const { categories } = JSON.parse(readFileSync(file, "utf8")) as {
    categories: Readonly<Record<string, { score: number | null }>>;
  };
  return Object.fromEntries(
    Object.entries(categories).map(([name, { score }]) => [name, Math.round((score ?? 0) * 100)]),
  );
}
