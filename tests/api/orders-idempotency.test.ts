import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Answer, type RequestOptions, startTestApp, type TestApp } from "../support/app.js";
import { seedCatalog } from "../support/catalog.js";
import { jobsSettled } from "../support/checksums.js";
import { logIn } from "../support/login.js";

let app: TestApp;
let planId: number;
let alice: string;
let bob: string;
let serial = 0;

beforeAll(async () => {
  app = await startTestApp();
  ({ planId } = await seedCatalog(app.database));
  alice = (await logIn(app, "alice@example.com")).token;
  bob = (await logIn(app, "bob@example.com")).token;
});
afterAll(() => app.stop());

const newKey = (): string => {
  serial += 1;
  return `key-${serial}`;
};
const order = (body: unknown, headers: RequestOptions["headers"] = {}, bearer = alice): Promise<Answer> =>
  app.request("POST", "/orders", { body, headers, bearer });
const countOrders = async (): Promise<number> => {
  const [row] = await app.database.query<{ orders: number; profiles: number }>(
    "select (select count(*) from orders) as orders, (select count(*) from esim_profiles) as profiles",
  );
  expect(row?.profiles).toBe(row?.orders);
  return row?.orders ?? 0;
};

describe("200: an order", () => {
  it("freezes the plan's price and a snapshot, and pre-registers a pending eSIM", async () => {
    const { status, body, headers } = await order({ plan_id: planId, currency: "EUR" });
    expect(status).toBe(200);
    expect(headers.get("cache-control")).toBe("no-store");
    expect(body).toMatchObject({
      plan_id: planId,
      status: "created",
      currency: "EUR",
      esim_profile: { status: "pending" },
    });
    expect(body.plan_snapshot).toMatchObject({
      id: planId,
      price_minor_units: body.amount_minor_units,
      currency: "EUR",
    });
    expect(body.amount_major).toBe((body.amount_minor_units / 100).toFixed(2));
    expect(body.created_at).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    await app.database.query("update plan_prices set amount_minor = amount_minor + 100 where plan_id = $1", [
      planId,
    ]);
    const again = await app.request("GET", `/orders/${body.id}`, { bearer: alice });
    expect(again.body).toEqual(body);
    const mine = await app.request("GET", "/orders/mine?limit=1", { bearer: alice });
    expect(mine.body).toEqual([body]);
    expect(mine.headers.get("content-type")).toBe("application/json; charset=utf-8");
  });

  it("has no decimals in yen", async () => {
    const { body } = await order({ plan_id: planId, currency: "JPY" });
    expect(body.amount_major).toBe(String(body.amount_minor_units));
  });

  it("without a key is a new order each time", async () => {
    const before = await countOrders();
    const [first, second] = [await order({ plan_id: planId }), await order({ plan_id: planId })];
    expect(first.body.id).not.toBe(second.body.id);
    expect(await countOrders()).toBe(before + 2);
  });
});

describe("200: the same key", () => {
  it("gives the same order again, with its frozen price, quoted or bare", async () => {
    const key = newKey();
    const first = await order({ plan_id: planId }, { "idempotency-key": key });
    expect(first.headers.get("idempotent-replayed")).toBeNull();
    await app.database.query("update plan_prices set amount_minor = amount_minor + 50 where plan_id = $1", [
      planId,
    ]);
    const before = await countOrders();
    const second = await order({ plan_id: planId }, { "idempotency-key": `"${key}"` });
    expect(second.status).toBe(200);
    expect(second.headers.get("idempotent-replayed")).toBe("true");
    expect(second.body).toEqual(first.body);
    expect(await countOrders()).toBe(before);
  });

  it("of another user is a key of its own", async () => {
    const key = newKey();
    const mine = await order({ plan_id: planId }, { "idempotency-key": key });
    const theirs = await order({ plan_id: planId }, { "idempotency-key": key }, bob);
    expect(theirs.status).toBe(200);
    expect(theirs.headers.get("idempotent-replayed")).toBeNull();
    expect(theirs.body.id).not.toBe(mine.body.id);
  });

  it("is not burnt by a refusal before the work began", async () => {
    const key = newKey();
    expect((await order({ plan_id: "x" }, { "idempotency-key": key })).status).toBe(422);
    expect(
      (
        await app.request("POST", "/orders", {
          body: { plan_id: planId },
          headers: { "idempotency-key": key },
        })
      ).status,
    ).toBe(401);
    expect((await order({ plan_id: planId, currency: "XXX" }, { "idempotency-key": key })).status).toBe(422);
    const raw = async (
      body: string,
      headers: Record<string, string>,
      credential: object = { bearer: alice },
    ) =>
      (
        await app.request("POST", "/orders", {
          body,
          headers: { "idempotency-key": key, ...headers },
          ...credential,
        })
      ).status;
    const body = JSON.stringify({ plan_id: planId });
    expect(await raw('{"plan_id":', {})).toBe(400);
    expect(await raw(body, { origin: "https://evil.test" }, { cookie: `tribi_token=${alice}` })).toBe(403);
    expect(await raw(`${body}${" ".repeat(70_000)}`, {})).toBe(413);
    expect(await raw(body, { "content-type": "text/plain" })).toBe(415);
    const made = await order({ plan_id: planId }, { "idempotency-key": key });
    expect([made.status, made.headers.get("idempotent-replayed")]).toEqual([200, null]);
  });

  it("is new again after it was forgotten, and the order stays", async () => {
    const key = newKey();
    const first = await order({ plan_id: planId }, { "idempotency-key": key });
    const age = (hours: number) =>
      app.database.query("update orders set created_at = created_at - $2 * interval '1 hour' where id = $1", [
        first.body.id,
        hours,
      ]);
    const forget = async () => {
      await app.database.query("select enqueue_job('expire_idempotency_keys', '{}')");
      await jobsSettled(app.database);
    };
    await age(719);
    await forget();
    const still = await order({ plan_id: planId }, { "idempotency-key": key });
    expect(still.body.id).toBe(first.body.id);
    await age(2);
    await forget();
    const second = await order({ plan_id: planId }, { "idempotency-key": key });
    expect(second.body.id).not.toBe(first.body.id);
    expect((await app.request("GET", `/orders/${first.body.id}`, { bearer: alice })).status).toBe(200);
  });
});

describe("422: a key that cannot be honoured", () => {
  it("belongs to another request of the same user; the first order is untouched", async () => {
    const key = newKey();
    const first = await order({ plan_id: planId, currency: "USD" }, { "idempotency-key": key });
    const before = await countOrders();
    for (const body of [
      { plan_id: planId, currency: "EUR" },
      { plan_id: planId },
      { plan_id: planId + 1, currency: "USD" },
    ]) {
      const reused = await order(body, { "idempotency-key": key });
      expect(reused.status).toBe(422);
      expect(reused.body.code).toBe("idempotency_key_reused");
    }
    expect(await countOrders()).toBe(before);
    expect((await app.request("GET", `/orders/${first.body.id}`, { bearer: alice })).body).toEqual(
      first.body,
    );
  });

  it.each(["", '""', "x".repeat(256)])("is malformed: %j", async (key) => {
    const answer = await order({ plan_id: planId }, { "idempotency-key": key });
    expect(answer.status).toBe(422);
    expect(answer.body.code).toBe("idempotency_key_invalid");
  });
});

describe("4xx: a request that makes no order", () => {
  it.each([
    [{ plan_id: 1, amount: 1 }, 422, "validation_failed"],
    [{ plan_id: 1, quantity: 2 }, 422, "validation_failed"],
    [{ plan_id: 1, status: "paid" }, 422, "validation_failed"],
    [{ plan_id: "1" }, 422, "validation_failed"],
    [{ plan_id: 1.5 }, 422, "validation_failed"],
    [{ plan_id: -1 }, 422, "validation_failed"],
    [{ plan_id: null }, 422, "validation_failed"],
    [{ plan_id: 1e99 }, 422, "validation_failed"],
    [{}, 422, "validation_failed"],
    [{ plan_id: 987_654_321 }, 404, "not_found"],
  ])("%j is %i %s", async (body, status, code) => {
    const before = await countOrders();
    const answer = await order(body);
    expect([answer.status, answer.body.code]).toEqual([status, code]);
    expect(await countOrders()).toBe(before);
  });

  it("asks for a currency without a price: 422, whatever the label", async () => {
    for (const currency of ["XXX", "usd", "GBP", "U", "€"]) {
      const answer = await order({ plan_id: planId, currency });
      expect([answer.status, answer.body.code]).toEqual([422, "currency_not_offered"]);
    }
  });

  it("asks for a plan that is paused: 409 out_of_stock", async () => {
    const [paused] = await app.database.query<{ id: number }>(
      "update plans set is_active = false, paused_reason = 'test' where id = (select max(id) from plans) returning id",
    );
    expect((await order({ plan_id: paused?.id })).body.code).toBe("out_of_stock");
  });
});

describe("404: somebody else's order", () => {
  it("is answered like one that does not exist", async () => {
    const { body } = await order({ plan_id: planId });
    const foreign = await app.request("GET", `/orders/${body.id}`, { bearer: bob });
    const absent = await app.request("GET", "/orders/987654321", { bearer: bob });
    const strip = ({ request_id: _, ...rest }: Record<string, unknown>) => rest;
    expect(foreign.status).toBe(404);
    expect(strip(foreign.body)).toEqual(strip(absent.body));
    expect(foreign.body.detail).toBe("Order not found");
  });
});

describe("200: my orders", () => {
  it("are newest first, and pages do not overlap", async () => {
    const all = (await app.request("GET", "/orders/mine", { bearer: alice })).body.map(
      (one: { id: number }) => one.id,
    );
    expect(all).toEqual([...all].sort((a, b) => b - a));
    const first = (await app.request("GET", "/orders/mine?limit=2", { bearer: alice })).body;
    const second = (await app.request("GET", `/orders/mine?limit=2&before=${first[1].id}`, { bearer: alice }))
      .body;
    expect([...first, ...second].map((one: { id: number }) => one.id)).toEqual(all.slice(0, 4));
  });

  it.each(["limit=0", "limit=1e9", "limit=-1", "before=x", "limit=1&limit=2"])("422: ?%s", async (query) => {
    expect((await app.request("GET", `/orders/mine?${query}`, { bearer: alice })).status).toBe(422);
  });
});
