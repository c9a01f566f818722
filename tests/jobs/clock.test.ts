import pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { watchServer } from "../../src/db/server-watch.js";
import { startWorker, type Worker } from "../../src/modules/jobs/jobs.module.js";
import { makeEvents } from "../../src/telemetry/events.js";
import { makeLog } from "../../src/telemetry/log.js";
import { makeMetrics } from "../../src/telemetry/metrics.js";
import { cutConnection } from "../support/cut-connection.js";
import { makeTestDatabase, type TestDatabase } from "../support/database.js";
import { eventually } from "../support/eventually.js";

const WAITING = `
  select pid from pg_stat_activity
  where datname = current_database() and application_name = 'tribi worker' and wait_event_type = 'Lock'`;

describe("the clock of the jobs", () => {
  let database: TestDatabase;
  let worker: Worker | undefined;
  beforeAll(async () => {
    database = await makeTestDatabase();
  });
  afterAll(async () => {
    await worker?.stop();
    await database.drop();
  });

  it("outlives a database that cuts its connection in the middle of a statement", async () => {
    const holder = new pg.Client({ connectionString: database.url });
    await holder.connect();
    await holder.query("begin");
    await holder.query("lock table graphile_worker._private_known_crontabs in access exclusive mode");
    const log = makeLog({ level: "silent", format: "json" });
    worker = await startWorker({
      databaseUrl: database.url,
      jobs: [{ handlers: {}, scheduled: [{ task: "clock_probe", cron: "0 0 1 1 *" }] }],
      server: watchServer(),
      concurrency: 2,
      events: makeEvents(log, makeMetrics().registry),
      log,
    });
    // Twice, so that the repeated statement meets it as well.
    for (let cut = 0; cut < 2; cut += 1) {
      const pid = await eventually(async () => (await database.query<{ pid: number }>(WAITING))[0]?.pid, {
        what: "The waiting clock",
      });
      await cutConnection(database, pid);
    }
    await holder.query("rollback");
    await holder.end();
    await eventually(
      async () => {
        const known = await database.query(
          "select from graphile_worker._private_known_crontabs where identifier = 'clock_probe'",
        );
        return known.length === 1;
      },
      { what: "The task that the clock knows" },
    );
    expect(worker).toBeDefined();
  });
});
