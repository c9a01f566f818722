/**
 * `npm run soak -- --minutes 10`: whether memory stays flat. One server of the built program, with its worker, takes
 * orders, payments and webhooks (the mock's that pay, and Stripe's signed ones) for so long, on a durable database of
 * its own; every minute one line. Exits 1 when memory grew, or an answer was not the expected one.
 * Options: `--minutes N` (10), `--connections N` (8).
 */
import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { startEmbeddedPostgres } from "@tribi/embedded-postgres";
import { arrange, call, OPERATORS_TOKEN, type Person, query } from "./arrange.js";
import { startMailSink } from "./mail-sink.js";
import { type BenchProcess, residentMegabytes, runTribi, startTribi } from "./processes.js";
import { stripeSignature, WEBHOOK_SECRET } from "./scenarios.js";

const { values: options } = parseArgs({
  options: {
    minutes: { type: "string", default: "10" },
    connections: { type: "string", default: "8" },
  },
});
const MINUTES = Number(options.minutes);
const CONNECTIONS = Number(options.connections);
const SAMPLE_MILLIS = 1_000;
/** One to warm up, and one for each third. */
const MINUTES_MIN = 4;
/** What the last third may have more than the first one after the first minute, which fills caches and pools. */
const GROWTH_MAX = 0.1;

interface Minute {
  readonly orders: number;
  readonly webhooks: number;
  /** The most resident memory in the minute. */
  readonly rss: number;
  /** The least used heap in the minute: what is left right after a collection. */
  readonly heapFloor: number;
}

const say = (line: string): void => console.log(line);
const done = { orders: 0, webhooks: 0, shed: 0 };

async function signedEvent(store: string): Promise<void> {
  const seconds = Math.floor(Date.now() / 1000);
  const id = `evt_${randomUUID()}`;
  const object = { id: `cus_${id}`, object: "customer" };
  const body = {
    id,
    object: "event",
    type: "customer.updated",
    created: seconds,
    livemode: false,
    data: { object },
  };
  const headers = stripeSignature(seconds, JSON.stringify(body));
  await call(store, "POST", "/payments/webhook/stripe", { body, headers });
}

/** One customer after the other on one connection: order, pay, a repeated event, and one of a type we do not use. */
async function buy(store: string, { token }: Person, planId: number): Promise<void> {
  const order = await call<{ id: number }>(store, "POST", "/orders", {
    token,
    body: { plan_id: planId, currency: "USD" },
    headers: { "idempotency-key": randomUUID() },
  });
  const { intent_id } = await call<{ intent_id: string }>(store, "POST", "/payments/create", {
    token,
    body: { order_id: order.id, provider: "MOCK" },
  });
  const notice = { intent_id, status: "succeeded" };
  await call(store, "POST", "/payments/webhook/mock", { body: notice });
  await call(store, "POST", "/payments/webhook/mock", { body: notice });
  await signedEvent(store);
  done.orders += 1;
  done.webhooks += 3;
}

async function usedHeapMegabytes(store: string): Promise<number> {
  const text = await (
    await fetch(`${store}/metrics`, { headers: { authorization: `Bearer ${OPERATORS_TOKEN}` } })
  ).text();
  return Number(/^tribi_nodejs_heap_size_used_bytes (\S+)/m.exec(text)?.[1]) / 1024 / 1024;
}

async function watchMinute(server: BenchProcess): Promise<Minute> {
  const before = { ...done };
  const until = performance.now() + 60_000;
  let [rss, heapFloor] = [0, Number.POSITIVE_INFINITY];
  while (performance.now() < until) {
    rss = Math.max(rss, residentMegabytes(server.pid));
    heapFloor = Math.min(heapFloor, await usedHeapMegabytes(server.url));
    await new Promise((resolve) => setTimeout(resolve, SAMPLE_MILLIS));
  }
  return { orders: done.orders - before.orders, webhooks: done.webhooks - before.webhooks, rss, heapFloor };
}

const average = (minutes: readonly Minute[], of: (minute: Minute) => number): number =>
  minutes.reduce((sum, minute) => sum + of(minute), 0) / minutes.length;

/** How much more the last third has than the first, the warm-up left aside. */
function growth(minutes: readonly Minute[], of: (minute: Minute) => number): number {
  const steady = minutes.slice(1);
  const third = Math.max(1, Math.floor(steady.length / 3));
  return average(steady.slice(-third), of) / average(steady.slice(0, third), of) - 1;
}

async function soak(server: BenchProcess, people: readonly Person[], planId: number): Promise<boolean> {
  const state = { isOver: false, errors: [] as string[] };
  const buyers = Array.from({ length: CONNECTIONS }, async (_, index) => {
    const person = people[index % people.length];
    while (!state.isOver && person !== undefined) {
      await buy(server.url, person, planId).catch((error: Error) => {
        // Told to come again: a machine that is busy with other things sheds before the work begins.
        if (error.message.includes(" answered 503:")) done.shed += 1;
        else state.errors.push(error.message);
      });
    }
  });
  const minutes: Minute[] = [];
  for (let minute = 1; minute <= MINUTES; minute += 1) {
    const seen = await watchMinute(server);
    minutes.push(seen);
    say(
      `minute ${String(minute).padStart(2)}  rss ${seen.rss.toFixed(0)} MB  heap floor ${seen.heapFloor.toFixed(1)} MB  ` +
        `${seen.orders} orders  ${seen.webhooks} webhooks`,
    );
  }
  state.isOver = true;
  await Promise.all(buyers);
  const [rss, heap] = [growth(minutes, ({ rss }) => rss), growth(minutes, ({ heapFloor }) => heapFloor)];
  const percent = (share: number): string => `${share >= 0 ? "+" : ""}${(share * 100).toFixed(1)} %`;
  say(
    `first to last third: rss ${percent(rss)}, heap floor ${percent(heap)} (at most +${GROWTH_MAX * 100} %)`,
  );
  say(`${done.orders} orders, ${done.webhooks} webhooks, ${done.shed} shed, ${state.errors.length} errors`);
  for (const error of state.errors.slice(0, 3)) say(`  ${error}`);
  const isFlat = rss <= GROWTH_MAX && heap <= GROWTH_MAX;
  say(isFlat ? "memory is flat" : "memory grew");
  return isFlat && state.errors.length === 0;
}

if (!(MINUTES >= MINUTES_MIN))
  throw new Error(`--minutes must be at least ${MINUTES_MIN}, to compare thirds`);
const folder = mkdtempSync(path.join(tmpdir(), "tribi-soak-"));
const logFile = path.join(folder, "tribi.log");
const sink = await startMailSink();
const database = await startEmbeddedPostgres({ name: "tribi", dataDir: path.join(folder, "database") });
try {
  const environment = {
    DATABASE_URL: database.url,
    DATA_DIR: path.join(folder, "store"),
    TRUST_PROXY: "1",
    DEV_TOKEN: OPERATORS_TOKEN,
    METRICS_TOKEN: OPERATORS_TOKEN,
    SMTP_HOST: "127.0.0.1",
    SMTP_PORT: String(sink.port),
    SMTP_USE_TLS: "false",
    PAYMENT_PROVIDER: "MOCK",
    STRIPE_SECRET_KEY: "sk_test_soak",
    STRIPE_WEBHOOK_SECRET: WEBHOOK_SECRET,
    // A few people make all the orders here.
    ORDERS_OPEN_MAX: "999999",
    ORDERS_PER_HOUR_MAX: "999999",
    DECLINES_PER_DAY_MAX: "999999",
    // Nobody answers there: reconciliation with Stripe fails at once, as in an outage.
    STRIPE_API_BASE: "http://127.0.0.1:9",
  };
  await runTribi(["seed"], environment, logFile);
  const server = await startTribi(["serve"], environment, { logFile });
  const { people, planId } = await arrange(server.url, sink, Math.min(CONNECTIONS + 1, 20));
  const isFlat = await soak(server, people, planId);
  const jobs = await query<{ task: string; n: number }>(
    database.url,
    `select t.identifier as task, count(*)::int as n
     from graphile_worker._private_jobs j join graphile_worker._private_tasks t on t.id = j.task_id
     where j.run_at <= now() group by 1 order by 2 desc`,
  );
  say(`jobs due and waiting: ${jobs.map(({ task, n }) => `${task} ${n}`).join(", ") || "none"}`);
  await server.stop();
  process.exitCode = isFlat ? 0 : 1;
} finally {
  await database.stop();
  await sink.stop();
  rmSync(folder, { recursive: true, force: true });
}
