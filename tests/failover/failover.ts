import { eventually } from "../support/eventually.js";
import { startPgBouncer } from "../support/pgbouncer.js";
import { logInAt, requestTo } from "../support/process-client.js";
import { type ServerProcess, startProcess } from "../support/processes.js";
import { temporaryFolder } from "../support/temporary-folder.js";
import { type Cluster, startCluster } from "./cluster.js";
import { type Acknowledged, startWriters, type Writers } from "./writers.js";

export interface FailoverOptions {
  readonly programs: string;
  readonly seed: number;
  readonly rounds: number;
  readonly onRound?: (round: RoundResult) => void;
}

export interface RoundResult {
  readonly orders: number;
  readonly paid: number;
  /** From the death of the primary until the standby is one. */
  readonly promotedSeconds: number;
  /** From the death of the primary until every process has made an order again. */
  readonly backSeconds: number;
  /** What was acknowledged and is not there, and what is there twice. */
  readonly lost: readonly string[];
}

export interface FailoverResult {
  readonly rounds: readonly RoundResult[];
  /** Rules of `tribi audit` that are violated at the end. */
  readonly violations: readonly string[];
}

const PROCESSES = 2;
const CUSTOMERS = 3;
const BACK_MILLIS_MAX = 60_000;
/** Orders are made before the death, so that there are some to lose. */
const ORDERS_BEFORE = 12;

/** A shop of real processes behind PgBouncer loses its primary again and again, while customers order and pay. */
export async function runFailovers(options: FailoverOptions): Promise<FailoverResult> {
  const undo: (() => Promise<unknown>)[] = [];
  try {
    const cluster = await startCluster(options.programs);
    undo.push(() => cluster.stop());
    const pooler = await startPgBouncer(cluster.url(), {
      pool_mode: "session",
      default_pool_size: "80",
      // After a failed connection PgBouncer waits 15 s without it, and nobody is let in.
      server_login_retry: "1",
    });
    undo.push(() => pooler.stop());
    const environment = {
      DATABASE_URL: pooler.url,
      DATA_DIR: temporaryFolder("failover"),
      LOG_LEVEL: "error",
      ORDERS_OPEN_MAX: "999999",
      ORDERS_PER_HOUR_MAX: "999999",
    };
    const processes: ServerProcess[] = [];
    for (let number = 0; number < PROCESSES; number += 1) {
      const one = await startProcess(["serve"], environment);
      undo.push(async () => {
        one.kill("SIGTERM");
        await one.ended;
      });
      processes.push(one);
    }
    const [first] = processes;
    if (first === undefined) throw new Error("No process");
    const customers: string[] = [];
    for (let number = 0; number < CUSTOMERS; number += 1)
      customers.push((await logInAt(first, `writer-${number}@example.com`)).token);
    const planId = (await requestTo(first)("GET", "/plans")).body[0].id as number;

    const rounds: RoundResult[] = [];
    const all: Acknowledged[] = [];
    for (let round = 1; round <= options.rounds; round += 1) {
      const writers = startWriters(processes, customers, { planId, seed: options.seed * 1_000 + round });
      await eventually(() => writers.acknowledged.length >= ORDERS_BEFORE, { what: "Orders" });
      const died = performance.now();
      await cluster.failOver();
      const promotedSeconds = (performance.now() - died) / 1000;
      await pooler.aim(cluster.url());
      const back = await eventually(
        () => {
          const seconds = writers.backSince(died);
          return seconds.every((one) => one !== undefined) ? seconds : undefined;
        },
        { timeoutMillis: BACK_MILLIS_MAX, what: "Orders after the promotion" },
      ).catch(async (error: Error) => {
        throw new Error(`${error.message}:\n${await stateOf(processes, cluster, writers, died)}`);
      });
      await writers.stop();
      all.push(...writers.acknowledged);
      const result = {
        orders: writers.acknowledged.length,
        paid: writers.acknowledged.filter(({ isPaid }) => isPaid).length,
        promotedSeconds,
        backSeconds: Math.max(...back.map(Number)),
        lost: await lostOf(cluster, all),
      };
      rounds.push(result);
      options.onRound?.(result);
      if (round < options.rounds) await cluster.addStandby();
    }
    return { rounds, violations: await violatedRules(environment) };
  } finally {
    for (const one of undo.reverse()) await one();
  }
}

/** For whoever has to find out why nobody writes. */
async function stateOf(
  processes: readonly ServerProcess[],
  { query }: Pick<Cluster, "query">,
  { backSince }: Writers,
  died: number,
): Promise<string> {
  const health = await Promise.all(
    processes.map(async ({ url, output }) => {
      const answer = await fetch(`${url}/health/ready`, { signal: AbortSignal.timeout(5_000) })
        .then((one) => one.text())
        .catch(String);
      return `${url}: ${answer}\n${output().slice(-2_000)}`;
    }),
  );
  const busy = await query(
    `select application_name, state, wait_event, left(query, 80) as query, count(*) from pg_stat_activity
     where pid <> pg_backend_pid() group by 1, 2, 3, 4`,
  );
  return [`back: ${JSON.stringify(backSince(died))}`, ...health, JSON.stringify(busy, null, 1)].join("\n");
}

interface OrderRow {
  readonly id: string;
  readonly key: string;
  readonly is_paid: boolean;
}

async function lostOf(
  { query }: Pick<Cluster, "query">,
  acknowledged: readonly Acknowledged[],
): Promise<string[]> {
  const rows = await query<OrderRow>(
    `select id::text, idempotency_key as key, status in ('paid', 'refunded') as is_paid from orders
     where idempotency_key = any($1)`,
    [acknowledged.map(({ key }) => key)],
  );
  const byKey = new Map(rows.map((row) => [row.key, row]));
  const twice = rows.length === byKey.size ? [] : [`${rows.length - byKey.size} orders are there twice`];
  return acknowledged
    .flatMap(({ orderId, key, isPaid }) => {
      const row = byKey.get(key);
      if (row === undefined || Number(row.id) !== orderId) return [`order ${orderId} is lost`];
      return isPaid && !row.is_paid ? [`the payment of order ${orderId} is lost`] : [];
    })
    .concat(twice);
}

/** As an operator asks after a failover. */
async function violatedRules(environment: Readonly<Record<string, string>>): Promise<string[]> {
  const audit = await startProcess(["audit", "--json"], environment);
  await audit.ended;
  const line = audit
    .output()
    .split("\n")
    .find((one) => one.startsWith('{"laws"'));
  if (line === undefined) return [`tribi audit: ${audit.output()}`];
  const { laws } = JSON.parse(line) as { laws: { name: string; violations: number; samples: string[] }[] };
  return laws
    .filter(({ violations }) => violations > 0)
    .map(({ name, samples }) => `${name}: ${samples.join(", ")}`);
}
