import { loadConfig } from "../../src/config/config.js";
import { migrateUp } from "../../src/db/migrate.js";
import { makeSealer } from "../../src/kernel/sealing.js";
import { seedDemoCatalog } from "../../src/modules/catalog/catalog.module.js";
import { PROGRAM_VERSION } from "../../src/version.js";
import { type Choices, makeChoices } from "./choices.js";
import { playCustomer } from "./customer.js";
import { installAnew, installDatabaseClock } from "./database-clock.js";
import { type Faults, makeFaults } from "./faults.js";
import { makeJobPicker } from "./job-picker.js";
import { playBank, playOperator, playRestocking } from "./operator.js";
import { countPaid, findRestless, findUnsafe, listEdges, listTaken } from "./oracle.js";
import { makeOutside, NOBODY } from "./outside.js";
import { beyondTheShop, makeScheduler, type Scheduler } from "./scheduler.js";
import { makeShopProcess, type ShopDeps, type ShopProcess } from "./shop-process.js";
import { makeSimAdyen, SIM_ADYEN } from "./sim-adyen.js";
import { makeSimBanks } from "./sim-banks.js";
import { openSimDatabase } from "./sim-database.js";
import { makeSimMail } from "./sim-mail.js";
import { makeSimProvider } from "./sim-provider.js";
import { makeSimReceiver, NO_ANSWER } from "./sim-receiver.js";
import { makeSimSupplier, SETTLES_SECONDS } from "./sim-supplier.js";
import { START_MICROS, seedChance, setVirtualMicros, virtualMicros } from "./virtual-time.js";
import { deliverEvent, deliverWebhook } from "./webhooks.js";
import type { World } from "./world.js";

export interface BatchPlan {
  readonly seed: number;
  readonly batch: number;
  /** The customers that play, by their numbers. */
  readonly customers: readonly number[];
  /** How often faults come, against the usual; 0 is never. */
  readonly faultRate?: number;
  readonly onStep?: (line: string) => void;
}

export interface BatchOutcome {
  readonly batch: number;
  readonly histories: number;
  readonly trace: string;
  readonly steps: number;
  readonly violations: readonly string[];
  readonly edges: readonly string[];
  readonly pairsHit: readonly string[];
  readonly pairsSeen: readonly string[];
  /** How many payments took money, by provider. */
  readonly paid: Readonly<Record<string, number>>;
  /** What jobs ended with, and how often; for the curious. */
  readonly failures: Readonly<Record<string, number>>;
}

const PROVIDER_CALLS = [
  "createIntent",
  "fetchIntent",
  "readPayment",
  "findIntentFor",
  "cancelIntent",
  "refund",
  "findRefund",
] as const;
/** The others leave our machine nowhere: Adyen has no such calls. */
const ADYEN_CALLS = ["createIntent", "refund", "readPayment"] as const;
const QUESTIONS = ["findOrder", "getOrder", "findTopUp", "getStatus", "listTopUps"] as const;
/** A question whose answer was lost may be asked again: no adapter says `unknown` to one. */
const NOT_NOW = { kind: "refused", reason: "retryable", detail: "connection reset", retryAfterSeconds: null };
const PROCESSES = 2;
const SECOND = 1_000_000;
const MINUTE = 60 * SECOND;
/** So often nothing happens, a little longer each time, before the time until somebody comes is skipped. */
const IDLE_MINUTES = 6;
/** After so many a day passes at once, so that the books were compared with the provider's (once a day here). */
const COMPARED_AFTER_ROUNDS = 8;
const ROUNDS_TO_REST = 45;
/** Jobs come in among the steps of others, and wait for so many of them at most. */
const JOBS_EVERY = 40;
/** What the database's clock starts. */
const EVERY_MINUTE = [
  "sweep_provisioning",
  "sweep_top_ups",
  "carry_on_money",
  "expire_unpaid_orders",
  "reconcile_payments",
  "sweep_outbox",
];
const NOW_AND_THEN = [
  "poll_esims",
  "read_top_up_lists",
  "expire_unused_esims",
  "look_back_at_refusals",
  "read_supplier_balances",
];

/** One shop on one database, in which batch after batch is played. */
export async function openArena(options: { databaseUrl: string; dataDir: string; suppliersLie?: boolean }) {
  await migrateUp(options.databaseUrl, { program: PROGRAM_VERSION, isDevelopment: true });
  let choices: Choices = makeChoices(0, 0);
  let scheduler: Scheduler = makeScheduler(choices);
  let faults: Faults = makeFaults(choices, scheduler.note);
  const now = { scheduler: () => scheduler, choices: () => choices, faults: () => faults };
  const database = await openSimDatabase(options.databaseUrl, now);
  const { plain: pool } = database;
  await installDatabaseClock(pool);
  await installAnew(pool);
  await seedDemoCatalog(database.ofProcess(NOBODY));
  const planIds = await plantShop(pool);
  const edgesKnown = await listEdges(pool);

  const outside = makeOutside(now);
  const stripe = makeSimProvider(now.choices, (event, of) => deliverEvent(world, stripe.provider, event, of));
  const adyen = makeSimAdyen(now.choices, {
    notify: (one) => deliverWebhook(world, { ...one, provider: adyen.provider }),
    later: (seconds, name, act) => {
      const until = virtualMicros() + seconds * SECOND;
      void beyondTheShop(() =>
        scheduler.start(name, NOBODY, async () => {
          await scheduler.sleep(until);
          await scheduler.step("adyen decides", async () => act());
        }),
      ).catch((error: unknown) => scheduler.fail(error));
    },
  });
  const providers = [
    outside("provider", stripe.provider, PROVIDER_CALLS),
    outside("adyen", adyen.provider, ADYEN_CALLS),
  ];
  const suppliers = [
    makeSimSupplier("sim-a", now.choices, {
      idempotency: "lookup",
      delivery: "immediate",
      saysNoOnceSold: options.suppliersLie === true,
    }),
    makeSimSupplier("sim-b", now.choices, { idempotency: "native", delivery: "deferred" }),
  ];
  const late = { order: SETTLES_SECONDS - 100, topUp: SETTLES_SECONDS - 100 };
  const mail = makeSimMail(now.choices);
  const hooks = makeSimReceiver(now.choices);
  const sealer = makeSealer(configOf(options.dataDir).secrets.encryptionKeys);
  const shopDeps = (process: number): ShopDeps => ({
    config: configOf(options.dataDir),
    db: database.ofProcess(process),
    providers,
    suppliers: suppliers.map(({ supplier }) =>
      outside("supplier", outside("supplier", supplier, ["order", "cancel", "topUp"], { late }), QUESTIONS, {
        lost: NOT_NOW,
      }),
    ),
    sender: outside("mail", mail.sender, ["send"]),
    receiver: outside("receiver", hooks.receiver, ["send"], { lost: NO_ANSWER }),
  });
  const deps = [shopDeps(0), shopDeps(1)];
  let shops: ShopProcess[] = [];
  const processOf = (name: string) => {
    const number = Math.floor(choices.of("process", name) * PROCESSES);
    return { number, shop: shops[number] as ShopProcess };
  };
  const books = { stripe, adyen, suppliers };
  const jobs = makeJobPicker({ pool, ...now, processOf });
  let operatorId = 0;
  const world: World = {
    ...now,
    query: (config) => scheduler.outside(() => pool.query(config)),
    bank: makeSimBanks(stripe, adyen),
    suppliers,
    mail,
    processOf,
    planIds,
    get operatorId() {
      return operatorId;
    },
  };

  async function begin(plan: BatchPlan): Promise<void> {
    choices = makeChoices(plan.seed, plan.batch);
    scheduler = makeScheduler(choices, plan.onStep);
    faults = makeFaults(choices, scheduler.note);
    faults.rate(plan.faultRate ?? 1);
    seedChance(plan.seed * 7_919 + plan.batch);
    setVirtualMicros(START_MICROS);
    jobs.forget();
    stripe.forget();
    adyen.forget();
    mail.forget();
    hooks.forget();
    for (const one of suppliers) one.forget();
    await pool.query("select sim.anew()");
    await pool.query(
      "update plan_suppliers set paused_at = null, paused_reason = null where paused_at is not null",
    );
    const { rows } = await pool.query<{ id: number }>(
      "insert into users (email) values ('operator@example.com') returning id",
    );
    operatorId = rows[0]?.id ?? 0;
    if (hooks.isHere()) await hooks.register(pool, sealer);
    shops = deps.map((one) => makeShopProcess(one));
  }

  async function crash(process: number): Promise<void> {
    for (const { kind } of scheduler.parkedOf(process)) faults.crashed(kind);
    // First: whoever asks again at once must not find the memory of the dead.
    const one = deps[process];
    if (one !== undefined) shops[process] = makeShopProcess(one);
    scheduler.crash(process);
    await database.drop(process);
    await scheduler.rest();
  }

  /** Until nothing is parked, and no job is due. */
  async function drain(): Promise<void> {
    for (let count = 1; ; count += 1) {
      if (count % JOBS_EVERY === 0) await jobs.startDue();
      const chosen = scheduler.choose();
      if (chosen === undefined) {
        if (await jobs.startDue()) continue;
        if (await database.breakDeadlock()) {
          scheduler.note("deadlock");
          await scheduler.rest();
          continue;
        }
        const stuck = scheduler.whoRuns();
        if (stuck !== "") throw new Error(`Waits for nothing that could come: ${stuck}`);
        return;
      }
      const { actor, kind } = chosen;
      if (actor.process >= 0 && faults.mayCrash(actor, kind)) await crash(actor.process);
      else await scheduler.go(chosen);
      if (scheduler.blocked().length === 0) continue;
      await database.settleBlocked();
      await scheduler.rest();
    }
  }

  async function advance(micros: number): Promise<void> {
    setVirtualMicros(Math.floor(virtualMicros() + micros));
    await pool.query({
      name: "advance",
      text: "select setval('sim.ticks', greatest($1, (select last_value from sim.ticks) + 1))",
      values: [virtualMicros()],
    });
    await scheduler.wakeAt(virtualMicros());
  }

  let scheduledAt = 0;
  let round = 0;
  async function minute(isLast = false): Promise<void> {
    await drain();
    if (virtualMicros() - scheduledAt < 45 * SECOND) return;
    scheduledAt = virtualMicros();
    round += 1;
    const tasks = isLast || round % 8 === 0 ? [...EVERY_MINUTE, ...NOW_AND_THEN] : EVERY_MINUTE;
    for (const task of hooks.isHere() ? [...tasks, "tell_receivers"] : tasks)
      jobs.startScheduled(task, round);
    await scheduler.rest();
    await drain();
  }

  /** While anybody still does something: minute by minute, and faster where nothing happens. */
  async function live(): Promise<void> {
    let idle = 0;
    while (scheduler.sleepers() > 0) {
      const before = scheduler.ownSteps() + jobs.routineFailures();
      await minute();
      // What failed is tried again a minute later: no day passes before.
      idle = scheduler.ownSteps() + jobs.routineFailures() === before ? idle + 1 : 0;
      const wake = (scheduler.nextWake() ?? virtualMicros()) - virtualMicros();
      // The books are compared once a day, for three days back: no day is skipped.
      const longest = idle > IDLE_MINUTES ? 20 * 60 * MINUTE : 67 * SECOND * 2 ** idle;
      await advance(Math.max(SECOND, Math.min(longest, wake)));
    }
    await drain();
  }

  /** Without new faults everything comes to rest within its promised time. */
  async function settle(): Promise<string[]> {
    faults.turn(false);
    let restless = ["not looked yet"];
    const isCompared = (passed: number): boolean => passed > COMPARED_AFTER_ROUNDS;
    for (
      let passed = 0;
      (restless.length > 0 || !isCompared(passed)) && passed < ROUNDS_TO_REST;
      passed += 1
    ) {
      await minute();
      const minutes = passed === COMPARED_AFTER_ROUNDS ? 25 * 60 : 1.1 * 2 ** Math.min(7, passed / 2);
      await advance(MINUTE * minutes);
      restless = await findRestless(pool);
    }
    // A day has passed: what looks back every half hour has had its turn.
    await minute(true);
    return restless;
  }

  return {
    edgesKnown,
    async play(plan: BatchPlan): Promise<BatchOutcome> {
      await begin(plan);
      scheduledAt = 0;
      round = 0;
      const minutes = Math.max(2, Math.ceil(plan.customers.length / 40));
      for (const number of plan.customers) {
        const arrives = Math.floor(choices.of("arrives", number) * minutes) * 67;
        void scheduler
          .start(`c${number}`, NOBODY, async () => {
            await scheduler.sleep(START_MICROS + arrives * SECOND);
            await playCustomer(world, number);
          })
          .catch((error: unknown) => scheduler.fail(error));
      }
      for (const [name, plays] of [
        ["restocking", () => playRestocking(world, Math.ceil(minutes / 3))],
        ["operators", () => playOperator(world)],
        ["banks", () => playBank(world)],
      ] as const)
        void scheduler.start(name, NOBODY, plays).catch((error: unknown) => scheduler.fail(error));
      await scheduler.rest();
      await live();
      const violations = [...(await settle()), ...(await findUnsafe(pool, books))];
      if (violations.length === 0) {
        await advance(400 * 24 * 60 * MINUTE);
        violations.push(...(await settle()), ...(await findUnsafe(pool, books)));
        if (hooks.isHere()) violations.push(...(await hooks.findMissed(pool)));
      }
      const { hit, total } = faults.book();
      return {
        batch: plan.batch,
        histories: plan.customers.length,
        trace: scheduler.trace(),
        steps: scheduler.steps(),
        violations: [...violations, ...scheduler.failures()],
        edges: await listTaken(pool),
        pairsHit: hit,
        pairsSeen: total,
        paid: await countPaid(pool),
        failures: Object.fromEntries(jobs.failures),
      };
    },
    close: () => database.close(),
  };
}

const configOf = (dataDir: string) =>
  loadConfig({
    ENVIRONMENT: "test",
    DATA_DIR: dataDir,
    PROVISIONING_PACE_MILLIS: "60000",
    SUPPLIER_TIMEOUT_SECONDS: "20",
    ORDERS_OPEN_MAX: "999999",
    ORDERS_PER_HOUR_MAX: "999999",
    STRIPE_SECRET_KEY: "sk_test_simulated",
    STRIPE_PUBLISHABLE_KEY: "pk_test_simulated",
    STRIPE_WEBHOOK_SECRET: "whsec_simulated",
    ADYEN_API_KEY: SIM_ADYEN.apiKey,
    ADYEN_MERCHANT_ACCOUNT: SIM_ADYEN.merchantAccount,
    ADYEN_CLIENT_KEY: SIM_ADYEN.clientKey,
    ADYEN_HMAC_KEY: SIM_ADYEN.hmacKey,
    PAYMENT_OFFERS: "STRIPE,ADYEN",
    DECLINES_PER_DAY_MAX: "999999",
    RECONCILE_INTERVAL_MINUTES: "1440",
    AUTO_REFUND_MAX_PER_HOUR: "100000",
    REFUND_UNUSED_WITHIN_DAYS: "14",
  });

/** Two plans that two suppliers sell in turn. */
async function plantShop(pool: {
  query: (text: string) => Promise<{ rows: { id: number }[] }>;
}): Promise<number[]> {
  const { rows } = await pool.query(
    "select id from plans where sku in ('ES-5GB-30D', 'FR-5GB-30D') order by id",
  );
  await pool.query("delete from plan_suppliers");
  for (const [at, { id }] of rows.entries())
    for (const [rank, supplier] of (at === 0 ? ["sim-a", "sim-b"] : ["sim-b", "sim-a"]).entries())
      await pool.query(
        `insert into plan_suppliers (plan_id, supplier, package_id, top_up_package_id, rank, cost_text, cost_currency, cost_minor)
         values (${id}, '${supplier}', 'package', 'more', ${rank}, '1.00', 'USD', 100)`,
      );
  return rows.map(({ id }) => id);
}
