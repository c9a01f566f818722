import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { FAKE_AIRALO_ID, FAKE_AIRALO_SECRET } from "@tribi/fakes/airalo/fake-orders";
import { type FakeAiralo, startFakeAiralo } from "@tribi/fakes/airalo/fake-server";
import { FAKE_ESIM_ACCESS_CODE, startFakeEsimAccess } from "@tribi/fakes/esim-access/fake-server";
import { FAKE_ESIM_GO_KEY, startFakeEsimGo } from "@tribi/fakes/esim-go/fake-server";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { makeAiraloSupplier } from "../../src/providers/esim/airalo/airalo-supplier.js";
import { makeEsimAccessSupplier } from "../../src/providers/esim/esim-access/esim-access-supplier.js";
import { makeEsimGoSupplier } from "../../src/providers/esim/esim-go/esim-go-supplier.js";
import type { EsimSupplier } from "../../src/providers/esim/port.js";
import type { WebhookReading } from "../../src/providers/esim/webhook-port.js";

/** A receiver that reads every delivery with the adapter, as the store does, and lets a test wait for the n-th. */
function makeReceiver() {
  const readings: WebhookReading[] = [];
  let reader: EsimSupplier | null = null;
  let status = 200;
  let wake: () => void = () => undefined;
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const headers = request.headers as Record<string, string>;
    const reading = reader?.readWebhook({
      rawBody: Buffer.concat(chunks),
      headers,
      clientAddress: "127.0.0.1",
    });
    if (reading) readings.push(reading);
    response.writeHead(status).end();
    wake();
  });
  return {
    readings,
    async start(): Promise<string> {
      await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
      return `http://127.0.0.1:${(server.address() as AddressInfo).port}/webhook`;
    },
    readWith(supplier: EsimSupplier, answers = 200) {
      reader = supplier;
      status = answers;
    },
    async until(count: number): Promise<void> {
      while (readings.length < count) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    },
    stop: () => new Promise((resolve) => server.close(resolve)),
  };
}

const verdicts = (readings: readonly WebhookReading[]) => readings.map((reading) => reading.verdict);
const keys = (readings: readonly WebhookReading[]) =>
  readings.flatMap((reading) =>
    reading.verdict === "accepted" ? reading.events.map((event) => event.dedupKey) : [],
  );

let receiver: ReturnType<typeof makeReceiver>;
let webhookUrl: string;
beforeEach(async () => {
  receiver = makeReceiver();
  webhookUrl = await receiver.start();
});
afterEach(() => receiver.stop());

describe("airalo, asynchronous orders", () => {
  let fake: FakeAiralo;
  let supplier: EsimSupplier & { close(): Promise<void> };
  const request = { reference: "TRB-W1-1", packageId: "moshi-7days-1gb", expectedCost: null };
  const lookup = { ...request, sentAfterMillis: 0, knownSupplierOrderIds: [] };
  beforeEach(async () => {
    fake = await startFakeAiralo();
    const options = { baseUrl: fake.url, clientId: FAKE_AIRALO_ID, clientSecret: FAKE_AIRALO_SECRET };
    supplier = makeAiraloSupplier({ ...options, webhookUrl });
    receiver.readWith(supplier);
  });
  afterEach(async () => {
    await supplier.close();
    await fake.stop();
  });

  test("the order is pending until the webhook says that it is worth asking", async () => {
    fake.ledger.settings.readyAfterMillis = 3_600_000;
    const outcome = await supplier.order(request);
    if (outcome.kind !== "done") throw new Error(outcome.kind);
    expect(outcome.value.state).toBe("pending");
    await receiver.until(1);
    expect(receiver.readings[0]).toMatchObject({ events: [{ reference: "TRB-W1-1", orderFailure: null }] });
    const now = await supplier.getOrder({ ...lookup, supplierOrderId: outcome.value.supplierOrderId });
    expect(now).toMatchObject({ kind: "done", value: { state: "ready" } });
  });

  test("the webhook may come before the answer to the order", async () => {
    fake.settings.webhookMode = "before_answer";
    const outcome = await supplier.order(request);
    expect(receiver.readings).toHaveLength(1);
    expect(outcome).toMatchObject({ kind: "done" });
  });

  test("a repeated webhook has the same key, a forged one is told apart", async () => {
    fake.settings.webhookMode = "twice";
    await supplier.order(request);
    await receiver.until(2);
    expect(new Set(keys(receiver.readings)).size).toBe(1);
    fake.settings.webhookMode = "forged_only";
    await supplier.order({ ...request, reference: "TRB-W2-1" });
    await receiver.until(3);
    expect(verdicts(receiver.readings)).toEqual(["accepted", "accepted", "forged"]);
  });

  test("opting in probes the address with HEAD; what is not taken with 200 comes again with the same key", async () => {
    const token = await fetch(`${fake.url}/token`, {
      method: "POST",
      body: new URLSearchParams({ client_id: FAKE_AIRALO_ID, client_secret: FAKE_AIRALO_SECRET }),
    }).then(
      async (response) => ((await response.json()) as { data: { access_token: string } }).data.access_token,
    );
    const optIn = async (url: string) => {
      const body = new URLSearchParams({ type: "webhook_low_data", webhook_url: url });
      const headers = { authorization: `Bearer ${token}` };
      return (await fetch(`${fake.url}/notifications/opt-in`, { method: "POST", headers, body })).status;
    };
    expect(await optIn("http://127.0.0.1:1/")).toBe(422);
    receiver.readWith(supplier, 204);
    expect(await optIn(webhookUrl)).toBe(422);
    receiver.readWith(supplier, 200);
    expect(await optIn(webhookUrl)).toBe(200);
    const esim = fake.ledger.sell({ reference: "x", packageId: "moshi-7days-1gb" });
    if (!esim.sold) throw new Error(esim.why);
    receiver.readings.length = 0;
    receiver.readWith(supplier, 204);
    await fake.sendNotice(esim.esim.id, "75%");
    receiver.readWith(supplier, 200);
    for (const _time of [1, 2]) await fetch(`${fake.origin}/__control/redeliver`, { method: "POST" });
    expect(receiver.readings).toHaveLength(2);
    expect(new Set(keys(receiver.readings)).size).toBe(1);
  });

  test("without any webhook asking is enough; a failure is told and the money is back", async () => {
    fake.settings.webhookMode = "never";
    await supplier.order(request);
    expect(await supplier.findOrder(lookup)).toMatchObject({ value: { found: "one" } });
    fake.settings.webhookMode = "after";
    fake.settings.asyncFailure = { code: 33, reason: "Insufficient stock of eSIMs remaining: 0." };
    const before = fake.ledger.balance;
    await supplier.order({ ...request, reference: "TRB-W3-1" });
    await receiver.until(1);
    expect(receiver.readings[0]).toMatchObject({
      events: [{ orderFailure: { reason: "out_of_stock" } }],
    });
    expect(fake.ledger.balance).toBe(before);
    expect(await supplier.findOrder({ ...lookup, reference: "TRB-W3-1" })).toMatchObject({
      value: { found: "one", order: { state: "failed" } },
    });
  });
});

test("esim access: the address is probed and must answer 200, not 204; then events come and repeat", async () => {
  const fake = await startFakeEsimAccess();
  const options = { baseUrl: fake.url, accessCode: FAKE_ESIM_ACCESS_CODE, webhookSenders: ["127.0.0.1"] };
  const supplier = makeEsimAccessSupplier(options);
  const save = () =>
    fetch(`${fake.url}/webhook/save`, {
      method: "POST",
      headers: { "rt-accesscode": FAKE_ESIM_ACCESS_CODE },
      body: JSON.stringify({ webhook: webhookUrl }),
    }).then(async (response) => (await response.json()) as { success: boolean });
  receiver.readWith(supplier, 204);
  expect((await save()).success).toBe(false);
  receiver.readWith(supplier, 200);
  expect((await save()).success).toBe(true);
  await supplier.order({ reference: "TRB-W4-1", packageId: "AU1GB7D", expectedCost: null });
  await receiver.until(3);
  await fake.sendEvent(1, "SMDP_EVENT", 3);
  expect(new Set(keys(receiver.readings.slice(3))).size).toBe(1);
  expect(receiver.readings[2]).toMatchObject({ events: [{ kind: "order_changed", reference: "TRB-W4-1" }] });
  await supplier.close();
  await fake.stop();
});

test("esim go: callbacks verify in both encodings and not when forged", async () => {
  const fake = await startFakeEsimGo();
  const supplier = makeEsimGoSupplier({
    baseUrl: fake.url,
    apiKey: FAKE_ESIM_GO_KEY,
    areRefundsEnabled: true,
  });
  receiver.readWith(supplier);
  fake.settings.callbackUrl = webhookUrl;
  fake.settings.isIccidNumber = true;
  await supplier.order({ reference: "TRB-W5-1", packageId: "esim_1GB_7D_NL_V2", expectedCost: null });
  await fake.sendCallback(1, { encoding: "hex" });
  await fake.sendCallback(1, { encoding: "base64" });
  await fake.sendCallback(1, { isForged: true });
  expect(verdicts(receiver.readings)).toEqual(["accepted", "accepted", "forged"]);
  expect(receiver.readings[0]).toMatchObject({ events: [{ iccid: fake.ledger.esims[0]?.iccid }] });
  await supplier.close();
  await fake.stop();
});

test("the control interface works over HTTP: settings, faults, ledger, calls", async () => {
  const fake = await startFakeAiralo();
  const control = async (name: string, body?: object) => {
    const init = body ? { method: "POST", body: JSON.stringify(body) } : {};
    return (await fetch(`${fake.origin}/__control/${name}`, init)).json() as Promise<Record<string, unknown>>;
  };
  await control("package", { id: "moshi-7days-1gb", stock: 3, price: 40_000 });
  await control("faults", { on: "GET /v2/balance", times: 2, act: { kind: "drop_after" } });
  const options = { baseUrl: fake.url, clientId: FAKE_AIRALO_ID, clientSecret: FAKE_AIRALO_SECRET };
  const supplier = makeAiraloSupplier(options);
  expect(await supplier.balance()).toMatchObject({ kind: "refused" });
  await control("clear_faults", {});
  expect(await supplier.balance()).toMatchObject({ kind: "done" });
  await supplier.order({ reference: "TRB-C1-1", packageId: "moshi-7days-1gb", expectedCost: null });
  expect(await control("ledger")).toMatchObject({ orders: [{ reference: "TRB-C1-1", price: 40_000 }] });
  expect(await control("calls")).toMatchObject([
    { path: "/v2/token" },
    { status: null },
    { status: 200 },
    { path: "/v2/orders" },
  ]);
  expect((await fetch(`${fake.origin}/__control/nonsense`)).status).toBe(404);
  await supplier.close();
  await fake.stop();
});
