import { createHash } from "node:crypto";
import { loadConfig } from "../../src/config/config.js";
import { migrateUp } from "../../src/db/migrate.js";
import { seedDemoCatalog } from "../../src/modules/catalog/catalog.module.js";
import { makeMockLedger } from "../../src/modules/payments/payments.module.js";
import { makeMockProvider } from "../../src/providers/payment/mock/mock-provider.js";
import { PROGRAM_VERSION } from "../../src/version.js";
import { makeRandom, type Random } from "../simulation/random.js";
import { makeScriptedSupplier, type OrderScript } from "../support/scripted-supplier.js";
import { playCustomer } from "./customer.js";
import { makeJobPicker } from "./job-picker.js";
import { findRestless, findUnsafe, listEdges, listTaken } from "./oracle.js";
import { FAULTS, type FaultBook, makeOutside } from "./outside.js";
import { makeScheduler, type Scheduler } from "./scheduler.js";
import { makeClearShop, makeShopClock } from "./shop-clock.js";
import { makeShopProcess } from "./shop-process.js";
import { openSimDatabase } from "./sim-database.js";

export interface Outcome {
  readonly histories: number;
  readonly violations: number;
  readonly trace: string;
  readonly edges: { readonly taken: number; readonly total: number };
  readonly pairs: { readonly hit: number; readonly total: number };
  readonly seconds: number;
  /** What was violated, with the history's own seed. */
  readonly found: readonly string[];
}

const PROCESSES = [0, 1];
/** A customer dies of nothing here. */
const CUSTOMER = -2;
/** Minutes with faults, and how long everything may take to come to rest afterwards. */
const MINUTES_WITH_FAULTS = 4;
const MINUTES_TO_REST = 40;
/** A little more than one, so that no bound of whole minutes is hit to the second. */
const MINUTE = 67;
const CRASH = 0.01;
/** What the database's clock does every minute. */
const EVERY_MINUTE = ["sweep_provisioning", "carry_on_money", "expire_unpaid_orders", "reconcile_payments"];
const SCRIPTS: readonly OrderScript[] = [
  "sell",
  "sell",
  "sell_and_drop",
  "drop",
  "accept",
  { refuse: "out_of_stock" },
];

export async function simulate(options: {
  readonly databaseUrl: string;
  readonly dataDir: string;
  readonly seed: number;
  readonly histories: number;
  /** Where to begin: a history is the same, whichever came before it. */
  readonly first?: number;
  /** A supplier that says no although it sold, which no honest one does: the oracles have to see it. */
  readonly suppliersLie?: boolean;
  readonly onStep?: (line: string) => void;
  readonly onHistory?: (number: number, found: readonly string[]) => void;
}): Promise<Outcome> {
  const startedAt = performance.now();
  const world = await openWorld(options);
  const found: string[] = [];
  const trace = createHash("sha256");
  const first = options.first ?? 1;
  for (let number = first; number < first + options.histories; number += 1) {
    const { trace: one, found: bad } = await world.play(number);
    trace.update(`${one}\n`);
    found.push(...bad);
    options.onHistory?.(number, bad);
  }
  const { edges, pairs } = await world.close();
  return {
    histories: options.histories,
    violations: found.length,
    trace: trace.digest("hex").slice(0, 32),
    edges,
    pairs,
    seconds: Math.round((performance.now() - startedAt) / 10) / 100,
    found,
  };
}

async function openWorld(options: Parameters<typeof simulate>[0]) {
  await migrateUp(options.databaseUrl, { program: PROGRAM_VERSION });
  let random: Random = makeRandom(options.seed);
  let scheduler: Scheduler = makeScheduler(random);
  const database = openSimDatabase(options.databaseUrl, () => scheduler);
  const { plain: pool } = database;
  // Of an actor of nobody's: no steps.
  const outsideDb = database.ofProcess(-1);
  await seedDemoCatalog(outsideDb);
  const faults: FaultBook = {
    isOn: true,
    suppliersLie: options.suppliersLie === true,
    hit: new Set(),
    callsSeen: new Set(),
  };
  const outside = makeOutside({ scheduler: () => scheduler, random: () => random, faults });
  const provider = outside(
    "provider",
    makeMockProvider(makeMockLedger(outsideDb, { confirmsByItself: false })),
    ["createIntent", "fetchIntent", "readPayment", "findIntentFor", "cancelIntent", "refund", "findRefund"],
  );
  const books = ["scripted-a", "scripted-b"].map((id) => makeScriptedSupplier(id));
  const suppliers = books.map((book) =>
    outside("supplier", book, ["order", "findOrder", "getOrder", "cancel"]),
  );
  const config = loadConfig({
    ENVIRONMENT: "test",
    DATA_DIR: options.dataDir,
    // All pauses are minutes of the virtual clock: the machine's own pace decides nothing.
    PROVISIONING_PACE_MILLIS: "60000",
    SUPPLIER_TIMEOUT_SECONDS: "20",
    ORDERS_OPEN_MAX: "999999",
    ORDERS_PER_HOUR_MAX: "999999",
    DECLINES_PER_DAY_MAX: "999999",
    AUTO_REFUND_MAX_PER_HOUR: "100000",
  });
  const processes = PROCESSES.map((process) =>
    makeShopProcess({ config, db: database.ofProcess(process), provider, suppliers }),
  );
  const { userId, operatorId, planId } = await plantShop(pool);
  const passTime = await makeShopClock(pool);
  const clearShop = await makeClearShop(pool);
  const jobs = makeJobPicker({ pool, scheduler: () => scheduler, random: () => random });
  const edges = new Set(await listEdges(pool));
  const taken = new Set<string>();
  const steps = new Set<string>();
  const crashedAt = new Set<string>();

  /** Until nothing is parked; other jobs may begin, and processes die, in between. */
  const drain = async (mayDie: boolean): Promise<void> => {
    for (;;) {
      await scheduler.rest();
      await jobs.ended();
      if (mayDie && random.chance(CRASH)) {
        const process = random.pick(PROCESSES);
        scheduler.crash(process);
        await database.drop(process);
      }
      const process = random.pick(PROCESSES);
      const shop = processes[process];
      if (shop !== undefined && random.chance(0.1)) await jobs.startDue(process, shop);
      if (!(await scheduler.next())) return;
    }
  };

  const minute = async (mayDie: boolean, seconds: number): Promise<void> => {
    for (;;) {
      await drain(mayDie);
      const process = random.pick(PROCESSES);
      const shop = processes[process];
      if (shop === undefined || !(await jobs.startDue(process, shop))) break;
    }
    for (const task of EVERY_MINUTE) {
      const process = random.pick(PROCESSES);
      const handler = processes[process]?.handlers[task];
      if (handler === undefined) continue;
      const run = { jobId: "0", attempt: 1, attemptsMax: 1 };
      scheduler.start(`p${process} ${task}`, process, () => handler({}, run)).catch(() => undefined);
    }
    await drain(mayDie);
    await passTime(seconds);
  };

  return {
    async play(number: number): Promise<{ trace: string; found: string[] }> {
      random = makeRandom(options.seed * 1_000_003 + number);
      scheduler = makeScheduler(random, options.onStep);
      await clearShop();
      for (const book of books) {
        book.sold.clear();
        book.cancelled.length = 0;
      }
      faults.isOn = true;
      for (const book of books) book.script = [random.pick(SCRIPTS), random.pick(SCRIPTS), "sell"];
      const customer = {
        pool,
        provider,
        processes,
        scheduler: () => scheduler,
        random: () => random,
        userId,
        operatorId,
        planId,
      };
      let isOver = false;
      void scheduler
        .start("customer", CUSTOMER, () => playCustomer(customer, number))
        .finally(() => {
          isOver = true;
        });
      for (let passed = 0; passed < MINUTES_WITH_FAULTS || !isOver; passed += 1) await minute(true, MINUTE);
      faults.isOn = false;
      let restless = await findRestless(pool);
      for (let passed = 0; restless.length > 0 && passed < MINUTES_TO_REST; passed += 1) {
        await minute(false, MINUTE * 2 ** Math.min(4, passed));
        restless = await findRestless(pool);
      }
      // Nobody sends mails in this world.
      await pool.query("delete from outgoing_mails");
      const found = [...restless, ...(await findUnsafe(pool, books))];
      for (const edge of await listTaken(pool)) taken.add(edge);
      const stats = scheduler.stats();
      for (const step of stats.stepsSeen) steps.add(step);
      for (const step of stats.crashedAt) crashedAt.add(step);
      return {
        trace: scheduler.trace(),
        found: found.map(
          (one) => `seed ${options.seed}, history ${number}, after ${stats.steps} steps: ${one}`,
        ),
      };
    },
    async close() {
      await database.close();
      const pairs = {
        hit: [...crashedAt].filter((step) => steps.has(step)).length + faults.hit.size,
        total: steps.size + FAULTS.length * faults.callsSeen.size,
      };
      return {
        edges: { taken: [...taken].filter((edge) => edges.has(edge)).length, total: edges.size },
        pairs,
      };
    },
  };
}

async function plantShop(pool: { query: (text: string) => Promise<{ rows: { id: number }[] }> }) {
  const one = async (text: string): Promise<number> => (await pool.query(text)).rows[0]?.id ?? 0;
  const planId = await one("select id from plans where sku = 'ES-5GB-30D'");
  await pool.query("delete from plan_suppliers");
  for (const [rank, supplier] of ["scripted-a", "scripted-b"].entries())
    await pool.query(
      `insert into plan_suppliers (plan_id, supplier, package_id, rank, cost_text, cost_currency, cost_minor)
       values (${planId}, '${supplier}', 'package', ${rank}, '1.00', 'USD', 100)`,
    );
  return {
    planId,
    userId: await one("insert into users (email) values ('traveller@example.com') returning id"),
    operatorId: await one("insert into users (email) values ('operator@example.com') returning id"),
  };
}
