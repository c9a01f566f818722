import pg from "pg";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { assertNoOpenTransaction, openDatabase } from "../../src/db/database.js";
import { startTestApp, type TestApp } from "../support/app.js";
import { makeTestDatabase } from "../support/database.js";
import { eventually } from "../support/eventually.js";
import { makeShopper, type Shopper } from "../support/shop.js";
import { startTcpProxy } from "../support/tcp-proxy.js";

let app: TestApp;
let shopper: Shopper;
beforeAll(async () => {
  app = await startTestApp({ DATABASE_POOL_MAX: "2" });
  shopper = await makeShopper(app);
});
afterAll(() => app.stop());

/** Holds a table so that nobody else can read it, until `work` is done. */
async function whileLocked<Value>(table: string, work: () => Promise<Value>): Promise<Value> {
  const client = new pg.Client({ connectionString: app.database.url });
  await client.connect();
  try {
    await client.query(`begin; lock table ${table} in access exclusive mode`);
    return await work();
  } finally {
    await client.end();
  }
}

describe("when the database does not keep up", () => {
  it("503 with Retry-After after 2 s without a connection; life, readiness and webhooks go on", {
    timeout: 60_000,
  }, async () => {
    await whileLocked("sessions", async () => {
      const started = Date.now();
      const waiting = Array.from({ length: 12 }, () =>
        app.request("GET", "/auth/sessions", { bearer: shopper.token }),
      );
      const first = await Promise.race(waiting);
      expect([first.status, first.body.code, first.headers.get("retry-after")]).toEqual([
        503,
        "overloaded",
        "2",
      ]);
      expect(Date.now() - started).toBeGreaterThan(1_500);
      expect((await app.request("GET", "/health/live")).status).toBe(200);
      expect((await app.request("GET", "/health/ready")).status).toBe(200);
      const webhook = await app.request("POST", "/payments/webhook/mock", {
        body: { intent_id: "pi_none", status: "succeeded" },
      });
      expect([webhook.status, webhook.body.detail]).toEqual([404, "Payment not found"]);
      for (const { status } of await Promise.all(waiting)) expect(status).toBe(503);
      // A lock is waited for 5 s at most, and the pool 2 s.
      expect(Date.now() - started).toBeLessThan(15_000);
    });
    expect((await app.request("GET", "/auth/sessions", { bearer: shopper.token })).status).toBe(200);
  });

  it("a flood of reads is shed before it waits, and orders are taken as long as there is room", {
    timeout: 90_000,
  }, async () => {
    await whileLocked("esim_profiles", async () => {
      const before = process.memoryUsage().rss;
      const statuses = new Map<number, number>();
      const started = Date.now();
      const flood = Array.from({ length: 600 }, async () => {
        const { status } = await app.request("GET", "/esims/mine", { bearer: shopper.token });
        statuses.set(status, (statuses.get(status) ?? 0) + 1);
      });
      await Promise.all(flood);
      expect([...statuses.keys()]).toEqual([503]);
      expect(Date.now() - started).toBeLessThan(30_000);
      expect(process.memoryUsage().rss - before).toBeLessThan(200 * 1024 * 1024);
    });
    await eventually(
      async () => (await app.request("GET", "/esims/mine", { bearer: shopper.token })).status === 200,
    );
  });

  it("an order whose connection is cut is 503, and the same key then gives one order", {
    timeout: 60_000,
  }, async () => {
    const headers = { "idempotency-key": "cut-in-the-middle" };
    const order = () =>
      app.request("POST", "/orders", { bearer: shopper.token, headers, body: { plan_id: shopper.planId } });
    await whileLocked("esim_profiles", async () => {
      const waiting = order();
      await eventually(async () => {
        const cut = await app.database.query(
          `select pg_terminate_backend(pid) from pg_stat_activity
           where datname = current_database() and wait_event_type = 'Lock' and application_name = 'tribi api'`,
        );
        return cut.length > 0;
      });
      expect((await waiting).status).toBe(503);
    });
    const [first, second] = [await order(), await order()];
    expect([first.status, second.status, second.body.id]).toEqual([200, 200, first.body.id]);
    const rows = await app.database.query(
      "select id from orders where idempotency_key = 'cut-in-the-middle'",
    );
    expect(rows).toHaveLength(1);
  });
});

describe("sessions of the database", () => {
  it("every one has its time-outs", async () => {
    const db = openDatabase({ url: app.database.url, poolMax: 1, applicationName: "time-outs" });
    onTestFinished(() => db.close());
    const names = ["statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout"];
    for (const name of names) {
      const { rows } = await db.run<{ value: string }>(
        { name: "", text: "select current_setting($1) as value" },
        [name],
      );
      expect([name, rows[0]?.value]).not.toEqual([name, "0"]);
    }
  });

  it("whatever is outside refuses to be called while a transaction is open", async () => {
    const db = openDatabase({
      url: app.database.url,
      poolMax: 1,
      applicationName: "outside",
      tracksTransactions: true,
    });
    onTestFinished(() => db.close());
    expect(() => assertNoOpenTransaction("The mail server")).not.toThrow();
    await expect(db.transaction(async () => assertNoOpenTransaction("The mail server"))).rejects.toThrow(
      "The mail server was called while a database transaction is open",
    );
  });

  it.each(["40001", "40P01"])("%s: the whole transaction again, three times at most", async (state) => {
    const db = openDatabase({ url: app.database.url, poolMax: 1, applicationName: "again" });
    onTestFinished(() => db.close());
    const failing = (failures: number) => {
      let attempts = 0;
      const run = db.transaction(async (tx) => {
        attempts += 1;
        if (attempts <= failures) {
          await tx.run({
            name: "",
            text: `do $$ begin raise exception 'planted' using errcode = '${state}'; end $$`,
          });
        }
        return attempts;
      });
      return run.catch((error: Error & { code?: string }) => `${error.code} after ${attempts}`);
    };
    expect(await failing(2)).toBe(3);
    expect(await failing(3)).toBe(`${state} after 3`);
  });

  it("without PostgreSQL: alive, not ready, and 503 instead of 500; afterwards as before", {
    timeout: 90_000,
  }, async () => {
    const database = await makeTestDatabase();
    const proxy = await startTcpProxy(database.url);
    const lonely = await startTestApp({}, { database: { ...database, url: proxy.url } });
    onTestFinished(async () => {
      await lonely.stop();
      await proxy.stop();
      await database.drop();
    });
    const { token, planId } = await makeShopper(lonely);
    proxy.cut();
    expect((await lonely.request("GET", "/health/live")).status).toBe(200);
    const ready = await lonely.request("GET", "/health/ready");
    expect([ready.status, ready.body.code]).toEqual([503, "not_ready"]);
    for (const [method, path, body] of [
      ["POST", "/auth/request-code", { email: "a@example.com" }],
      ["POST", "/auth/verify-code", { email: "a@example.com", code: "123456" }],
      ["GET", "/orders/mine", undefined],
      ["POST", "/orders", { plan_id: planId }],
      ["POST", "/payments/webhook/mock", { intent_id: "pi_none", status: "succeeded" }],
    ] as const) {
      const answer = await lonely.request(method, path, {
        bearer: token,
        ...(body === undefined ? {} : { body }),
      });
      expect([path, answer.status, answer.body.code]).toEqual([path, 503, "overloaded"]);
    }
    proxy.heal();
    await eventually(async () => (await lonely.request("GET", "/health/ready")).status === 200);
    expect((await lonely.request("GET", "/orders/mine", { bearer: token })).status).toBe(200);
  });
});
