import { afterAll, beforeAll, describe, expect, it } from "vitest";
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
      concurrency: 2,
      events: makeEvents(log, makeMetrics().registry),
      log,
    });
    await eventually(() => ran.length > 0, { what: "The dead process's job" });
    const left = (): Promise<{ name: string }[]> =>
      database.query("select payload->>'name' as name from graphile_worker._private_jobs");
    await eventually(async () => (await left()).length === 1, { what: "The end of that job" });
    expect(ran).toEqual(["of the dead"]);
    expect(await left()).toEqual([{ name: "of the living" }]);
  });
});
