import { verifyWebhook } from "@tribi/client";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { makeReceiver, type StoreEvent } from "../../docs/examples/webhook-receiver.js";
import { makeSealer } from "../../src/kernel/sealing.js";
import { resealEndpoints } from "../../src/modules/webhooks/webhooks.module.js";
import { startTestApp, type TestApp } from "../support/app.js";
import { closeServer, type EventReceiver, listen, makeEventReceiver } from "../support/event-receiver.js";
import { eventually } from "../support/eventually.js";
import { logIn } from "../support/login.js";
import { makeShopper, type Shopper } from "../support/shop.js";

const OLD_KEY = Buffer.alloc(32, "old key");
let app: TestApp;
let shopper: Shopper;
let admin: string;
const receivers: EventReceiver[] = [];
beforeAll(async () => {
  app = await startTestApp({
    ADMIN_EMAILS: "admin@example.com",
    WEBHOOK_ALLOW_PRIVATE: "true",
    DATA_ENCRYPTION_KEYS: `old:${OLD_KEY.toString("base64")}`,
  });
  ({ token: admin } = await logIn(app, "admin@example.com"));
  shopper = await makeShopper(app, "buyer@example.com");
});
afterEach(async () => {
  for (const receiver of receivers.splice(0)) await receiver.close();
  await query(
    "update webhook_endpoints set paused_at = now(), paused_reason = 'operator' where paused_at is null",
  );
});
afterAll(() => app.stop());

const query = <Row>(sql: string, values: unknown[] = []) => app.database.query<Row>(sql, values);
const ask = (method: string, path: string, body?: unknown) =>
  app.request(method, path, { bearer: admin, ...(body === undefined ? {} : { body }) });

interface Endpoint {
  readonly id: number;
  readonly secret: string;
  readonly receiver: EventReceiver;
}

async function makeEndpoint(types: readonly string[] = ["*"]): Promise<Endpoint> {
  const receiver = await makeEventReceiver();
  receivers.push(receiver);
  const { status, body } = await ask("POST", "/admin/webhook-endpoints", { url: receiver.url, types });
  expect(status).toBe(201);
  return { id: body.id, secret: body.secret, receiver };
}

const deliveriesOf = async ({ id }: Endpoint) =>
  (await ask("GET", `/admin/webhook-endpoints/${id}/deliveries?page_size=200`)).body.items;
const endpointOf = async ({ id }: Endpoint) =>
  (await ask("GET", "/admin/webhook-endpoints?page_size=200")).body.items.find(
    (one: Endpoint) => one.id === id,
  );
const eventsOf = ({ receiver }: Endpoint): StoreEvent[] => receiver.sent.map(({ body }) => JSON.parse(body));

/** Time passes for one endpoint: what it waits for is due. */
async function passHours(endpoint: Endpoint, hours: number): Promise<void> {
  await query(
    `update webhook_deliveries set next_try_at = next_try_at - $2 * interval '1 hour'
     where endpoint_id = $1 and status = 'pending'`,
    [endpoint.id, hours],
  );
  await query(
    `update webhook_endpoints set retry_at = retry_at - $2 * interval '1 hour',
       failing_since = failing_since - $2 * interval '1 hour', leased_until = null where id = $1`,
    [endpoint.id, hours],
  );
}

async function buy(): Promise<{ orderId: number; esimId: number }> {
  const order = await shopper.order();
  const { body } = await shopper.create(order.id, "MOCK");
  await app.request("POST", "/payments/webhook/mock", { body: { intent_id: body.intent_id } });
  const esimId = await eventually(async () => {
    const activated = { bearer: shopper.token, body: { order_id: order.id } };
    const answer = await app.request("POST", "/esims/activate", activated);
    return answer.status === 200 && answer.body.id;
  });
  return { orderId: order.id, esimId };
}

const allNumbered = () =>
  eventually(async () => (await query("select from new_shop_events limit 1")).length === 0);

/** Every event of the shop, by the pull twin. */
async function pullAll(after = 0): Promise<StoreEvent[]> {
  const items: StoreEvent[] = [];
  for (let next = after; ; ) {
    const { body } = await ask("GET", `/events?after=${next}&limit=3`);
    items.push(...body.items);
    next = body.next;
    if (body.items.length === 0) return items;
  }
}

describe("a sale", () => {
  it("is told step by step, signed, in one sequence, and without a code, an ICCID or an address", async () => {
    const endpoint = await makeEndpoint();
    const { orderId, esimId } = await buy();
    const wanted = ["order.created", "payment.succeeded", "order.paid", "esim.ready"];
    const mine = await eventually(() => {
      const events = eventsOf(endpoint);
      return wanted.every((type) => events.some((event) => event.type === type)) && events;
    });
    const byType = new Map(mine.map((event) => [event.type, event]));
    const order = await app.request("GET", `/orders/${orderId}`, { bearer: shopper.token });
    expect(byType.get("order.paid")?.data).toMatchObject({ id: orderId, reference: order.body.reference });
    expect(byType.get("payment.succeeded")?.data).toMatchObject({ order_id: orderId, status: "succeeded" });
    expect(byType.get("esim.ready")?.data).toMatchObject({ id: esimId, order_id: orderId, status: "ready" });
    for (const { body, headers } of endpoint.receiver.sent) {
      expect(await verifyWebhook({ body, headers }, { secrets: [endpoint.secret] })).toEqual(
        JSON.parse(body),
      );
      expect(headers["webhook-id"]).toBe(JSON.parse(body).id);
    }
    const esim = await app.request("GET", `/esims/${esimId}`, { bearer: shopper.token });
    const told = endpoint.receiver.sent.map(({ body }) => body).join("\n");
    for (const secret of [
      esim.body.activation_code,
      esim.body.iccid,
      esim.body.matching_id,
      "buyer@example.com",
    ])
      expect(told).not.toContain(secret);
    const pulled = await pullAll();
    expect(pulled.map(({ sequence }) => sequence)).toEqual(pulled.map((_, index) => index + 1));
    for (const event of mine) expect(pulled).toContainEqual(event);
    const deliveries = await eventually(async () => {
      const all = await deliveriesOf(endpoint);
      return all.every((one: { status: string }) => one.status === "delivered") && all;
    });
    expect(deliveries[0]).toMatchObject({ attempts: 1, status_code: 204, problem: null, answer_bytes: 0 });
    expect(JSON.stringify(deliveries)).not.toContain("words of the receiver");
  });

  it("an endpoint gets the types that it wants; a refund and a failed order are told, once each", async () => {
    const endpoint = await makeEndpoint([
      "refund.created",
      "refund.succeeded",
      "order.refunded",
      "order.failed",
      "esim.failed",
    ]);
    const { orderId } = await buy();
    await ask("POST", `/admin/orders/${orderId}/refund`, { reason: "private words", accept_loss: true });
    const failed = await shopper.order();
    const { body } = await shopper.create(failed.id, "MOCK");
    await app.request("POST", "/payments/webhook/mock", {
      body: { intent_id: body.intent_id, status: "failed" },
    });
    const types = await eventually(() => {
      const told = eventsOf(endpoint).map(({ type }) => type);
      return told.length >= 4 && told;
    });
    await allNumbered();
    // The eSIM of an order that was never paid is not told of.
    expect([...types].sort()).toEqual([
      "order.failed",
      "order.refunded",
      "refund.created",
      "refund.succeeded",
    ]);
    expect(endpoint.receiver.sent.map((one) => one.body).join()).not.toContain("private words");
  });
});

describe("a receiver that was down for a day", () => {
  it("proves from the sequence that it missed nothing, and takes each event once", async () => {
    const before = (await pullAll()).length;
    const taken: StoreEvent[] = [];
    const down = await makeEndpoint();
    await down.receiver.close();
    // A day in which the shop sells and nobody listens; what is tried again fails again.
    for (let tries = 1; tries <= 3; tries += 1) {
      await buy();
      await allNumbered();
      await passHours(down, 8);
      await eventually(async () => {
        const attempts = (await deliveriesOf(down)).map((one: { attempts: number }) => one.attempts);
        return attempts.reduce((sum: number, one: number) => sum + one, 0) >= tries;
      });
    }
    const waiting = await deliveriesOf(down);
    expect(new Set(waiting.map((one: { status: string }) => one.status))).toEqual(new Set(["pending"]));
    expect(waiting.some((one: { problem: string | null }) => one.problem === "connection")).toBe(true);
    const back = makeReceiver({
      secrets: [down.secret],
      listEvents: async (after) => (await ask("GET", `/events?after=${after}`)).body,
      onEvent: async (event) => void taken.push(event),
    });
    const url = await listen(back.server);
    try {
      expect((await ask("PATCH", `/admin/webhook-endpoints/${down.id}`, { url })).body.is_active).toBe(true);
      const last = await back.catchUp();
      await passHours(down, 24);
      await eventually(async () =>
        (await deliveriesOf(down)).every((one: { status: string }) => one.status === "delivered"),
      );
      const all = await pullAll();
      expect(last).toBe(all.at(-1)?.sequence);
      expect(taken.map(({ sequence }) => sequence)).toEqual(all.map((_, index) => index + 1));
      expect(all.length - before).toBeGreaterThanOrEqual(12);
    } finally {
      await closeServer(back.server);
    }
  });

  it("the example refuses a message that the store did not sign", async () => {
    const receiver = makeReceiver({
      secrets: ["whsec_c2VjcmV0"],
      listEvents: async () => ({ items: [], next: 0 }),
      onEvent: async () => undefined,
    });
    const url = await listen(receiver.server);
    const answer = await fetch(url, { method: "POST", body: '{"id":"evt_1"}' });
    expect(answer.status).toBe(401);
    await closeServer(receiver.server);
  });
});

describe("a receiver that behaves badly", () => {
  it("hangs: the others get theirs meanwhile", async () => {
    const hanging = await makeEndpoint();
    hanging.receiver.answer = "hang";
    const quick = await makeEndpoint();
    await shopper.order();
    await eventually(() => hanging.receiver.sent.length > 0 && quick.receiver.sent.length > 0);
    const [waiting] = await deliveriesOf(hanging);
    expect([waiting.status, waiting.attempts]).toEqual(["pending", 0]);
    expect((await eventually(async () => (await deliveriesOf(quick))[0])).problem).toBeNull();
  });

  it("410: nothing more is sent until an operator resumes it", async () => {
    const endpoint = await makeEndpoint(["order.created"]);
    endpoint.receiver.answer = 410;
    await shopper.order();
    await eventually(async () => (await endpointOf(endpoint)).paused_reason === "gone");
    await shopper.order();
    await allNumbered();
    expect(await deliveriesOf(endpoint)).toHaveLength(1);
    const test = await ask("POST", `/admin/webhook-endpoints/${endpoint.id}/test`);
    expect([test.status, test.body.code]).toEqual([409, "conflict"]);
    const { text } = await app.request("GET", "/metrics");
    expect(text).toMatch(/tribi_webhook_endpoints_given_up [1-9]/);
    endpoint.receiver.answer = 204;
    const resumed = await ask("PATCH", `/admin/webhook-endpoints/${endpoint.id}`, { is_active: true });
    expect(resumed.body).toMatchObject({ is_active: true, paused_reason: null, failing_since: null });
    await passHours(endpoint, 1);
    await eventually(async () => (await deliveriesOf(endpoint))[0].status === "delivered");
  });

  it("fails for three days: it is paused", async () => {
    const endpoint = await makeEndpoint(["order.created"]);
    endpoint.receiver.answer = 500;
    await shopper.order();
    await eventually(async () => (await deliveriesOf(endpoint))[0]?.attempts === 1);
    expect(await endpointOf(endpoint)).toMatchObject({ is_active: true });
    await passHours(endpoint, 73);
    await eventually(async () => (await endpointOf(endpoint)).paused_reason === "failing");
  });

  it("a delivery is given up after its tenth try, and redelivered when an operator asks", async () => {
    const endpoint = await makeEndpoint(["order.created"]);
    endpoint.receiver.answer = 302;
    await shopper.order();
    await eventually(async () => (await deliveriesOf(endpoint))[0]?.attempts === 1);
    await query("update webhook_deliveries set attempts = 9 where endpoint_id = $1", [endpoint.id]);
    await passHours(endpoint, 1);
    const [failed] = await eventually(async () => {
      const all = await deliveriesOf(endpoint);
      return all[0].status === "failed" && all;
    });
    expect(failed).toMatchObject({ attempts: 10, status_code: 302, next_try_at: null });
    endpoint.receiver.answer = 200;
    await passHours(endpoint, 1);
    const path = `/admin/webhook-endpoints/${endpoint.id}/deliveries`;
    expect((await ask("POST", `${path}/${failed.id}/redeliver`)).status).toBe(202);
    await eventually(async () => (await deliveriesOf(endpoint))[0].status === "delivered");
    const ids = new Set(endpoint.receiver.sent.map(({ headers }) => headers["webhook-id"]));
    expect([...ids]).toEqual([failed.event_id]);
    expect((await ask("POST", `${path}/999999/redeliver`)).status).toBe(404);
  });
});

describe("/admin/webhook-endpoints", () => {
  it("201: the secret is shown once, sealed at rest, and on nobody's record", async () => {
    const endpoint = await makeEndpoint();
    expect(endpoint.secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    const list = await ask("GET", "/admin/webhook-endpoints");
    expect(list.text).not.toContain("whsec_");
    const rows = await query<{ line: string }>(
      `select w::text || a::text as line from webhook_endpoints w, audit_log a
       where w.id = $1 and a.subject = 'webhook_endpoint:' || w.id`,
      [endpoint.id],
    );
    expect(rows).toHaveLength(1);
    const bytes = Buffer.from(endpoint.secret.slice(6), "base64").toString("hex");
    expect(rows[0]?.line).not.toMatch(new RegExp(`${bytes}|whsec_`));
    const [audit] = await query("select after from audit_log where subject = $1", [
      `webhook_endpoint:${endpoint.id}`,
    ]);
    // A receiver's path may be its password.
    expect(audit).toEqual({
      after: { origin: new URL(endpoint.receiver.url).origin, types: ["*"], is_active: true },
    });
  });

  it("while a secret is changed both sign; after a day only the new one does", async () => {
    const endpoint = await makeEndpoint(["order.created"]);
    const rotated = await ask("POST", `/admin/webhook-endpoints/${endpoint.id}/rotate-secret`);
    expect(rotated.body.secret).not.toBe(endpoint.secret);
    const next = async () => {
      const count = endpoint.receiver.sent.length;
      expect((await ask("POST", `/admin/webhook-endpoints/${endpoint.id}/test`)).status).toBe(202);
      return eventually(() => endpoint.receiver.sent[count]);
    };
    const both = await next();
    expect(both.headers["webhook-signature"]?.split(" ")).toHaveLength(2);
    for (const secret of [endpoint.secret, rotated.body.secret])
      expect(await verifyWebhook(both, { secrets: [secret] })).toMatchObject({
        type: "webhook.test",
        sequence: null,
      });
    await query("update webhook_endpoints set former_secret_until = now() where id = $1", [endpoint.id]);
    const alone = await next();
    expect(await verifyWebhook(alone, { secrets: [endpoint.secret] })).toBeUndefined();
    expect(await verifyWebhook(alone, { secrets: [rotated.body.secret] })).toBeDefined();
  });

  it("a deleted endpoint is sent nothing, is in no list, and its secret is gone", async () => {
    const endpoint = await makeEndpoint(["order.created"]);
    expect((await ask("DELETE", `/admin/webhook-endpoints/${endpoint.id}`)).status).toBe(200);
    await shopper.order();
    await allNumbered();
    expect(await endpointOf(endpoint)).toBeUndefined();
    expect(await deliveriesOf(endpoint)).toEqual([]);
    const [row] = await query("select sealed_secret from webhook_endpoints where id = $1", [endpoint.id]);
    expect(row).toEqual({ sealed_secret: null });
    for (const verb of ["rotate-secret", "test"])
      expect((await ask("POST", `/admin/webhook-endpoints/${endpoint.id}/${verb}`)).status).toBe(404);
    expect((await ask("DELETE", `/admin/webhook-endpoints/${endpoint.id}`)).status).toBe(404);
  });

  it.each([
    [{}, "/url"],
    [{ url: "ftp://hooks.example.com/" }, "/url"],
    [{ url: "https://name:word@hooks.example.com/" }, "/url"],
    [{ url: "https://hooks.example.com/", types: [] }, "/types"],
    [{ url: "https://hooks.example.com/", types: ["order.sold"] }, "/types/0"],
    [{ url: "https://hooks.example.com/", types: ["*", "*"] }, "/types"],
    [{ url: "https://hooks.example.com/", secret: "whsec_mine" }, "/secret"],
  ])("422: %j names the member, and nothing is made", async (body, pointer) => {
    const count = () => query("select count(*) from webhook_endpoints");
    const before = await count();
    const answer = await ask("POST", "/admin/webhook-endpoints", body);
    expect([answer.status, answer.body.code]).toEqual([422, "validation_failed"]);
    expect(answer.body.errors.map((one: { pointer: string }) => one.pointer).join()).toContain(pointer);
    expect(await count()).toEqual(before);
  });
});

describe("GET /events", () => {
  it("410: what lies before the events that are kept cannot be asked for", async () => {
    const last = (await pullAll()).at(-1)?.sequence ?? 0;
    await query("delete from shop_events where sequence <= 2");
    const answer = await ask("GET", "/events?after=1");
    expect([answer.status, answer.body.code]).toEqual([410, "gone"]);
    expect(answer.body.detail).toContain("after=2");
    expect((await ask("GET", "/events")).body.items[0].sequence).toBe(3);
    expect((await ask("GET", `/events?after=${last + 100}`)).body).toEqual({ items: [], next: last + 100 });
  });

  it.each(["after=-1", "after=x", "limit=0", "limit=501", "since=1"])("422: ?%s", async (search) => {
    expect((await ask("GET", `/events?${search}`)).status).toBe(422);
  });

  it("old events and deliveries are deleted, and what is still waited for stays", async () => {
    await query("update shop_events set numbered_at = now() - interval '91 days' where sequence <= 4");
    await query("select enqueue_job('purge_shop_events', '{}')");
    await eventually(async () => (await ask("GET", "/events")).body.items[0]?.sequence === 5);
  });
});

describe("tribi rotate-keys", () => {
  it("seals the secrets of endpoints with the new key, those that were replaced too", async () => {
    const endpoint = await makeEndpoint();
    await ask("POST", `/admin/webhook-endpoints/${endpoint.id}/rotate-secret`);
    const fresh = { id: "new", key: Buffer.alloc(32, "new key") };
    const sealer = makeSealer([fresh, { id: "old", key: OLD_KEY }]);
    expect(await resealEndpoints({ db: app.database.db, sealer })).toBeGreaterThan(0);
    const rows = await query<{ reference: string; secret: Buffer; former: Buffer }>(
      `select reference, sealed_secret as secret, sealed_former_secret as former from webhook_endpoints
       where id = $1`,
      [endpoint.id],
    );
    const alone = makeSealer([fresh]);
    const [row] = rows;
    const opened = [row?.secret, row?.former].map((sealed) =>
      alone.open(`webhook_endpoints:${row?.reference}`, sealed ?? Buffer.of()),
    );
    expect(opened[1]).toBe(endpoint.secret);
  });
});
