import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Answer } from "../support/app.js";
import { makeShopper, type Shopper } from "../support/shop.js";
import { type StripeShop, startStripeShop } from "../support/stripe-shop.js";

const DECLINES_MAX = 3;
const DAY_SECONDS = 24 * 3600;

describe("declined payments of one person", () => {
  let shop: StripeShop;
  beforeAll(async () => {
    shop = await startStripeShop({ DECLINES_PER_DAY_MAX: String(DECLINES_MAX) });
  });
  afterAll(() => shop.stop());

  /** A busy machine sheds with 503 before any work began, and the client comes again as told. */
  const begin = async (shopper: Shopper, orderId: number, provider = "MOCK"): Promise<Answer> => {
    for (;;) {
      const answer = await shopper.create(orderId, provider);
      if (answer.status !== 503) return answer;
    }
  };
  const beginNew = async (shopper: Shopper): Promise<Answer> => begin(shopper, (await shopper.order()).id);
  const mockSays = (intentId: string, status: "succeeded" | "failed") =>
    shop.app.request("POST", "/payments/webhook/mock", { body: { intent_id: intentId, status } });
  const declineNew = async (shopper: Shopper): Promise<void> => {
    const { body } = await beginNew(shopper);
    expect((await mockSays(body.intent_id, "failed")).body.status).toBe("processed");
  };
  const refusals = async (): Promise<number> => {
    const { text } = await shop.app.request("GET", "/metrics");
    const counted = /^tribi_payment_refused_total\{reason="declines_per_day"\} (\d+)/m.exec(text);
    return Number(counted?.[1] ?? 0);
  };
  const isRefused = (answer: Answer): void => {
    expect([answer.status, answer.body.code]).toEqual([429, "too_many_declines"]);
    expect(answer.headers.get("ratelimit-policy")).toBe(
      `"declines_per_day";q=${DECLINES_MAX};w=${DAY_SECONDS}`,
    );
  };

  it("20 payments begun at once with one decline left are one payment", async () => {
    const shopper = await makeShopper(shop.app);
    for (let index = 1; index < DECLINES_MAX; index += 1) await declineNew(shopper);
    const orders = [];
    for (let index = 0; index < 20; index += 1) orders.push(await shopper.order());
    // Between a payment's insert and its commit there is time for all the others to count.
    await shop.app.database.query(`
      create function commit_late() returns trigger language plpgsql as $$
      begin perform pg_sleep(0.3); return null; end $$;
      create trigger commit_late after insert on payments for each row execute function commit_late();`);
    const answers = await Promise.all(orders.map(({ id }) => begin(shopper, id)));
    await shop.app.database.query("drop trigger commit_late on payments");
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    for (const answer of answers.filter(({ status }) => status !== 200)) isRefused(answer);
    const rows = await shop.app.database.query(
      `select from payments p join orders o on o.id = p.order_id
       where o.user_id = $1 and p.status = 'requires_action'`,
      [shopper.userId],
    );
    expect(rows).toHaveLength(1);
  });

  it("simultaneous calls for one order with one decline left get one payment, all of them", async () => {
    const shopper = await makeShopper(shop.app);
    for (let index = 1; index < DECLINES_MAX; index += 1) await declineNew(shopper);
    const { id } = await shopper.order();
    const answers = await Promise.all(Array.from({ length: 10 }, () => begin(shopper, id)));
    expect(answers.map(({ status }) => status)).toEqual(Array(10).fill(200));
    expect(new Set(answers.map(({ body }) => body.intent_id)).size).toBe(1);
  });

  it("the refusal says for how long, changes nothing, is counted, and the wait is true", async () => {
    const shopper = await makeShopper(shop.app);
    for (let index = 0; index < DECLINES_MAX; index += 1) await declineNew(shopper);
    const { id } = await shopper.order();
    const counted = await refusals();
    const refused = await begin(shopper, id);
    isRefused(refused);
    const wait = Number(refused.headers.get("retry-after"));
    expect(wait).toBeGreaterThan(DAY_SECONDS - 120);
    expect(wait).toBeLessThanOrEqual(DAY_SECONDS);
    expect(await refusals()).toBe(counted + 1);
    expect(await shop.orderStatus(id)).toBe("created");
    expect(await shop.app.database.query("select from payments where order_id = $1", [id])).toEqual([]);
    await shop.app.database.query(
      `update webhook_events set received_at = received_at - $2 * interval '1 second' where id = (
         select min(e.id) from webhook_events e join payments p on p.id = e.payment_id
           join orders o on o.id = p.order_id where o.user_id = $1)`,
      [shopper.userId, wait],
    );
    expect((await begin(shopper, id)).status).toBe(200);
    // What is under way counts with the declined ones.
    isRefused(await beginNew(shopper));
    expect((await beginNew(await makeShopper(shop.app))).status).toBe(200);
  });

  it("cards that Stripe declined count each; what was begun is given again, and paid orders say so", async () => {
    const shopper = await makeShopper(shop.app);
    const paid = await shopper.order();
    const { body: success } = await begin(shopper, paid.id);
    await mockSays(success.intent_id, "succeeded");
    const { id } = await shopper.order();
    const { body: live } = await begin(shopper, id, "STRIPE");
    for (let index = 0; index < DECLINES_MAX; index += 1) {
      shop.stripe.control.decline(live.intent_id, "insufficient_funds");
      await shop.stripe.control.webhooksSettled();
    }
    isRefused(await beginNew(shopper));
    const again = await begin(shopper, id, "STRIPE");
    expect([again.status, again.body.intent_id]).toEqual([200, live.intent_id]);
    expect((await begin(shopper, paid.id)).body.code).toBe("order_already_paid");
    shop.stripe.control.approve(live.intent_id);
    await shop.stripe.control.webhooksSettled();
    expect(await shop.orderStatus(id)).toBe("paid");
    expect((await begin(shopper, id, "STRIPE")).body.code).toBe("order_already_paid");
  });

  it("orders that expired are no declines, and who was never declined may have many payments under way", async () => {
    const shopper = await makeShopper(shop.app);
    for (let index = 0; index <= DECLINES_MAX; index += 1) expect((await beginNew(shopper)).status).toBe(200);
    await shop.app.database.query(
      `insert into webhook_events (provider, event_id, source, type, kind, payment_id, outcome, reason, facts,
         provider_created_at)
       select 'MOCK', 'read:' || p.id, 'read', 'read.intent.canceled', 'intent_canceled', p.id, 'ignored', 'test', '{}',
         now()
       from payments p join orders o on o.id = p.order_id where o.user_id = $1`,
      [shopper.userId],
    );
    expect((await beginNew(shopper)).status).toBe(200);
  });
});
