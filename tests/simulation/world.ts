import { rmSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { startEmbeddedPostgres } from "@tribi/embedded-postgres";
import { openDatabase } from "../../src/db/database.js";
import { appErrorOf } from "../../src/http/error-of.js";
import { send } from "../support/app.js";
import { logIn } from "../support/login.js";
import { type FakeSuppliers, startFakeSuppliers } from "./fake-suppliers.js";
import { type Fleet, startFleet } from "./fleet.js";
import { addPlans, type CampaignPlan } from "./plans.js";

/** Everything around the shop: a database, three suppliers with books of their own, three processes, customers. */
export interface World {
  readonly suppliers: FakeSuppliers;
  readonly fleet: Fleet;
  readonly plans: readonly CampaignPlan[];
  readonly customers: readonly Customer[];
  readonly adminToken: string;
  /** Waits for a database that is on its way up again; what is cut off is sent once more. */
  query<Row>(text: string, values?: readonly unknown[]): Promise<Row[]>;
  /** PostgreSQL loses a backend to SIGKILL and so restarts with crash recovery; every connection is cut. */
  crashDatabase(): Promise<boolean>;
  stop(): Promise<void>;
}

export interface Customer {
  readonly userId: number;
  readonly token: string;
}

const PROCESSES = 3;
const CUSTOMERS = 6;

export async function startWorld(): Promise<World> {
  const folder = await mkdtemp(path.join(tmpdir(), "tribi-campaign-"));
  const server = await startEmbeddedPostgres({
    name: "tribi",
    dataDir: path.join(folder, "database"),
    settings: { max_connections: "200", fsync: "off" },
  });
  server.onUnexpectedExit((cause) =>
    console.log(`The campaign's database has ended, and with it the campaign: ${cause}`),
  );
  const suppliers = await startFakeSuppliers();
  const db = openDatabase({
    url: server.url,
    poolMax: 6,
    applicationName: "campaign",
    statementTimeoutMillis: 30_000,
    onIdleError: () => undefined,
  });
  const query: World["query"] = <Row>(text: string, values: readonly unknown[] = []) =>
    insist(async () => (await db.run<Row>({ name: "", text }, values)).rows as Row[]);
  const base = {
    ENVIRONMENT: "test",
    DATABASE_URL: server.url,
    DATA_DIR: path.join(folder, "shop"),
    LOG_LEVEL: process.env.CAMPAIGN_LOG_LEVEL ?? "error",
    ADMIN_EMAILS: "admin@example.com",
    // Pauses are short so that a round takes seconds; what is compared with them stays in proportion.
    PROVISIONING_PACE_MILLIS: "50",
    SUPPLIER_TIMEOUT_SECONDS: "1",
    SUPPLIER_SETTLING_SECONDS: "3",
    ESIM_GO_UNLISTED_SECONDS: "3",
    AUTO_REFUND_MAX_PER_HOUR: "100000",
    RATE_LIMIT_CODES_PER_IP_PER_DAY: "999999",
    DATABASE_POOL_MAX: "12",
    DATABASE_RESERVED_POOL_MAX: "10",
    ...suppliers.environment,
  };
  // One of them orders at Airalo asynchronously; what any of them began, any other can end.
  const fleet = await startFleet(PROCESSES, folder, (index, urls) =>
    index === 1 ? { ...base, AIRALO_WEBHOOK_URL: `${urls[0]}/esims/webhook/airalo` } : base,
  );
  suppliers.aimWebhooks(fleet.urls[0] ?? "");
  const shop = {
    request: (method: string, target: string, options = {}) =>
      send(`${fleet.urls[0]}${target}`, method, options),
  };
  const admin = await logIn(shop as never, "admin@example.com");
  const customers: Customer[] = [];
  for (let number = 0; number < CUSTOMERS; number += 1) {
    const { userId, token } = await logIn(shop as never, `customer${number}@example.com`);
    customers.push({ userId, token });
  }
  return {
    suppliers,
    fleet,
    plans: await addPlans(query),
    customers,
    adminToken: admin.token,
    query,
    crashDatabase: () => crashDatabase(query),
    stop: async () => {
      await fleet.stop();
      await db.close();
      await suppliers.stop();
      await server.stop();
      rmSync(path.dirname(server.dataFolder), { recursive: true, force: true });
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function insist<Value>(work: () => Promise<Value>): Promise<Value> {
  const deadline = Date.now() + 120_000;
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (appErrorOf(error).code !== "overloaded" || Date.now() > deadline) throw error;
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }
}

async function crashDatabase(query: World["query"]): Promise<boolean> {
  try {
    const [victim] = await query<{ pid: number }>(
      "select pid from pg_stat_activity where application_name like 'tribi%' and pid <> pg_backend_pid() limit 1",
    );
    if (victim === undefined) return false;
    process.kill(victim.pid, "SIGKILL");
  } catch {
    // Only root or the database's own user may kill its backends.
    return false;
  }
  await query("select 1");
  return true;
}
