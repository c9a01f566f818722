/**
 * `npx tsx bench/audit.ts --server postgresql://postgres@127.0.0.1:5432/postgres --orders 100000`: fills a database of
 * its own with a shop that has sold, audits it, prints how long each rule took, and drops the database (not with --keep).
 */
import { randomBytes } from "node:crypto";
import { parseArgs } from "node:util";
import pg from "pg";
import { openDatabase } from "../src/db/database.js";
import { migrateUp } from "../src/db/migrate.js";
import {
  auditBooks,
  CHAIN_BLOCKS_CHECKED,
  makeChainHash,
  SEALED_ROWS_OPENED,
} from "../src/modules/admin/admin.module.js";
import { seedDemoCatalog } from "../src/modules/catalog/catalog.module.js";
import { makeInstallVault as makeVault } from "../src/modules/esims/esims.module.js";
import { PROGRAM_VERSION } from "../src/version.js";
import { fillOrders } from "./fill-orders.js";

const { values } = parseArgs({
  options: {
    server: { type: "string", default: "postgresql://postgres@127.0.0.1:5432/postgres" },
    orders: { type: "string", default: "100000" },
    keep: { type: "boolean", default: false },
  },
});
const orders = Number(values.orders);
const name = `tribi_audit_${randomBytes(4).toString("hex")}`;
const admin = new pg.Client({ connectionString: values.server });
await admin.connect();
await admin.query(`create database ${name}`);
const url = new URL(values.server);
url.pathname = `/${name}`;
try {
  await migrateUp(url.href, { program: PROGRAM_VERSION, isDevelopment: true });
  const keys = [{ id: "bench", key: randomBytes(32) }];
  const vault = makeVault({ keys, indexKey: randomBytes(32).toString("hex") });
  const db = openDatabase({
    url: url.href,
    poolMax: 3,
    applicationName: "tribi bench",
    statementTimeoutMillis: 600_000,
  });
  await seedDemoCatalog(db);
  const client = new pg.Client({ connectionString: url.href });
  client.on("error", () => undefined);
  await client.connect();
  await fillOrders(client, vault, { from: 1, to: orders });
  await client.end();
  const { laws, seconds } = await auditBooks({
    db,
    connections: 3,
    sealed: { vault, keyIds: ["bench"], opensMax: SEALED_ROWS_OPENED },
    chain: { chainHash: makeChainHash("bench"), blocksMax: CHAIN_BLOCKS_CHECKED },
    onResult: ({ name: rule, checked }, taken) => console.log(`${taken.toFixed(2)} s  ${rule} (${checked})`),
  });
  await db.close();
  for (const law of laws.filter(({ violations }) => violations > 0)) console.log(JSON.stringify(law));
  console.log(`${orders} orders, ${laws.length} rules: ${seconds.toFixed(2)} s`);
} catch (error) {
  console.error(error);
  process.exitCode = 1;
} finally {
  if (values.keep) console.log(`Kept: ${url.href}`);
  else await admin.query(`drop database ${name} with (force)`);
  await admin.end();
}
