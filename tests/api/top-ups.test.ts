import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTestApp, type TestApp } from "../support/app.js";
import { eventually } from "../support/eventually.js";
import { ESIM_INVARIANTS, MONEY_INVARIANTS, violations } from "../support/invariants.js";
import { logIn } from "../support/login.js";
import { type EsimOwner, makeEsimOwner } from "../support/top-ups.js";

const GIGABYTE = 1_000_000_000;

describe("top-ups with the local supplier", () => {
  let app: TestApp;
  let owner: EsimOwner;
  let smallPlan: number;
  let admin: string;
  let stranger: { token: string };
  beforeAll(async () => {
    app = await startTestApp({ ADMIN_EMAILS: "admin@example.com" });
    owner = await makeEsimOwner(app);
    [{ id: smallPlan }] = (await app.database.query("select id from plans where sku = 'ES-1GB-7D'")) as [
      { id: number },
    ];
    admin = (await logIn(app, "admin@example.com")).token;
    stranger = await logIn(app, "stranger@example.com");
  });
  afterAll(async () => {
    expect(await violations(app.database, { ...MONEY_INVARIANTS, ...ESIM_INVARIANTS })).toEqual({});
    await app.stop();
  });

  const asAdmin = (method: string, path: string, body?: object) =>
    app.request(method, path, { bearer: admin, ...(body === undefined ? {} : { body }) });
  const orderOf = async (planId = smallPlan) => (await owner.topUp(planId)).body.id as number;

  describe("GET /esims/:id/top-ups", () => {
    it("200: the plans of the eSIM's own country, cheapest first, with prices in the currency", async () => {
      const { status, body, headers } = await owner.get(`/esims/${owner.esimId}/top-ups?currency=EUR`);
      expect([status, headers.get("cache-control")]).toEqual([200, "no-store"]);
      expect(body).toMatchObject({
        esim_id: owner.esimId,
        can_be_topped_up: true,
        reason: null,
        listed_at: null,
      });
      const plans = await owner.get("/plans?country=ES&currency=EUR");
      const expected = plans.body
        .filter(({ country }: { country: { iso2: string } | null }) => country?.iso2 === "ES")
        .map(({ id }: { id: number }) => id);
      const offered = body.offers.map(({ plan_id }: { plan_id: number }) => plan_id);
      expect(offered).toContain(smallPlan);
      expect([...offered].sort()).toEqual([...expected].sort());
      const prices = body.offers.map(
        (offer: { price: { amount_minor_units: number } }) => offer.price.amount_minor_units,
      );
      expect(prices).toEqual([...prices].sort((a: number, b: number) => a - b));
      expect(body.offers[0].price.currency).toBe("EUR");
    });

    it("404: somebody else's eSIM, and one that does not exist, also for ordering", async () => {
      for (const esimId of [owner.esimId, 999_999]) {
        const path = `/esims/${esimId}/top-ups`;
        const seen = await app.request("GET", path, { bearer: stranger.token });
        const ordered = await app.request("POST", path, {
          bearer: stranger.token,
          body: { plan_id: smallPlan },
        });
        expect([seen.status, seen.body.detail]).toEqual([404, "eSIM not found"]);
        expect([ordered.status, ordered.body.detail]).toEqual([404, "eSIM not found"]);
      }
    });
  });

  describe("POST /esims/:id/top-ups", () => {
    it("200: an order of its own; paid, it adds its data to the eSIM, and the customer hears of it", async () => {
      const { status, body } = await owner.topUp(smallPlan, { currency: "USD" });
      expect(status).toBe(200);
      expect(body).toMatchObject({
        kind: "top_up",
        status: "created",
        plan_id: smallPlan,
        plan_snapshot: { id: smallPlan, data_gb: 1 },
        top_up: { esim_id: owner.esimId, status: "pending", done_at: null },
      });
      expect(body).not.toHaveProperty("esim_profile");
      expect(body.amount_minor_units).toBe(body.plan_snapshot.price_minor_units);
      expect((await owner.get(`/orders/${body.id}`)).body).toEqual(body);
      expect((await owner.get("/orders/mine?limit=1")).body).toEqual([body]);

      await owner.pay(body.id);
      await owner.reaches(body.id, "done");
      const paid = (await owner.get(`/orders/${body.id}`)).body;
      expect(paid).toMatchObject({ status: "paid", kind: "top_up", top_up: { status: "done" } });
      expect(Date.parse(paid.top_up.done_at)).toBeGreaterThanOrEqual(Date.parse(paid.created_at));
      const esim = (await owner.get(`/esims/${owner.esimId}`)).body;
      expect(esim.usage).toMatchObject({
        total_bytes: 6 * GIGABYTE,
        remaining_bytes: 6 * GIGABYTE,
        unit_base: 1000,
      });
      const mine = (await owner.get("/orders/mine")).body;
      expect(mine.map(({ id }: { id: number }) => id)).toEqual([body.id, owner.esimOrderId]);
      expect(mine[1]).toMatchObject({ esim_profile: { id: owner.esimId } });
      expect(mine[1]).not.toHaveProperty("kind");
      expect((await owner.get("/esims/mine")).body).toHaveLength(1);

      const mail = await eventually(async () => {
        const inbox = (await app.request("GET", "/dev/inbox.json")).body;
        return inbox.find(({ subject }: { subject: string }) => subject === "Your eSIM has been topped up");
      });
      expect(mail.text).toContain(body.reference);
    });

    it("an installed eSIM's days grow by those of the top-up", async () => {
      const other = await makeEsimOwner(app);
      await app.request("POST", `/esims/${other.esimId}/installed`, { bearer: other.token });
      const { body } = await other.topUp(smallPlan);
      await other.pay(body.id);
      await other.reaches(body.id, "done");
      const esim = (await other.get(`/esims/${other.esimId}`)).body;
      const days = (Date.parse(esim.expires_at) - Date.now()) / 86_400_000;
      expect(days).toBeGreaterThan(36.9);
      expect(days).toBeLessThan(37.1);
    });

    it("200 with the same order for the same key; 422 for another plan, another eSIM, or a key of POST /orders", async () => {
      const first = await owner.topUp(smallPlan, { key: "top-up-1" });
      const again = await owner.topUp(smallPlan, { key: "top-up-1" });
      expect([again.status, again.headers.get("idempotent-replayed")]).toEqual([200, "true"]);
      expect(again.body).toEqual(first.body);
      const otherPlan = await owner.topUp(owner.planId, { key: "top-up-1" });
      expect([otherPlan.status, otherPlan.body.code]).toEqual([422, "idempotency_key_reused"]);
      const otherEsim = await owner.topUp(smallPlan, { key: "top-up-1", esimId: 999_999 });
      expect([otherEsim.status, otherEsim.body.code]).toEqual([422, "idempotency_key_reused"]);
      const order = (key: string) =>
        app.request("POST", "/orders", {
          bearer: owner.token,
          body: { plan_id: smallPlan },
          headers: { "idempotency-key": key },
        });
      const asOrder = await order("top-up-1");
      expect([asOrder.status, asOrder.body.code]).toEqual([422, "idempotency_key_reused"]);
      expect((await order("order-1")).status).toBe(200);
      const asTopUp = await owner.topUp(smallPlan, { key: "order-1" });
      expect([asTopUp.status, asTopUp.body.code]).toEqual([422, "idempotency_key_reused"]);
      const empty = await owner.topUp(smallPlan, { key: '""' });
      expect([empty.status, empty.body.code]).toEqual([422, "idempotency_key_invalid"]);
    });

    it("404, 422 and 409 for a plan that does not exist, has no such price, or is for elsewhere", async () => {
      const missing = await owner.topUp(999_999);
      expect([missing.status, missing.body.detail]).toEqual([404, "Plan not found"]);
      const currency = await owner.topUp(smallPlan, { currency: "XXX" });
      expect([currency.status, currency.body.code]).toEqual([422, "currency_not_offered"]);
      const [japan] = await app.database.query<{ id: number }>(
        "select p.id from plans p join countries c on c.id = p.country_id where c.iso2 = 'JP' limit 1",
      );
      const elsewhere = await owner.topUp(japan?.id ?? 0);
      expect([elsewhere.status, elsewhere.body.code]).toEqual([409, "top_up_not_possible"]);
      for (const body of [{}, { plan_id: "1" }, { plan_id: smallPlan, amount: 1 }]) {
        const path = `/esims/${owner.esimId}/top-ups`;
        expect((await app.request("POST", path, { bearer: owner.token, body })).status).toBe(422);
      }
    });

    it("409 with the reason for an eSIM that is cancelled, expired or not ready, or whose supplier has no top-ups", async () => {
      const other = await makeEsimOwner(app);
      const refuses = async (change: string, words: string) => {
        await app.database.query(`update esim_profiles set ${change} where id = $1`, [other.esimId]);
        const { status, body } = await other.topUp(smallPlan);
        expect([status, body.code]).toEqual([409, "top_up_not_possible"]);
        expect(body.detail).toContain(words);
        const list = (await other.get(`/esims/${other.esimId}/top-ups`)).body;
        expect(list).toMatchObject({ can_be_topped_up: false, reason: body.detail, offers: [] });
      };
      await refuses("plan_expires_at = now() - interval '1 second'", "has ended");
      await refuses("plan_expires_at = null, supplier = 'stock'", "has no top-ups");
      await refuses("supplier = 'local', status = 'expired'", "has expired");
      const pending = await other.order();
      const [profile] = await app.database.query<{ id: number }>(
        "select id from esim_profiles where order_id = $1",
        [pending.id],
      );
      const early = await other.topUp(smallPlan, { esimId: profile?.id ?? 0 });
      expect([early.status, early.body.code]).toEqual([409, "top_up_not_possible"]);
    });

    it("an order that is not paid ends, and its top-up with it; nobody is written to", async () => {
      const id = await orderOf();
      await app.database.query(
        "update orders set created_at = created_at - interval '2 hours', expires_at = now() - interval '1 second' where id = $1",
        [id],
      );
      await app.database.query("select enqueue_job('expire_unpaid_orders', '{}')");
      await owner.reaches(id, "failed");
      expect((await owner.get(`/orders/${id}`)).body.status).toBe("failed");
      const [row] = await app.database.query(
        "select failure_reason, (select count(*)::int from outgoing_mails m where m.order_id = t.order_id) as mails from top_ups t where order_id = $1",
        [id],
      );
      expect(row).toEqual({ failure_reason: "order_not_paid", mails: 0 });
    });
  });

  it("POST /esims/activate of a top-up's order: 409 that says where to look", async () => {
    const id = await orderOf();
    const { status, body } = await app.request("POST", "/esims/activate", {
      bearer: owner.token,
      body: { order_id: id },
    });
    expect([status, body.code]).toEqual([409, "conflict"]);
    expect(body.detail).toContain(`eSIM ${owner.esimId}`);
    const foreign = await app.request("POST", "/esims/activate", {
      bearer: stranger.token,
      body: { order_id: id },
    });
    expect(foreign.status).toBe(404);
  });

  describe("refunds and operators", () => {
    it("a top-up that is done is refunded only with accept_loss; lists, detail and timeline show it", async () => {
      const id = await orderOf();
      await owner.pay(id);
      await owner.reaches(id, "done");
      const refund = `/admin/orders/${id}/refund`;
      const refused = await asAdmin("POST", refund, { reason: "changed their mind" });
      expect([refused.status, refused.body.code]).toEqual([409, "esim_not_revocable"]);
      expect((await owner.get(`/orders/${id}`)).body).toMatchObject({
        status: "paid",
        top_up: { status: "done" },
      });

      const detail = (await asAdmin("GET", `/admin/orders/${id}`)).body;
      expect(detail).toMatchObject({
        kind: "top_up",
        top_up_of_esim_id: owner.esimId,
        top_up_status: "done",
        esim_id: null,
      });
      const happened = detail.timeline.map(({ what }: { what: string }) => what);
      expect(happened).toEqual(expect.arrayContaining(["attempt 1 at local", "top_up.done"]));
      const list = (await asAdmin("GET", "/admin/orders?kind=top_up&top_up_status=done")).body;
      expect(list.items.map((item: { id: number }) => item.id)).toContain(id);
      const topUps = (await asAdmin("GET", `/admin/top-ups?q=${id}`)).body;
      expect(topUps.items).toMatchObject([
        { order_id: id, esim_id: owner.esimId, supplier: "local", status: "done" },
      ]);
      const attempts = (await asAdmin("GET", `/admin/top-ups/${topUps.items[0].id}/attempts`)).body;
      expect(attempts).toMatchObject([{ number: 1, status: "delivered", supplier: "local" }]);

      const accepted = await asAdmin("POST", refund, { reason: "changed their mind", accept_loss: true });
      expect([accepted.status, accepted.body.order.status]).toEqual([200, "refunded"]);
      expect((await owner.get(`/orders/${id}`)).body).toMatchObject({
        status: "refunded",
        top_up: { status: "cancelled" },
      });
      expect((await owner.get(`/esims/${owner.esimId}`)).body.status).toBe("ready");
    });

    it("the person's export has the top-up with its order", async () => {
      const { body } = await owner.get("/auth/me/export");
      const topUps = body.orders.filter(({ kind }: { kind: string }) => kind === "top_up");
      expect(topUps.length).toBeGreaterThan(0);
      expect(topUps[0].top_up).toMatchObject({ esim_id: owner.esimId });
    });
  });
});
