import { rmSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { type Db, openDatabase } from "../../src/db/database.js";
import { startEmbeddedPostgres } from "../../src/db/embedded-postgres.js";
import { FAKE_AIRALO_ID, FAKE_AIRALO_SECRET } from "../../src/providers/esim/airalo/fake-orders.js";
import { type FakeAiralo, startFakeAiralo } from "../../src/providers/esim/airalo/fake-server.js";
import {
  FAKE_ESIM_ACCESS_CODE,
  type FakeEsimAccess,
  startFakeEsimAccess,
} from "../../src/providers/esim/esim-access/fake-server.js";
import { send } from "../support/app.js";
import { eventually } from "../support/eventually.js";
import { logIn } from "../support/login.js";
import { freePort, type ServerProcess, startProcess } from "../support/processes.js";

/** Everything around the shop: a database, two suppliers with books of their own, three processes, customers. */
export interface World {
  readonly db: Db;
  readonly airalo: FakeAiralo;
  readonly access: FakeEsimAccess;
  readonly plans: readonly number[];
  readonly customers: readonly { readonly userId: number; readonly token: string }[];
  readonly adminToken: string;
  /** Addresses of all processes, dead or alive. */
  readonly urls: readonly string[];
  query<Row>(text: string, values?: readonly unknown[]): Promise<Row[]>;
  /** Kills a process by signal, now; it comes back by itself. */
  kill(index: number): void;
  /** The process comes back with this kill point armed the next time it starts. */
  armNext(failpoint: string): void;
  /** PostgreSQL loses a backend to SIGKILL and so restarts with crash recovery; every connection is cut. */
  crashDatabase(): Promise<boolean>;
  everyProcessIsUp(): Promise<void>;
  kills(): number;
  stop(): Promise<void>;
}

const PROCESSES = 3;
const CUSTOMERS = 6;

export async function startWorld(): Promise<World> {
  const dataDir = await mkdtemp(path.join(tmpdir(), "tribi-campaign-"));
  const server = await startEmbeddedPostgres({
    dataDir: path.join(dataDir, "database"),
    settings: { max_connections: "200", fsync: "off" },
  });
  const [airalo, access] = await Promise.all([startFakeAiralo(), startFakeEsimAccess()]);
  giveHistories(airalo, access);
  const db = openDatabase({
    url: server.url,
    poolMax: 6,
    applicationName: "campaign",
    statementTimeoutMillis: 30_000,
    onIdleError: () => undefined,
  });
  const query = async <Row>(text: string, values: readonly unknown[] = []): Promise<Row[]> =>
    (await db.run<Row>({ name: "", text }, values)).rows as Row[];
  const base = environmentOf(server.url, path.join(dataDir, "shop"), airalo, access);
  const fleet = await startFleet(base);
  const first = fleet.urls[0] ?? "";
  const shop = {
    request: (method: string, target: string, options = {}) => send(`${first}${target}`, method, options),
  };
  const plans = await addPlans(query);
  const admin = await logIn(shop as never, "admin@example.com");
  const customers: { userId: number; token: string }[] = [];
  for (let number = 0; number < CUSTOMERS; number += 1) {
    const { userId, token } = await logIn(shop as never, `customer${number}@example.com`);
    customers.push({ userId, token });
  }
  return {
    db,
    airalo,
    access,
    plans,
    customers,
    adminToken: admin.token,
    urls: fleet.urls,
    query,
    kill: fleet.kill,
    armNext: fleet.armNext,
    crashDatabase: () => crashDatabase(query),
    everyProcessIsUp: fleet.everyProcessIsUp,
    kills: fleet.kills,
    stop: async () => {
      await fleet.stop();
      await db.close();
      await Promise.all([airalo.stop(), access.stop()]);
      await server.stop();
      rmSync(path.dirname(server.dataFolder), { recursive: true, force: true });
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

/** Both fakes number their eSIMs alike; with a history of its own neither hands out the other's ICCIDs. */
function giveHistories(airalo: FakeAiralo, access: FakeEsimAccess): void {
  for (const fake of [airalo, access]) fake.limits.isEnforced = false;
  for (let number = 1; number <= 20_000; number += 1)
    airalo.ledger.sell({ reference: `ELSEWHERE-${number}`, packageId: "moshi-unlimited-3days" });
}

function environmentOf(
  databaseUrl: string,
  dataDir: string,
  airalo: FakeAiralo,
  access: FakeEsimAccess,
): Record<string, string> {
  return {
    ENVIRONMENT: "test",
    DATABASE_URL: databaseUrl,
    DATA_DIR: dataDir,
    LOG_LEVEL: process.env.CAMPAIGN_LOG_LEVEL ?? "error",
    ADMIN_EMAILS: "admin@example.com",
    PROVISIONING_PACE_MILLIS: "50",
    SUPPLIER_TIMEOUT_SECONDS: "1",
    AUTO_REFUND_MAX_PER_HOUR: "100000",
    RATE_LIMIT_CODES_PER_IP_PER_DAY: "999999",
    DATABASE_POOL_MAX: "12",
    DATABASE_RESERVED_POOL_MAX: "10",
    AIRALO_API_BASE: airalo.url,
    AIRALO_CLIENT_ID: FAKE_AIRALO_ID,
    AIRALO_CLIENT_SECRET: FAKE_AIRALO_SECRET,
    ESIM_ACCESS_API_BASE: access.url,
    ESIM_ACCESS_CODE: FAKE_ESIM_ACCESS_CODE,
  };
}

async function startFleet(base: Record<string, string>) {
  const ports = await Promise.all(Array.from({ length: PROCESSES }, freePort));
  const running: (ServerProcess | undefined)[] = [];
  let armed: string | undefined;
  let isStopping = false;
  let kills = 0;
  const start = async (index: number): Promise<void> => {
    const environment = { ...base, PORT: String(ports[index]) };
    if (armed !== undefined) Object.assign(environment, { TRIBI_FAILPOINTS: armed });
    armed = undefined;
    const child = await startProcess(["serve"], environment, { waitsUntilReady: false });
    running[index] = child;
    void child.ended.then((how) => {
      running[index] = undefined;
      if (isStopping) return;
      kills += 1;
      if (process.env.CAMPAIGN_LOG_LEVEL !== undefined)
        console.log(`process ${index} ended: ${how}\n${child.output()}`);
      void start(index);
    });
  };
  const urls = ports.map((port) => `http://127.0.0.1:${port}`);
  const isUp = async (url: string): Promise<boolean> =>
    fetch(`${url}/health/ready`)
      .then((answer) => answer.ok)
      .catch(() => false);
  const everyProcessIsUp = async (): Promise<void> => {
    for (const url of urls)
      await eventually(() => isUp(url), { timeoutMillis: 150_000, what: `Readiness of ${url}` });
  };
  await start(0);
  await eventually(() => isUp(urls[0] ?? ""), { timeoutMillis: 150_000, what: "the first process" });
  await Promise.all([start(1), start(2)]);
  await everyProcessIsUp();
  return {
    urls,
    everyProcessIsUp,
    kills: () => kills,
    kill: (index: number) => running[index]?.kill("SIGKILL"),
    armNext: (failpoint: string) => {
      armed = failpoint;
    },
    stop: async () => {
      isStopping = true;
      const alive = running.filter((one) => one !== undefined);
      for (const child of alive) child.kill("SIGKILL");
      await Promise.all(alive.map((child) => child.ended));
    },
  };
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
  await eventually(async () => (await query("select 1")).length === 1, { timeoutMillis: 30_000 });
  return true;
}

/** Where each plan can be bought; the costs are the suppliers' own. */
async function addPlans(query: World["query"]): Promise<number[]> {
  const sources = [
    [
      ["esim-access", "AU1GB7D", 180],
      ["airalo", "moshi-7days-1gb", 350],
    ],
    [["airalo", "moshi-7days-1gb", 350]],
    [["esim-access", "AU1GB7D", 180]],
    [["local", "1", 0]],
  ] as const;
  const plans: number[] = [];
  for (const [index, suppliers] of sources.entries()) {
    const [plan] = await query<{ id: number }>(
      `insert into plans (sku, name, data_gb, duration_days, country_id, carrier_id)
       select $1, $1, 1, 7, (select min(id) from countries), (select min(id) from carriers) returning id`,
      [`campaign-${index}`],
    );
    const id = plan?.id ?? 0;
    await query("insert into plan_prices (plan_id, currency, amount_minor) values ($1, 'USD', 1200)", [id]);
    for (const [supplier, packageId, cost] of suppliers)
      await query(
        `insert into plan_suppliers (plan_id, supplier, package_id, cost_minor, cost_text, cost_currency)
         values ($1, $2, $3, $4, $5, 'USD')`,
        [id, supplier, packageId, cost, (cost / 100).toFixed(2)],
      );
    plans.push(id);
  }
  return plans;
}
