import pg from "pg";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { watchServer } from "../../src/db/server-watch.js";
import { keepJobLeases, type PoolQuery } from "../../src/modules/jobs/job-leases.js";
import { startWorker, type Worker } from "../../src/modules/jobs/jobs.module.js";
import { makeEvents } from "../../src/telemetry/events.js";
import { makeLog } from "../../src/telemetry/log.js";
import { makeMetrics } from "../../src/telemetry/metrics.js";
import { makeTestDatabase, type TestDatabase } from "../support/database.js";
import { eventually } from "../support/eventually.js";

describe("jobs of a process that was killed", () => {
  let database: TestDatabase;
  let worker: Worker | undefined;
  const ran: string[] = [];
  beforeAll(async () => {
    database = await makeTestDatabase();
    for (const name of ["of the dead", "of the living"])
      await database.query("select enqueue_job('lease_probe', json_build_object('name', $1::text))", [name]);
    const lock = (name: string, ago: string) =>
      database.query(
        `update graphile_worker._private_jobs set locked_at = now() - $2::interval, locked_by = 'elsewhere',
           attempts = 1 where payload->>'name' = $1`,
        [name, ago],
      );
    await lock("of the dead", "41 seconds");
    await lock("of the living", "20 seconds");
  });
  afterAll(async () => {
    await worker?.stop();
    await database.drop();
  });

  it("are taken up by another process once their lease is over, and not before", async () => {
    const log = makeLog({ level: "silent", format: "json" });
    worker = await startWorker({
      databaseUrl: database.url,
      jobs: [{ handlers: { lease_probe: async ({ name }) => void ran.push(String(name)) } }],
      server: watchServer(),
      concurrency: 2,
      events: makeEvents(log, makeMetrics().registry),
      log,
    });
    await eventually(() => ran.length > 0, { what: "The dead process's job" });
    const left = (): Promise<{ name: string; locked_by: string | null }[]> =>
      database.query("select payload->>'name' as name, locked_by from graphile_worker._private_jobs");
    await eventually(async () => (await left()).length === 1, { what: "The end of that job" });
    expect(ran).toEqual(["of the dead"]);
    expect(await left()).toEqual([{ name: "of the living", locked_by: "elsewhere" }]);
  });
});

it("a job that still runs is renewed by its process before that process frees any", async () => {
  const database = await makeTestDatabase();
  const pool = new pg.Pool({ connectionString: database.url, max: 1 });
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
  await database.query("select enqueue_job('long', '{}')");
  const [{ id } = { id: "" }] = await database.query<{ id: string }>(
    "select id::text from graphile_worker._private_jobs",
  );
  const lock = (ago: string) =>
    database.query(
      "update graphile_worker._private_jobs set locked_at = now() - $1::interval, locked_by = 'here'",
      [ago],
    );
  await lock("0 seconds");
  let beats = 0;
  const query: PoolQuery = async (...statement) => {
    const answer = await (pool.query.bind(pool) as PoolQuery)(...statement);
    beats += 1;
    return answer;
  };
  const leases = keepJobLeases({ query }, { freed: () => undefined, error: () => undefined });
  let finish = (): void => undefined;
  const work = leases.hold(id, () => new Promise<void>((resolve) => (finish = resolve)));
  try {
    await eventually(() => beats === 1, { what: "The beat of the start" });
    // Slower than any beat: by the clock of the database its lease is over.
    await lock("41 seconds");
    vi.advanceTimersByTime(10_000);
    await eventually(async () => {
      const [row] = await database.query<{ is_old: boolean | null }>(
        "select locked_at < now() - interval '40 seconds' as is_old from graphile_worker._private_jobs",
      );
      return row?.is_old !== true;
    });
    expect(await database.query("select locked_by from graphile_worker._private_jobs")).toEqual([
      { locked_by: "here" },
    ]);
  } finally {
    finish();
    await work;
    leases.stop();
    vi.useRealTimers();
    await pool.end();
    await database.drop();
  }
});
