/**
 * `npx tsx bench/plans.ts`: whether 5,000 plans are served at the same rate per byte as 200, plain and compressed, by one
 * process of the built program. The two lists are asked for in turns in one run. Exits 1 when the long list comes at less
 * than nine tenths of the short one's rate. Options: `--plans N` (5000), `--rounds N` (3), `--seconds N` (4).
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { startEmbeddedPostgres } from "@tribi/embedded-postgres";
import { openDatabase } from "../src/db/database.js";
import { migrateUp } from "../src/db/migrate.js";
import { PROGRAM_VERSION } from "../src/version.js";
import { load, requestBytes } from "./load.js";
import { startTribi } from "./processes.js";

const { values: options } = parseArgs({
  options: {
    plans: { type: "string", default: "5000" },
    rounds: { type: "string", default: "3" },
    seconds: { type: "string", default: "4" },
  },
});
const PLANS = Number(options.plans);
const SHARE_MIN = 0.9;
const CONNECTIONS = 16;
const say = (line: string): void => console.log(line);
const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[values.length >> 1] ?? 0;

/** All plans have a price in dollars, the first 200 one in euros. */
const FILL = [
  "insert into carriers (name) values ('Bench')",
  "insert into countries (iso2, name) values ('ES', 'Spain')",
  `insert into plans (sku, name, description, data_gb, duration_days, country_id, carrier_id)
   select 'BENCH-' || n, 'Plan ' || n, 'A plan for travellers', 1 + n % 20, 1 + n % 60, (select id from countries), (select id from carriers)
   from generate_series(1, ${PLANS}) n`,
  "insert into plan_prices (plan_id, currency, amount_minor) select id, 'USD', 100 + id % 5000 from plans",
  "insert into plan_prices (plan_id, currency, amount_minor) select id, 'EUR', 100 + id % 5000 from plans order by id limit 200",
  "analyze",
];

const folder = mkdtempSync(path.join(tmpdir(), "tribi-bench-plans-"));
const postgres = await startEmbeddedPostgres({ name: "tribi", dataDir: folder, settings: {} });
try {
  await migrateUp(postgres.url, { program: PROGRAM_VERSION });
  const db = openDatabase({ url: postgres.url, poolMax: 1, applicationName: "tribi bench" });
  for (const text of FILL) await db.run({ name: "", text });
  await db.close();
  const environment = {
    ENVIRONMENT: "test",
    DATABASE_URL: postgres.url,
    DATA_DIR: path.join(folder, "tribi"),
  };
  const tribi = await startTribi(["serve"], environment, { logFile: path.join(folder, "tribi.log") });
  for (const encoding of ["identity", "gzip"]) await measure(tribi.url, encoding);
  await tribi.stop();
} finally {
  await postgres.stop();
  rmSync(folder, { recursive: true, force: true });
}

async function measure(url: string, encoding: string): Promise<void> {
  const headers = { "accept-encoding": encoding };
  const bytesPerSecond = async (currency: string): Promise<number> => {
    const at = `/plans?currency=${currency}`;
    const answer = await fetch(`${url}${at}`, { headers });
    const size = Number(answer.headers.get("content-length") ?? 0);
    await answer.arrayBuffer();
    const bytes = requestBytes("GET", at, { headers });
    const result = await load({
      url,
      connections: CONNECTIONS,
      next: () => bytes,
      seconds: Number(options.seconds),
    });
    if (result.errors > 0) throw new Error(`${result.errors} wrong answers: ${result.samples.join(" ")}`);
    return result.perSecond * size;
  };
  const [short, long]: [number[], number[]] = [[], []];
  for (let round = 0; round < Number(options.rounds); round += 1) {
    short.push(await bytesPerSecond("EUR"));
    long.push(await bytesPerSecond("USD"));
  }
  const share = median(long) / median(short);
  const mega = (value: number): string => (value / 1e6).toFixed(0);
  say(
    `${encoding}: 200 plans ${mega(median(short))} MB/s, ${PLANS} plans ${mega(median(long))} MB/s: ${share.toFixed(2)} of the rate per byte`,
  );
  if (share < SHARE_MIN) process.exitCode = 1;
}
