import pg from "pg";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { runInBatches, type TakenJob } from "../../src/modules/jobs/batched-jobs.js";
import type { PoolQuery } from "../../src/modules/jobs/job-leases.js";
import { makeTestDatabase, type TestDatabase } from "../support/database.js";
import { eventually } from "../support/eventually.js";

let database: TestDatabase;
let pool: pg.Pool;
beforeAll(async () => {
  database = await makeTestDatabase();
  pool = new pg.Pool({ connectionString: database.url, max: 10 });
});
beforeEach(() => database.query("delete from graphile_worker._private_jobs"));
afterAll(async () => {
  await pool.end();
  await database.drop();
});

const enqueue = (count: number) =>
  database.query("select enqueue_job('batched', json_build_object('n', n)) from generate_series(1, $1) n", [
    count,
  ]);
const left = () =>
  database.query<{ attempts: number; last_error: string | null; is_later: boolean }>(
    "select attempts, last_error, run_at > now() as is_later from graphile_worker._private_jobs where locked_at is null",
  );
const start = (name: string, run: (job: TakenJob) => Promise<void>) =>
  runInBatches({
    query: pool.query.bind(pool) as PoolQuery,
    task: "batched",
    atOnce: 6,
    pollMillis: 20,
    workerName: name,
    run,
    failed: (error) => {
      throw error;
    },
  });
const numberOf = ({ payload }: TakenJob): number => (payload as { n: number }).n;

it("of two workers each job has one, all are ended, and no more than so many run at once", async () => {
  await enqueue(100);
  const seen: number[] = [];
  let [running, most] = [0, 0];
  const run = async (job: TakenJob): Promise<void> => {
    running += 1;
    most = Math.max(most, running);
    await new Promise((resolve) => setImmediate(resolve));
    running -= 1;
    seen.push(numberOf(job));
  };
  const workers = [start("one", run), start("another", run)];
  await eventually(async () => seen.length === 100 && (await left()).length === 0);
  await Promise.all(workers.map((worker) => worker.stop()));
  expect([...new Set(seen)]).toHaveLength(100);
  expect(most).toBeLessThanOrEqual(12);
  expect(await database.query("select from graphile_worker._private_jobs")).toEqual([]);
});

it("one that throws is postponed alone, with its error; the others are ended", async () => {
  await enqueue(5);
  let runs = 0;
  const worker = start("one", async (job) => {
    runs += 1;
    if (numberOf(job) === 3) throw new Error("not yet");
  });
  await eventually(async () => runs === 5 && (await left()).length === 1);
  await worker.stop();
  expect(await left()).toEqual([{ attempts: 1, last_error: "not yet", is_later: true }]);
});

it("a stop takes no further job and waits for those that run, which are ended", async () => {
  await enqueue(20);
  let [begun, ended] = [0, 0];
  let release: () => void = () => undefined;
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  const worker = start("one", async () => {
    begun += 1;
    await held;
    ended += 1;
  });
  await eventually(async () => begun === 6);
  const stopped = worker.stop();
  release();
  await stopped;
  expect([begun, ended]).toEqual([6, 6]);
  expect(await left()).toHaveLength(14);
});
