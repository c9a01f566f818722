import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Answer, startTestApp, type TestApp } from "../support/app.js";
import { type EsimRoom, makeEsimRoom } from "../support/esims.js";
import { makeShopper, type Shopper } from "../support/shop.js";
import { makeEsimOwner } from "../support/top-ups.js";

describe("what one person may order", () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startTestApp({ ORDERS_OPEN_MAX: "4", ORDERS_PER_HOUR_MAX: "7" });
  });
  afterAll(() => app.stop());

  /** A busy machine sheds with 503 before any work began, and the client comes again as told. */
  const orShed = async (ask: () => Promise<Answer>): Promise<Answer> => {
    for (;;) {
      const answer = await ask();
      if (answer.status !== 503) return answer;
    }
  };
  const order = ({ token, planId }: Shopper, key?: string): Promise<Answer> =>
    orShed(() =>
      app.request("POST", "/orders", {
        bearer: token,
        body: { plan_id: planId },
        headers: key === undefined ? {} : { "idempotency-key": key },
      }),
    );
  const countsOf = (answers: readonly Answer[]) =>
    Object.fromEntries(
      [200, 429].map((status) => [status, answers.filter((one) => one.status === status).length]),
    );
  const failOrders = (userId: number) =>
    app.database.query(
      "update orders set status = 'failed', failed_at = now() where user_id = $1 and status = 'created'",
      [userId],
    );
  const limitOf = (answer: Answer) => String(answer.headers.get("ratelimit-policy")).split('"')[1];

  it("20 orders at once leave four unpaid; the refusals say for how long, and the wait is true", async () => {
    const shopper = await makeShopper(app);
    // Between an order's insert and its commit there is time for all the others to count.
    await app.database.query(`
      create function commit_late() returns trigger language plpgsql as $$
      begin perform pg_sleep(0.3); return null; end $$;
      create trigger commit_late after insert on orders for each row execute function commit_late();`);
    const answers = await Promise.all(Array.from({ length: 20 }, () => order(shopper)));
    await app.database.query("drop trigger commit_late on orders");
    expect(countsOf(answers)).toEqual({ 200: 4, 429: 16 });
    const refused = answers.find(({ status }) => status === 429)!;
    expect([refused.body.code, limitOf(refused)]).toEqual(["too_many_orders", "orders_open"]);
    const wait = Number(refused.headers.get("retry-after"));
    // Until the first of them has expired, and the sweep has come by.
    expect(wait).toBeGreaterThan(3_500);
    expect(wait).toBeLessThanOrEqual(3_660);
    await failOrders(shopper.userId);
    expect((await order(shopper)).status).toBe(200);
  });

  it("an hour has its own cap, also for orders that came to nothing", async () => {
    const shopper = await makeShopper(app);
    for (let index = 0; index < 7; index += 1) {
      expect((await order(shopper)).status).toBe(200);
      await failOrders(shopper.userId);
    }
    const refused = await order(shopper);
    expect([refused.status, limitOf(refused)]).toEqual([429, "orders_per_hour"]);
    expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(3_500);
    await app.database.query(
      "update orders set created_at = created_at - interval '1 hour', expires_at = expires_at - interval '1 hour' where user_id = $1",
      [shopper.userId],
    );
    expect((await order(shopper)).status).toBe(200);
  });

  it("a repeated request is no further order, and nobody else is refused", async () => {
    const shopper = await makeShopper(app);
    const first = await order(shopper, "the-same");
    for (let index = 0; index < 3; index += 1) await order(shopper);
    expect((await order(shopper)).status).toBe(429);
    const again = await Promise.all(Array.from({ length: 5 }, () => order(shopper, "the-same")));
    expect(again.map(({ status, body }) => [status, body.id])).toEqual(Array(5).fill([200, first.body.id]));
    expect((await order(await makeShopper(app))).status).toBe(200);
  });

  it("the last place is one order for simultaneous requests with one key", async () => {
    const shopper = await makeShopper(app);
    for (let index = 0; index < 3; index += 1) await order(shopper);
    const answers = await Promise.all(Array.from({ length: 8 }, () => order(shopper, "the-last")));
    expect(countsOf(answers)).toEqual({ 200: 8, 429: 0 });
    expect(new Set(answers.map(({ body }) => body.id)).size).toBe(1);
  });

  it("top-ups count with the others", async () => {
    const owner = await makeEsimOwner(app);
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => orShed(() => owner.topUp(owner.planId))),
    );
    expect(countsOf(answers)).toEqual({ 200: 4, 429: 6 });
    expect((await order(owner)).status).toBe(429);
    const refused = answers.find(({ status }) => status === 429)!;
    expect([refused.body.code, limitOf(refused)]).toEqual(["too_many_orders", "orders_open"]);
  });
});

describe("who holds stock without paying", () => {
  let room: EsimRoom;
  beforeAll(async () => {
    room = await makeEsimRoom({ environment: { ESIM_SUPPLIER: "stock" }, poolMax: 20 });
  });
  afterAll(() => room.stop());

  const held = async (planId: number): Promise<number> =>
    (
      await room.database.query<{ n: number }>(
        "select count(*) as n from stock_items where plan_id = $1 and status = 'held'",
        [planId],
      )
    )[0]!.n;
  const userAs = async (email: string): Promise<number> => {
    const userId = await room.addUser();
    await room.database.query("update users set email = $2 where id = $1", [userId, email]);
    return userId;
  };
  const orders = (planned: readonly { userId: number; network?: string }[], planId: number) =>
    Promise.all(planned.map(({ userId, network }) => room.placeOrder(userId, planId, network)));
  const made = (answers: readonly object[]) => answers.filter((answer) => "id" in answer).length;

  it("13 sub-addresses of one mailbox hold five codes of 60, as one person does", async () => {
    const planId = await room.addPlan();
    await room.addStock(planId, 60);
    const users: number[] = [];
    for (let index = 0; index < 13; index += 1) users.push(await userAs(`hoarder+${index}@example.com`));
    const planned = users.flatMap((userId) => Array.from({ length: 5 }, () => ({ userId })));
    expect(made(await orders(planned, planId))).toBe(5);
    expect(await held(planId)).toBe(5);
    expect(await room.placeOrder(await userAs("hoarder2@example.com"), planId)).toHaveProperty("id");
  });

  it.each([
    ["IPv4 address", (index: number) => `192.0.2.${index < 100 ? 7 : index}`],
    ["IPv6 /48", (index: number) => `2001:db8:7:${index}::`],
  ])(
    "one %s holds ten codes, by however many persons, and then others still get theirs",
    async (_, networkOf) => {
      const planId = await room.addPlan();
      await room.addStock(planId, 60);
      const planned: { userId: number; network: string }[] = [];
      for (let index = 0; index < 20; index += 1) {
        planned.push({ userId: await room.addUser(), network: networkOf(index) });
      }
      expect(made(await orders(planned, planId))).toBe(10);
      expect(await room.placeOrder(await room.addUser(), planId, "198.51.100.9")).toHaveProperty("id");
      // What is not held any more counts no more, and nothing says who held it.
      await room.database.query("update orders set status = 'failed' where plan_id = $1", [planId]);
      expect(await room.database.query("select from stock_items where held_from is not null")).toEqual([]);
      expect(await room.placeOrder(planned[19]!.userId, planId, networkOf(19))).toHaveProperty("id");
      await room.database.query(
        "update orders set status = 'failed' where plan_id = $1 and status = 'created'",
        [planId],
      );
    },
  );

  it("of a plan with few codes one network holds five", async () => {
    const planId = await room.addPlan();
    await room.addStock(planId, 12);
    const planned: { userId: number; network: string }[] = [];
    for (let index = 0; index < 12; index += 1)
      planned.push({ userId: await room.addUser(), network: "192.0.2.99" });
    expect(made(await orders(planned, planId))).toBe(5);
    await room.database.query("update orders set status = 'failed' where plan_id = $1", [planId]);
  });

  it("an order that holds a code ends after minutes, another one after its hour", async () => {
    const minutesOf = async (planId: number): Promise<number> => {
      const placed = await room.placeOrder(await room.addUser(), planId);
      const [row] = await room.database.query<{ minutes: number }>(
        "select extract(epoch from expires_at - created_at)::integer / 60 as minutes from orders where id = $1",
        ["id" in placed ? placed.id : 0],
      );
      return row!.minutes;
    };
    const fromStock = await room.addPlan();
    await room.addStock(fromStock, 1);
    expect(await minutesOf(fromStock)).toBe(15);
    expect(await minutesOf(await room.addPlan([{ supplier: "local", packageId: "p" }]))).toBe(60);
  });
});
