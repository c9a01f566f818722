/**
 * `npx tsx bench/growth.ts --orders 1000000`: whether the shop is as fast with many orders as with ten thousand. Fills a
 * durable database, loads the built server at both sizes, audits the large one beside a load of orders, and prints the
 * rate of orders with one, two and four processes. Options: `--rounds N` (3), `--seconds N` (3). Exits 1 when a request
 * failed or p50 or p99 of a scenario grew by more than a fifth.
 */
import { spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { startEmbeddedPostgres } from "@tribi/embedded-postgres";
import pg from "pg";
import { openDatabase } from "../src/db/database.js";
import { auditBooks, CHAIN_BLOCKS_CHECKED, makeChainHash } from "../src/modules/admin/admin.module.js";
import { makeInstallVault } from "../src/modules/esims/esims.module.js";
import { fillOrders } from "./fill-orders.js";
import { type LoadResult, load } from "./load.js";
import { startMailSink } from "./mail-sink.js";
import { ROOT, startTribi } from "./processes.js";
import { median } from "./report.js";
import { FRESH_ORDER, steadyScenarios, type Traffic, webhookTraffic } from "./scenarios.js";
import { type Stage, setStage } from "./stage.js";

const { values } = parseArgs({
  options: {
    orders: { type: "string", default: "1000000" },
    rounds: { type: "string", default: "3" },
    seconds: { type: "string", default: "3" },
  },
});
const SMALL = 10_000;
const LARGE = Number(values.orders);
const ROUNDS = Number(values.rounds);
const SECONDS = Number(values.seconds);
/** Few, so that a time is the request's own and not that of the queue before it. */
const CONNECTIONS = 4;
const GROWTH_MAX = 1.2;
const WEBHOOKS = 500;
const vault = makeInstallVault({
  keys: [{ id: "bench", key: randomBytes(32) }],
  indexKey: randomBytes(32).toString("hex"),
});
const say = (line: string): void => console.log(line);

interface Times {
  readonly p50: number;
  readonly p99: number;
}

const run = async (url: string, traffic: Traffic, seconds: number): Promise<LoadResult> => {
  const result = await load({ url, connections: CONNECTIONS, seconds, ...traffic });
  if (result.errors > 0) throw new Error(`${result.errors} wrong answers: ${result.samples.join(" ")}`);
  return result;
};

async function fill({ databaseUrl }: Stage, from: number, to: number): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    await fillOrders(client, vault, { from, to });
    await client.query("checkpoint");
  } finally {
    await client.end();
  }
}

/** By scenario, the medians over the rounds. */
async function measure(stage: Stage): Promise<Map<string, Times>> {
  const rounds = new Map<string, LoadResult[]>();
  const note = (name: string, result: LoadResult): void => {
    rounds.set(name, [...(rounds.get(name) ?? []), result]);
  };
  for (let round = 0; round <= ROUNDS; round += 1) {
    for (const { name, traffic } of steadyScenarios(stage.arranged)) {
      const result = await run(stage.server.url, traffic, round === 0 ? 1 : SECONDS);
      if (round > 0) note(name, result);
    }
    const result = await run(stage.server.url, await webhookTraffic(stage.databaseUrl, WEBHOOKS), 60);
    if (round > 0) note("POST /payments/webhook/stripe (signed)", result);
  }
  const middle = (results: LoadResult[], of: "p50Millis" | "p99Millis"): number =>
    median(results.map((one) => one[of]));
  return new Map(
    [...rounds].map(([name, results]) => [
      name,
      { p50: middle(results, "p50Millis"), p99: middle(results, "p99Millis") },
    ]),
  );
}

/** Of orders that are made while the audit reads everything. */
async function auditBeside(stage: Stage): Promise<void> {
  const fresh = steadyScenarios(stage.arranged).find(({ name }) => name === FRESH_ORDER);
  if (fresh === undefined) throw new Error(`No scenario ${FRESH_ORDER}`);
  const alone = await run(stage.server.url, fresh.traffic, SECONDS);
  const db = openDatabase({
    url: stage.databaseUrl,
    poolMax: 3,
    applicationName: "tribi bench",
    statementTimeoutMillis: 600_000,
  });
  const audit = auditBooks({
    db,
    connections: 3,
    sealed: { vault, keyIds: ["bench"], opensMax: 10_000 },
    chain: { chainHash: makeChainHash("bench"), blocksMax: CHAIN_BLOCKS_CHECKED },
  });
  const beside = await run(stage.server.url, fresh.traffic, SECONDS);
  const { seconds, laws } = await audit;
  await db.close();
  const text = ({ p50Millis, p99Millis }: LoadResult): string =>
    `p50 ${p50Millis.toFixed(1)} ms, p99 ${p99Millis.toFixed(1)} ms`;
  say(`audit of ${LARGE} orders, ${laws.length} rules: ${seconds.toFixed(1)} s beside orders`);
  say(`orders without the audit: ${text(alone)}; during it: ${text(beside)}`);
}

async function ratesOfProcesses(stage: Stage): Promise<void> {
  const fresh = steadyScenarios(stage.arranged).find(({ name }) => name === FRESH_ORDER);
  if (fresh === undefined) return;
  const more = [stage.server];
  for (const count of [1, 2, 4]) {
    while (more.length < count)
      more.push(await startTribi(["serve", "--no-worker"], stage.environment, { logFile: stage.logFile }));
    for (const { url } of more) await run(url, fresh.traffic, 1);
    const results = await Promise.all(more.map(({ url }) => run(url, fresh.traffic, SECONDS)));
    const rate = results.reduce((sum, { perSecond }) => sum + perSecond, 0);
    say(`${count} processes: ${Math.round(rate)} orders/s`);
  }
  for (const one of more.slice(1)) await one.stop();
}

if (spawnSync(process.execPath, ["scripts/build.mjs"], { cwd: ROOT, stdio: "inherit" }).status !== 0)
  process.exit(1);
const folder = mkdtempSync(path.join(tmpdir(), "tribi-growth-"));
// The database's user gets through, so that its files are in here and go with the folder.
chmodSync(folder, 0o711);
const database = await startEmbeddedPostgres({
  name: "tribi",
  dataDir: path.join(folder, "database"),
  settings: { max_connections: "200", shared_buffers: "512MB", max_wal_size: "2GB" },
});
const sink = await startMailSink();
try {
  const stage = await setStage({ databaseUrl: database.url, sink, folder });
  await fill(stage, 1, SMALL);
  const small = await measure(stage);
  await fill(stage, SMALL + 1, LARGE);
  const large = await measure(stage);
  say(`ms, p50 and p99: with ${SMALL} orders, with ${LARGE}, growth`);
  for (const [name, now] of large) {
    const was = small.get(name) ?? now;
    const grew = { p50: now.p50 / was.p50, p99: now.p99 / was.p99 };
    const [a, b, c] = [was, now, grew].map(({ p50, p99 }) => `${p50.toFixed(2)} ${p99.toFixed(2)}`);
    say(`${name}: ${a} | ${b} | ${c}`);
    if (Math.max(grew.p50, grew.p99) > GROWTH_MAX) process.exitCode = 1;
  }
  await auditBeside(stage);
  await ratesOfProcesses(stage);
  await stage.server.stop();
} finally {
  await sink.stop();
  await database.stop();
  rmSync(folder, { recursive: true, force: true });
}
