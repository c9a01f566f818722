import { readdirSync, readFileSync } from "node:fs";
import http from "node:http";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { loadConfig } from "../../src/config/config.js";
import { OPERATORS_TOKEN, startTestApp, type TestApp } from "../support/app.js";
import { seedCatalog } from "../support/catalog.js";
import { jobsSettled } from "../support/checksums.js";
import { logIn } from "../support/login.js";
import { makeShopper } from "../support/shop.js";
import { factOf, startTraceReceiver, type TraceReceiver } from "../support/trace-receiver.js";

let collector: TraceReceiver;
let app: TestApp | undefined;
beforeEach(async () => {
  collector = await startTraceReceiver();
});
afterEach(async () => {
  await app?.stop();
  app = undefined;
  await collector.close();
});

const start = (more: Record<string, string> = {}) =>
  startTestApp({ OTEL_EXPORTER_OTLP_ENDPOINT: collector.endpoint, TRACES_SAMPLE_PERCENT: "100", ...more });

/** Stopping sends what is left. */
async function stopped(): Promise<void> {
  await app?.stop();
  app = undefined;
}

/** A customer signs in, orders, pays and gets an eSIM by a mail. */
async function sell(shop: TestApp) {
  const email = "traveller.of.traces@example.com";
  const shopper = await makeShopper(shop, email);
  const order = await shopper.order();
  const paid = await shopper.create(order.id, "MOCK");
  await shop.request("POST", "/payments/webhook/mock", {
    body: { intent_id: paid.body.intent_id, status: "succeeded" },
  });
  await jobsSettled(shop.database);
  const esims = await shop.request("GET", "/esims/mine", { bearer: shopper.token });
  return { email, token: shopper.token, intentId: paid.body.intent_id as string, esims };
}

describe("a sale, traced", () => {
  it("is told in its parts: requests, statements by name, provider, jobs, mails; and nothing that is secret or personal", async () => {
    app = await start({ OTEL_EXPORTER_OTLP_HEADERS: "authorization=Bearer%20of-the-collector,x-team=shop" });
    const { email, token, esims } = await sell(app);
    const secrets = await app.database.query<{ code: string | null }>(
      "select iccid as code from esim_profiles union select supplier_reference from esim_profiles",
    );
    await stopped();

    const spans = collector.spans();
    const names = new Set(spans.map(({ name }) => name));
    for (const name of ["POST /orders", "POST /payments/create", "MOCK create intent", "provision_esim"])
      expect(names).toContain(name);
    expect([...names].some((name) => /^mail server /.test(name))).toBe(true);
    const placed = spans.find(({ name }) => name === "POST /orders");
    const parts = spans.filter(({ parentSpanId }) => parentSpanId === placed?.spanId);
    expect(parts.map((one) => factOf(one, "db.query.summary"))).toContain("orders.place");
    expect(new Set(parts.map(({ traceId }) => traceId))).toEqual(new Set([placed?.traceId]));

    expect(esims.status).toBe(200);
    const text = collector.text();
    for (const secret of [email, email.split("@")[0] ?? "", token, "@example", "Bearer", "LPA:"])
      expect(text).not.toContain(secret);
    for (const { code } of secrets.filter(({ code }) => code !== null))
      expect(text).not.toContain(code ?? "");
    expect(text).not.toMatch(/127\.0\.0\.1|cookie|user-agent/i);
    expect(collector.receiver.sent[0]?.headers).toMatchObject({
      authorization: "Bearer of-the-collector",
      "x-team": "shop",
    });
  });

  it("has its statements as parts when its body came later than its head", async () => {
    app = await start();
    await seedCatalog(app.database);
    const shopper = await makeShopper(app, "late@example.com");
    const { body } = await shopper.create((await shopper.order()).id, "MOCK");
    const target = new URL("/payments/webhook/mock", app.url);
    const status = await new Promise<number | undefined>((resolve, reject) => {
      const request = http.request(target, { method: "POST" }, (answer) => {
        answer.resume().on("end", () => resolve(answer.statusCode));
      });
      request.setHeader("authorization", `Bearer ${OPERATORS_TOKEN}`);
      request.setHeader("content-type", "application/json").on("error", reject);
      request.flushHeaders();
      setTimeout(() => request.end(JSON.stringify({ intent_id: body.intent_id, status: "succeeded" })), 50);
    });
    expect(status).toBe(200);
    await stopped();
    const spans = collector.spans();
    const told = spans.find(({ name }) => name === "POST /payments/webhook/:provider");
    const parts = spans.filter(({ parentSpanId }) => parentSpanId === told?.spanId);
    expect(parts.map((one) => factOf(one, "db.query.summary"))).toContain("payments.settle");
  });

  it("has the request's id as the trace's, as a problem document names it, and nothing that a stranger wrote", async () => {
    app = await start();
    await app.request("GET", "/nothing/someone@example.com?code=123456", {
      headers: { traceparent: "00-11111111111111111111111111111111-2222222222222222-01" },
    });
    const refused = await app.request("GET", "/orders/999999", {
      bearer: (await logIn(app, "nobody@example.com")).token,
    });
    await stopped();
    const told = collector.spans().find(({ name }) => name === "GET /orders/:id");
    expect(told?.traceId).toBe((refused.body.request_id as string).replaceAll("-", ""));
    expect(told && factOf(told, "http.response.status_code")).toBe(404);
    expect(collector.text()).not.toMatch(/someone|123456|1111111111/);
  });
});

describe("a request that is not sampled", () => {
  it("is told when it fails, as a whole, and not when it does not", async () => {
    app = await start({ TRACES_SAMPLE_PERCENT: "0" });
    await seedCatalog(app.database);
    await app.request("GET", "/plans");
    const { token } = await logIn(app, "customer@example.com");
    await app.database.query("alter table orders rename to orders_away");
    expect((await app.request("GET", "/orders/mine", { bearer: token })).status).toBe(500);
    await app.database.query("alter table orders_away rename to orders");
    await stopped();
    const spans = collector.spans().filter((one) => factOf(one, "http.route") !== undefined);
    expect(spans.map(({ name, status }) => [name, status.code])).toEqual([["GET /orders/mine", 2]]);
  });
});

it("a collector that is away or hangs delays no answer and ends no process", async () => {
  collector.receiver.answer = "hang";
  app = await start();
  expect((await sell(app)).esims.status).toBe(200);
  await collector.close();
  expect((await app.request("GET", "/plans")).status).toBe(200);
});

it("without an endpoint nothing is traced, and no library for it is read", () => {
  expect(loadConfig({}).traces).toBeNull();
  const files = readdirSync("src", { recursive: true, encoding: "utf8" }).filter((one) =>
    one.endsWith(".ts"),
  );
  const readers = files.filter((one) =>
    readFileSync(path.join("src", one), "utf8").includes('from "@opentelemetry/'),
  );
  expect(readers).toEqual(["telemetry/open-telemetry.ts"]);
  const doors = files.filter((one) =>
    /(from|import\() ?"[./a-z]*open-telemetry\.js"/.test(readFileSync(path.join("src", one), "utf8")),
  );
  expect(doors).toEqual(["app.ts"]);
  expect(readFileSync("src/app.ts", "utf8")).toContain('await import("./telemetry/open-telemetry.js")');
});

it("the settings of traces are checked: percent, endpoint, headers", () => {
  const read = (values: Record<string, string>) =>
    loadConfig({ OTEL_EXPORTER_OTLP_ENDPOINT: "http://collector:4318/", ...values }).traces;
  expect(read({})).toMatchObject({ url: "http://collector:4318/v1/traces", samplePercent: 1, headers: {} });
  expect(() => read({ TRACES_SAMPLE_PERCENT: "101" })).toThrow(/TRACES_SAMPLE_PERCENT/);
  expect(() => read({ OTEL_EXPORTER_OTLP_ENDPOINT: "collector" })).toThrow(/OTEL_EXPORTER_OTLP_ENDPOINT/);
  expect(() => read({ OTEL_EXPORTER_OTLP_HEADERS: "bare" })).toThrow(/OTEL_EXPORTER_OTLP_HEADERS/);
});
