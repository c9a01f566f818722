import { FAKE_AIRALO_ID, FAKE_AIRALO_SECRET } from "@tribi/fakes/airalo/fake-orders";
import { type FakeAiralo, startFakeAiralo } from "@tribi/fakes/airalo/fake-server";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { send, startTestApp } from "../support/app.js";
import { makeTestDatabase, type TestDatabase } from "../support/database.js";
import { eventually } from "../support/eventually.js";
import { ESIM_INVARIANTS, violations } from "../support/invariants.js";
import { type Login, logIn } from "../support/login.js";
import { type ServerProcess, startProcess } from "../support/processes.js";
import { temporaryFolder } from "../support/temporary-folder.js";

const SECRETS = {
  JWT_SECRET: "jwt-secret-of-the-frozen-test-0000000001",
  COOKIE_SECRET: "cookie-secret-of-the-frozen-test-000001",
  OTP_PEPPER: "otp-pepper-of-the-frozen-test-0000000001",
};

/** With real processes: one is stopped by signal while it holds the lease and the supplier's answer. */
describe("a worker that is frozen beyond its lease", () => {
  let database: TestDatabase;
  let airalo: FakeAiralo;
  let sleeper: ServerProcess;
  let other: ServerProcess;
  let owner: Login;
  beforeAll(async () => {
    database = await makeTestDatabase();
    airalo = await startFakeAiralo();
    const app = await startTestApp(SECRETS, { database });
    owner = await logIn(app, "frozen@example.com");
    await app.stop();
    const environment = {
      ...SECRETS,
      DATABASE_URL: database.url,
      DATA_DIR: temporaryFolder("frozen"),
      LOG_LEVEL: "warn",
      PROVISIONING_PACE_MILLIS: "50",
      AIRALO_API_BASE: airalo.url,
      AIRALO_CLIENT_ID: FAKE_AIRALO_ID,
      AIRALO_CLIENT_SECRET: FAKE_AIRALO_SECRET,
    };
    sleeper = await startProcess(["serve", "--no-worker"], {
      ...environment,
      TRIBI_FAILPOINTS: "s9.after_call_before_store=sleep:3000",
    });
    other = await startProcess(["serve", "--no-worker"], environment);
  }, 240_000);
  afterAll(async () => {
    for (const child of [sleeper, other]) child?.kill("SIGKILL");
    await Promise.all([sleeper?.ended, other?.ended]);
    await airalo?.stop();
    await database?.drop();
  });

  it("stores nothing when it wakes: the eSIM that another found by our reference stays as it is", async () => {
    const at =
      (url: string) =>
      (method: string, target: string, options = {}) =>
        send(`${url}${target}`, method, options);
    const order = await plantPaidOrder(database, owner.userId);
    const activate = { bearer: owner.token, body: { order_id: order.id } };
    const asleep = at(sleeper.url)("POST", "/esims/activate", activate).catch(() => undefined);
    await eventually(
      () => airalo.http.calls.some(({ path: to, status }) => to === "/v2/orders" && status === 200),
      {
        what: "the sale",
      },
    );
    sleeper.kill("SIGSTOP");
    // The lease ends; how long that takes is not what is tried here.
    await database.query("update esim_profiles set lease_until = now() - interval '1 second'");
    const ready = await eventually(async () => {
      const answer = await at(other.url)("POST", "/esims/activate", activate);
      return answer.status === 200 ? answer.body : undefined;
    });
    const before = await rows(database);
    sleeper.kill("SIGCONT");
    expect((await asleep)?.body.qr_payload ?? ready.qr_payload).toBe(ready.qr_payload);
    // Its chain goes on for as long as it was asleep; the next request to it waits for nothing else.
    await eventually(async () => {
      const { text } = await at(sleeper.url)("GET", "/metrics", {});
      return /tribi_provisioning_attempt\w*\{[^}]*outcome="done"[^}]*\} 1/.test(text);
    });
    expect(await rows(database)).toEqual(before);
    expect(airalo.ledger.orders).toHaveLength(1);
    expect(await violations(database, ESIM_INVARIANTS)).toEqual({});
  }, 120_000);
});

const rows = (database: TestDatabase) =>
  database.query(
    `select to_jsonb(e) as profile, to_jsonb(a) as attempt
     from esim_profiles e join provisioning_attempts a on a.profile_id = e.id`,
  );

async function plantPaidOrder({ query }: TestDatabase, userId: number): Promise<{ id: number }> {
  const [plan] = await query<{ id: number }>(
    `insert into plans (sku, name, data_gb, duration_days, country_id, carrier_id)
     select 'frozen', 'frozen', 1, 7, (select min(id) from countries), (select min(id) from carriers) returning id`,
  );
  await query("insert into plan_prices (plan_id, currency, amount_minor) values ($1, 'USD', 1200)", [
    plan?.id,
  ]);
  await query(
    `insert into plan_suppliers (plan_id, supplier, package_id, cost_minor, cost_text, cost_currency)
     values ($1, 'airalo', 'moshi-7days-1gb', 350, '3.50', 'USD')`,
    [plan?.id],
  );
  const [order] = await query<{ id: number }>(
    `insert into orders (reference, user_id, plan_id, currency, amount_minor, plan_snapshot, expires_at)
     select 'FROZENWORKER', $1, f.plan_id, 'USD', f.amount_minor, jsonb_build_object(
       'id', f.plan_id, 'name', f.name, 'country_id', f.country_id, 'carrier_id', f.carrier_id,
       'country_name', f.country_name, 'country_iso2', f.country_iso2, 'carrier_name', f.carrier_name,
       'data_gb', f.data_gb, 'duration_days', f.duration_days), now() + interval '1 hour'
     from plan_offers f where f.plan_id = $2 and f.currency = 'USD' returning id`,
    [userId, plan?.id],
  );
  await query(
    `insert into esim_profiles (order_id, user_id, plan_id, due_at)
     values ($1, $2, $3, now() + interval '15 minutes')`,
    [order?.id, userId, plan?.id],
  );
  await query("update orders set status = 'paid', paid_at = now() where id = $1", [order?.id]);
  return { id: order?.id ?? 0 };
}
