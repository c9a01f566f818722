import { type Arranged, confirm, orderAndPay, query } from "./arrange.js";
import type { BenchProcess } from "./processes.js";
import type { Measure } from "./report.js";

const PER_SECOND = 50;
const SECONDS = 10;

/**
 * From "payment succeeded" to "eSIM ready" with the local supplier, while 50 orders a second are paid and a worker
 * of its own process provisions. Both times are the database's.
 */
export async function deliverySeconds(
  databaseUrl: string,
  server: BenchProcess,
  { people, planId }: Arranged,
  startWorker: () => Promise<BenchProcess>,
): Promise<Measure[]> {
  const intents: string[] = [];
  const orders: number[] = [];
  for (let index = 0; index < PER_SECOND * SECONDS; index += 1) {
    const person = people[index % people.length];
    if (person === undefined) throw new Error("Nobody signed in");
    const { orderId, intentId } = await orderAndPay(server.url, person, planId);
    orders.push(orderId);
    intents.push(intentId);
  }
  // What earlier scenarios left to do would be measured as well: their jobs, and the paid orders that a sweep takes up.
  await query(databaseUrl, "delete from graphile_worker._private_jobs");
  await query(databaseUrl, "update esim_profiles set due_at = null where status = 'pending'");
  const worker = await startWorker();
  await new Promise((resolve) => setTimeout(resolve, 2_000));
  const startedAt = performance.now();
  await Promise.all(
    intents.map(async (intentId, index) => {
      const due = startedAt + (index / PER_SECOND) * 1000;
      await new Promise((resolve) => setTimeout(resolve, due - performance.now()));
      await confirm(server.url, intentId);
    }),
  );
  const [row] = await waitUntilReady(databaseUrl, orders);
  await worker.stop();
  return [
    {
      name: "payment to eSIM at 50 orders/s, median",
      value: row?.median ?? Number.NaN,
      unit: "ms",
      atMost: 250,
    },
    { name: "payment to eSIM at 50 orders/s, p99", value: row?.p99 ?? Number.NaN, unit: "ms", atMost: 1000 },
    {
      name: "eSIMs not ready after 30 s",
      value: orders.length - (row?.ready ?? 0),
      unit: "eSIMs",
      atMost: 0,
    },
  ];
}

async function waitUntilReady(databaseUrl: string, orders: readonly number[]) {
  const deadline = performance.now() + 30_000;
  for (;;) {
    const rows = await query<{ ready: number; median: number; p99: number }>(
      databaseUrl,
      `select count(*)::integer as ready,
         percentile_cont(0.5) within group (order by extract(epoch from e.provisioned_at - o.paid_at) * 1000) as median,
         percentile_cont(0.99) within group (order by extract(epoch from e.provisioned_at - o.paid_at) * 1000) as p99
       from esim_profiles e join orders o on o.id = e.order_id
       where o.id = any($1) and e.provisioned_at is not null`,
      [orders],
    );
    if (rows[0]?.ready === orders.length || performance.now() > deadline) return rows;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
