/**
 * `npx tsx bench/operators.ts`: what each read of the console costs at the server in a large shop, on a durable database of
 * its own: home, search, every screen, and of each list every order and filter. Exits 1 when a search takes more than
 * 50 ms, the home page 300 ms or another read 200 ms at the median, and prints the plans of those.
 * Options: `--orders N` (1000000), `--samples N` (5), `--data-dir DIR` keeps the filled database and uses it again.
 */
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { startEmbeddedPostgres } from "@tribi/embedded-postgres";
import { startApp } from "../src/app.js";
import { loadConfig } from "../src/config/config.js";
import { openDatabase } from "../src/db/database.js";
import { migrateUp } from "../src/db/migrate.js";
import { makeLog } from "../src/telemetry/log.js";
import { PROGRAM_VERSION } from "../src/version.js";
import { listenToStatements } from "../tests/support/sent-statements.js";
import { call, eventually, OPERATORS_TOKEN } from "./arrange.js";
import { consoleReads } from "./console-reads.js";
import { fillLargeShop } from "./large-shop.js";

const { values: options } = parseArgs({
  options: {
    orders: { type: "string", default: "1000000" },
    samples: { type: "string", default: "5" },
    "data-dir": { type: "string" },
  },
});
const ORDERS = Number(options.orders);
const SAMPLES = Number(options.samples);
/** Nobody whose mail of an earlier run is still in the inbox. */
const OWNER = `owner-${Date.now()}@example.com`;
const say = (line: string): void => console.log(line);

async function signIn(url: string): Promise<string> {
  await call(url, "POST", "/auth/request-code", { body: { email: OWNER } });
  const code = await eventually("the code", async () => {
    const mails = await call<{ to: string; text: string }[]>(url, "GET", "/dev/inbox.json");
    return /(?<!\d)\d{6}(?!\d)/.exec(mails.find(({ to }) => to === OWNER)?.text ?? "")?.[0];
  });
  const { token } = await call<{ token: string }>(url, "POST", "/auth/verify-code", {
    body: { email: OWNER, code },
  });
  return token;
}

async function medianMillis(url: string, token: string, read: string): Promise<number> {
  const times: number[] = [];
  for (let sample = 0; sample < SAMPLES; sample += 1) {
    const startedAt = performance.now();
    await call(url, "GET", read, { token, expects: [200, 422, 500, 503] });
    times.push(performance.now() - startedAt);
  }
  return times.sort((a, b) => a - b)[SAMPLES >> 1] ?? Number.NaN;
}

async function plansOf(databaseUrl: string, texts: readonly string[]): Promise<void> {
  const db = openDatabase({ url: databaseUrl, poolMax: 1, applicationName: "tribi bench" });
  for (const text of new Set(texts)) {
    if (!/^\s*(select|with)/i.test(text)) continue;
    const { rows } = await db.run<{ "QUERY PLAN": string }>({
      name: "",
      text: `explain (generic_plan) ${text}`,
    });
    say(`    ${text.trim().slice(0, 120).replaceAll(/\s+/g, " ")}`);
    for (const row of rows) say(`      ${row["QUERY PLAN"]}`);
  }
  await db.close();
}

async function measure(databaseUrl: string, dataDir: string): Promise<boolean> {
  const config = loadConfig({
    ENVIRONMENT: "test",
    PORT: "0",
    HOST: "127.0.0.1",
    DATA_DIR: dataDir,
    DEV_TOKEN: OPERATORS_TOKEN,
    ADMIN_EMAILS: OWNER,
  });
  const log = makeLog({ level: "error", format: "json" });
  const app = await startApp({ config, databaseUrl, log, roles: { api: true, worker: true } });
  const heard = listenToStatements();
  let isFast = true;
  try {
    const token = await signIn(app.url);
    for (const { path: read, millisMax } of consoleReads(app.server.swagger(), { orders: ORDERS })) {
      heard.clear();
      await call(app.url, "GET", read, { token, expects: [200, 422, 500, 503] });
      const texts = [...heard.texts];
      const millis = await medianMillis(app.url, token, read);
      const isOver = millis > millisMax;
      isFast &&= !isOver;
      say(`${read.padEnd(75)} ${millis.toFixed(1).padStart(8)} ms${isOver ? `  over ${millisMax}` : ""}`);
      if (isOver) await plansOf(databaseUrl, texts);
    }
  } finally {
    heard.stop();
    await app.stop();
  }
  return isFast;
}

const folder = options["data-dir"] ?? mkdtempSync(path.join(tmpdir(), "tribi-bench-"));
const isFilled = existsSync(path.join(folder, "filled"));
const server = await startEmbeddedPostgres({ dataDir: path.join(folder, "database") });
try {
  await migrateUp(server.url, { program: PROGRAM_VERSION, isDevelopment: true });
  if (!isFilled) await fillLargeShop(server.url, ORDERS, say);
  writeFileSync(path.join(folder, "filled"), "");
  say(`${ORDERS} orders, median of ${SAMPLES}`);
  process.exitCode = (await measure(server.url, path.join(folder, "data"))) ? 0 : 1;
} finally {
  await server.stop();
  if (options["data-dir"] === undefined) rmSync(folder, { recursive: true, force: true });
}
