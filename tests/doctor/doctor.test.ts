import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { loadConfig } from "../../src/config/config.js";
import { examine } from "../../src/doctor/examine.js";
import { gatherFacts } from "../../src/doctor/gather/gather.js";
import { STRIPE_EVENT_TYPES } from "../../src/providers/payment/stripe/stripe-event.js";
import { startQuietApp, type TestApp } from "../support/app.js";
import { startProcess } from "../support/processes.js";
import { makeEsimOwner } from "../support/top-ups.js";

const SECRET = "whsec_0123456789abcdefghijklmnopq";

/** A Stripe that lists webhook endpoints, and nothing else. */
function startStripe(state: { url: string; events: readonly string[]; status: number }): Promise<Server> {
  const server = createServer((_request, response) => {
    response.writeHead(state.status, { "content-type": "application/json" });
    const endpoint = {
      id: "we_1",
      object: "webhook_endpoint",
      url: state.url,
      status: "enabled",
      enabled_events: state.events,
    };
    const refusal = { error: { type: "invalid_request_error", message: "Invalid API Key provided" } };
    response.end(
      JSON.stringify(state.status === 200 ? { object: "list", data: [endpoint], has_more: false } : refusal),
    );
  });
  return new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(server)));
}

describe("tribi doctor beside a running store", () => {
  let app: TestApp;
  let stripe: Server;
  const state = { url: "", events: [] as readonly string[], status: 200 };
  const environment = (): Record<string, string> => ({
    ENVIRONMENT: "test",
    DATABASE_URL: app.database.url,
    DATA_DIR: app.dataDir,
    PUBLIC_URL: app.url,
    ADMIN_EMAILS: "admin@example.com",
    STRIPE_SECRET_KEY: "sk_test_0123456789abcdefghijklmnop",
    STRIPE_WEBHOOK_SECRET: SECRET,
    STRIPE_API_BASE: `http://127.0.0.1:${(stripe.address() as AddressInfo).port}`,
    PAYMENT_PROVIDER: "MOCK",
  });
  const look = async (changed: Record<string, string> = {}) => {
    const config = loadConfig({ ...environment(), ...changed });
    const secrets = [{ name: "OTP_PEPPER", values: [config.secrets.otpPepper] }];
    const checks = examine(await gatherFacts(config, { url: app.database.url }, secrets));
    return Object.fromEntries(checks.map((one) => [one.id, one]));
  };

  beforeAll(async () => {
    stripe = await startStripe(state);
    // Without a worker, whose clock would take back what is planted.
    app = await startQuietApp(
      {
        STRIPE_SECRET_KEY: "sk_test_0123456789abcdefghijklmnop",
        STRIPE_WEBHOOK_SECRET: SECRET,
        STRIPE_API_BASE: `http://127.0.0.1:${(stripe.address() as AddressInfo).port}`,
        PAYMENT_PROVIDER: "MOCK",
      },
      async (busy) => {
        await makeEsimOwner(busy);
      },
    );
    state.url = `${app.url}/payments/webhook/stripe`;
    state.events = STRIPE_EVENT_TYPES;
    // As a worker's clock leaves it.
    await app.database.query("update graphile_worker._private_known_crontabs set last_execution = now()");
    await app.database.query(
      `insert into reconciliation_runs (provider, since, applies, finished_at) values ('STRIPE', now(), true, now())`,
    );
  });
  afterAll(async () => {
    await app.stop();
    stripe.close();
  });

  it("finds nothing that fails, and asks what it says it asks", async () => {
    const found = await look();
    // The tests' own server runs without durability, and that is said.
    const failed = Object.values(found).filter(
      ({ status, id }) => status === "fail" && id !== "database_durability",
    );
    expect(failed).toEqual([]);
    for (const id of [
      "database",
      "migrations",
      "workers",
      "store",
      "stripe_endpoint",
      "stripe_events",
      "stripe_signature",
      "plans",
    ])
      expect([id, found[id]?.status]).toEqual([id, "ok"]);
    expect(await app.database.query("select from webhook_events where provider = 'STRIPE'")).toEqual([]);
  });

  it("finds what is planted in the database", async () => {
    const { query } = app.database;
    await query(
      "update graphile_worker._private_known_crontabs set last_execution = now() - interval '10 minutes'",
    );
    await query("update esim_profiles set parked_at = now(), parked_reason = 'no_funds'");
    await query(
      "insert into supplier_accounts (supplier, problem, balance_text, balance_currency, balance_minor) values ('airalo', 'auth', '1.00', 'USD', 100)",
    );
    await query(
      "insert into plan_suppliers (plan_id, supplier, package_id) select id, 'stock', 'x' from plans limit 1",
    );
    await query(
      `select enqueue_job('send_mail', '{"mail_id": 0, "kind": "receipt"}', run_at => now() - interval '10 minutes')`,
    );
    await query("update installation_facts set value = 'another' where name = 'secret:OTP_PEPPER'");
    await query(
      "insert into installation_facts (name, value) values ('secret:OTP_PEPPER', 'another') on conflict do nothing",
    );
    const found = await look();
    const expected = {
      workers: "fail",
      parked_goods: "warn",
      supplier_accounts: "fail",
      stock: "warn",
      secrets: "fail",
    };
    expect(Object.fromEntries(Object.keys(expected).map((id) => [id, found[id]?.status]))).toEqual(expected);
  });

  it("finds a store with another signing secret, an endpoint that is told too little, and a key that Stripe refuses", async () => {
    state.events = ["payment_intent.succeeded"];
    const found = await look({ STRIPE_WEBHOOK_SECRET: "whsec_another0123456789abcdefghijk" });
    expect([found.stripe_signature?.status, found.stripe_events?.status]).toEqual(["fail", "fail"]);
    state.status = 401;
    expect((await look()).stripe_key).toMatchObject({
      status: "fail",
      message: expect.stringContaining("authentication"),
    });
    state.status = 200;
  });

  it("writes JSON, exits 1 and prints no secret", async () => {
    const run = async (...args: string[]) => {
      const program = await startProcess(["doctor", ...args], environment(), { waitsUntilReady: false });
      return { code: await program.ended, output: program.output() };
    };
    const { code, output } = await run("--json");
    const { checks } = JSON.parse(output) as { checks: object[] };
    expect([code, checks.length >= 30]).toEqual([1, true]);
    expect(new Set(checks.flatMap((one) => Object.keys(one)))).toEqual(
      new Set(["id", "status", "message", "fix"]),
    );
    const { secrets } = loadConfig(environment());
    const known = [SECRET, "sk_test_0123456789", secrets.otpPepper, secrets.indexKey, ...secrets.jwtSecrets];
    for (const secret of known) expect(output.includes(secret)).toBe(false);
  });

  it("says what is wrong with the settings when the store would not start", async () => {
    const program = await startProcess(
      ["doctor"],
      { ...environment(), PORT: "many" },
      { waitsUntilReady: false },
    );
    expect(await program.ended).toBe(1);
    expect(program.output()).toMatch(/FAIL settings: [\s\S]*PORT/);
    expect(program.output()).toContain("-    database_version: The settings cannot be read.");
  });
});
