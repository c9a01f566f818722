import { rmSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { startEmbeddedPostgres } from "@tribi/embedded-postgres";
import { type FakeAdyen, startFakeAdyen } from "@tribi/fakes/adyen/fake-server";
import { type FakeStripe, startFakeStripe } from "@tribi/fakes/stripe/fake-server";
import { openDatabase } from "../../src/db/database.js";
import { appErrorOf } from "../../src/http/error-of.js";
import { adyenVariables, HMAC_KEY } from "../support/adyen-shop.js";
import { startEventReceivers } from "./events.js";
import { type FakeSuppliers, startFakeSuppliers } from "./fake-suppliers.js";
import { type Fleet, startFleet } from "./fleet.js";
import { type MailBox, startMailBox } from "./mail-box.js";
import type { Open } from "./payer.js";
import { type Person, signIn } from "./persons.js";
import { addPlans, type CampaignPlan } from "./plans.js";
import type { EventReceiver } from "./receivers.js";

/** Everything around the shop: a database, suppliers and a payment provider with books of their own, mailboxes, three processes, customers. */
export interface World {
  readonly suppliers: FakeSuppliers;
  readonly stripe: FakeStripe;
  readonly adyen: FakeAdyen;
  readonly mailBox: MailBox;
  /** What is under way at the payment provider until the round heals. */
  readonly openEnds: Open[];
  readonly openAtAdyen: (() => void)[];
  readonly fleet: Fleet;
  readonly plans: readonly CampaignPlan[];
  readonly customers: readonly Person[];
  readonly adminToken: string;
  /** Other systems that hear of what happens in the shop. */
  readonly receivers: readonly EventReceiver[];
  /** Addresses of those that the shop has ever stopped sending to. */
  readonly pausedOnce: Set<string>;
  /** Waits for a database that is on its way up again; what is cut off is sent once more. */
  query<Row>(text: string, values?: readonly unknown[]): Promise<Row[]>;
  /** PostgreSQL loses a backend to SIGKILL and so restarts with crash recovery; every connection is cut. */
  crashDatabase(): Promise<boolean>;
  stop(): Promise<void>;
}

const PROCESSES = 3;
const CUSTOMERS = 6;

const WEBHOOK_SECRET = "whsec_of_the_campaign_0123456789abcdef012345";

export async function startWorld({ ordersLater }: { ordersLater: boolean }): Promise<World> {
  const folder = await mkdtemp(path.join(tmpdir(), "tribi-campaign-"));
  const server = await startEmbeddedPostgres({
    name: "tribi",
    dataDir: path.join(folder, "database"),
    settings: { max_connections: "200", fsync: "off" },
  });
  server.onUnexpectedExit((cause) =>
    console.log(`The campaign's database has ended, and with it the campaign: ${cause}`),
  );
  const [suppliers, mailBox, stripe, adyen] = await Promise.all([
    startFakeSuppliers(),
    startMailBox(),
    startFakeStripe({ retryDelaysMillis: [50, 100, 300, 1_000, 3_000, 10_000] }),
    startFakeAdyen({ retryDelaysMillis: [50, 100, 300, 1_000, 3_000, 10_000] }),
  ]);
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
    AIRALO_UNLISTED_SECONDS: "8",
    AUTO_REFUND_MAX_PER_HOUR: "100000",
    RATE_LIMIT_CODES_PER_IP_PER_DAY: "999999",
    ORDERS_OPEN_MAX: "999999",
    ORDERS_PER_HOUR_MAX: "999999",
    DECLINES_PER_DAY_MAX: "999999",
    STRIPE_API_BASE: stripe.url,
    STRIPE_SECRET_KEY: "sk_test_of_the_campaign",
    STRIPE_PUBLISHABLE_KEY: "pk_test_of_the_campaign",
    STRIPE_WEBHOOK_SECRET: WEBHOOK_SECRET,
    ...adyenVariables(adyen),
    ...mailBox.environment,
    WEBHOOK_ALLOW_PRIVATE: "true",
    DATABASE_POOL_MAX: "12",
    DATABASE_RESERVED_POOL_MAX: "10",
    ...suppliers.environment,
  };
  const fleet = await startFleet(PROCESSES, folder, (_, urls) =>
    ordersLater ? { ...base, AIRALO_WEBHOOK_URL: `${urls[0]}/esims/webhook/airalo` } : base,
  );
  const receiving: EventReceiver[] = [];
  const world: World = {
    suppliers,
    stripe,
    adyen,
    mailBox,
    openEnds: [],
    openAtAdyen: [],
    fleet,
    plans: await addPlans(query),
    customers: [],
    adminToken: "",
    receivers: [],
    pausedOnce: new Set(),
    query,
    crashDatabase: () => crashDatabase(query),
    stop: async () => {
      await fleet.stop();
      await Promise.all(receiving.map((one) => one.stop()));
      await db.close();
      await Promise.all([suppliers.stop(), stripe.stop(), adyen.stop(), mailBox.stop()]);
      await server.stop();
      rmSync(path.dirname(server.dataFolder), { recursive: true, force: true });
      rmSync(folder, { recursive: true, force: true });
    },
  };
  aimWebhooks(world, fleet.urls[0] ?? "");
  const { token: adminToken } = await signIn(world, "admin@example.com");
  const customers = await Promise.all(
    Array.from({ length: CUSTOMERS }, (_, number) => signIn(world, `customer${number}@example.com`)),
  );
  const receivers = await startEventReceivers({ ...world, adminToken });
  receiving.push(...receivers);
  return { ...world, adminToken, customers, receivers };
}

/** Where everybody outside sends their events from now on. */
export function aimWebhooks({ suppliers, stripe, adyen }: World, url: string): void {
  suppliers.aimWebhooks(url);
  stripe.control.webhookTarget({ url: `${url}/payments/webhook/stripe`, secrets: [WEBHOOK_SECRET] });
  adyen.control.webhookTarget({ url: `${url}/payments/webhook/adyen`, hmacKey: HMAC_KEY });
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
