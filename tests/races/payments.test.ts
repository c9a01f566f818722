import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { signStripePayload } from "../../src/providers/payment/stripe/stripe-signature.js";
import { type Answer, send, WITHOUT_CAPS } from "../support/app.js";
import { eventually } from "../support/eventually.js";
import { violations } from "../support/invariants.js";
import { type ServerProcess, startProcess } from "../support/processes.js";
import { disagreements, type StripeShop, startStripeShop, WEBHOOK_SECRET } from "../support/stripe-shop.js";
import { temporaryFolder } from "../support/temporary-folder.js";

/** One store in this process for arranging, and two real processes beside it: three instances on one database. */
let shop: StripeShop;
let others: ServerProcess[];
beforeAll(async () => {
  const secrets = {
    JWT_SECRET: "jwt-secret-of-the-race-test-000000000001",
    COOKIE_SECRET: "cookie-secret-of-the-race-test-00000001",
    OTP_PEPPER: "otp-pepper-of-the-race-test-000000000001",
  };
  shop = await startStripeShop(secrets);
  const environment = {
    ...secrets,
    ...WITHOUT_CAPS,
    DATABASE_URL: shop.app.database.url,
    DATA_DIR: temporaryFolder("race"),
    PAYMENT_PROVIDER: "STRIPE",
    STRIPE_API_BASE: shop.stripe.url,
    STRIPE_SECRET_KEY: "sk_test_of_the_fake",
    STRIPE_WEBHOOK_SECRET: WEBHOOK_SECRET,
    ADMIN_EMAILS: "admin@example.com",
  };
  others = await Promise.all([1, 2].map(() => startProcess(["serve"], environment)));
});
afterAll(async () => {
  for (const other of others ?? []) other.kill("SIGKILL");
  await shop?.stop();
});

const anyUrl = (index: number) => [shop.app.url, ...others.map(({ url }) => url)][index % 3]!;

/** As a provider sends: where a busy machine sheds before the work begins, the same event comes again. */
async function post(event: unknown, index: number): Promise<Answer> {
  const body = JSON.stringify(event);
  for (;;) {
    const signature = signStripePayload(Buffer.from(body), [WEBHOOK_SECRET], Math.floor(Date.now() / 1000));
    const answer = await send(`${anyUrl(index)}/payments/webhook/stripe`, "POST", {
      body,
      headers: { "stripe-signature": signature },
    });
    if (answer.status !== 503 || answer.body.code !== "overloaded") return answer;
  }
}

describe("three instances", () => {
  it("one event 1,000 times has one effect, and every answer is 200", { timeout: 180_000 }, async () => {
    shop.stripe.control.webhooks({ off: true });
    const { orderId, intentId } = await shop.paying();
    shop.stripe.control.approve(intentId);
    const event = shop.stripe
      .ledger()
      .events.filter(({ type }) => type === "payment_intent.succeeded")
      .at(-1)!;
    const answers = [];
    for (let round = 0; round < 10; round += 1) {
      answers.push(...(await Promise.all(Array.from({ length: 100 }, (_, index) => post(event, index)))));
    }
    expect(answers.filter(({ status }) => status !== 200).map(({ text }) => text)).toEqual([]);
    expect(answers.filter(({ body }) => body.status === "processed")).toHaveLength(1);
    expect(answers.filter(({ body }) => body.status === "duplicate")).toHaveLength(999);
    expect(await shop.orderStatus(orderId)).toBe("paid");
    expect(
      await shop.app.database.query("select id from webhook_events where event_id = $1", [event.id]),
    ).toHaveLength(1);
    expect(await violations(shop.app.database)).toEqual({});
    shop.stripe.control.webhooks({ off: false });
  });

  it("success, failure and cancellation of one payment at once end in one state", async () => {
    shop.stripe.control.webhooks({ off: true });
    for (let round = 0; round < 10; round += 1) {
      const { orderId, intentId, amount } = await shop.paying();
      shop.stripe.control.approve(intentId);
      const events = shop.stripe
        .ledger()
        .events.filter((event) => JSON.stringify(event.data).includes(intentId));
      const success = events.find(({ type }) => type === "payment_intent.succeeded")!;
      const late = {
        ...success,
        id: `${success.id}_late`,
        type: "payment_intent.payment_failed",
        data: { object: { ...success.data.object, amount, last_payment_error: { code: "card_declined" } } },
      };
      const all = [success, late, ...events, success, late, ...events];
      const answers = await Promise.all(all.map(post));
      expect(answers.every(({ status }) => status === 200)).toBe(true);
      expect(await shop.orderStatus(orderId)).toBe("paid");
    }
    expect(await violations(shop.app.database)).toEqual({});
    shop.stripe.control.webhooks({ off: false });
  });

  it("thirty creates of one payment make one intent", async () => {
    for (let round = 0; round < 5; round += 1) {
      const order = await shop.shopper.order();
      const answers = await Promise.all(
        Array.from({ length: 30 }, (_, index) =>
          send(`${anyUrl(index)}/payments/create`, "POST", {
            bearer: shop.shopper.token,
            body: { order_id: order.id, provider: "STRIPE" },
          }),
        ),
      );
      expect(answers.filter(({ status }) => status !== 200).map(({ text }) => text)).toEqual([]);
      expect(new Set(answers.map(({ body }) => body.intent_id)).size).toBe(1);
      const theirs = shop.stripe
        .ledger()
        .intents.filter(({ metadata }) => metadata.order_id === String(order.id));
      expect(theirs).toHaveLength(1);
    }
  });

  it("ten refunds at once never exceed the capture", async () => {
    for (let round = 0; round < 3; round += 1) {
      const { orderId, amount, intentId } = await shop.paid();
      await eventually(async () => (await shop.orderStatus(orderId)) === "paid");
      const part = Math.floor(amount / 4);
      const answers = await Promise.all(
        Array.from({ length: 10 }, (_, index) =>
          send(`${anyUrl(index)}/admin/orders/${orderId}/refund`, "POST", {
            bearer: shop.adminToken,
            body: { amount_minor_units: part, reason: "race" },
            headers: { "idempotency-key": `race-${orderId}-${index}` },
          }),
        ),
      );
      expect(answers.filter(({ status }) => status >= 500).map(({ text }) => text)).toEqual([]);
      expect(answers.filter(({ status }) => status < 300)).toHaveLength(4);
      await shop.settled();
      const refunds = shop.stripe.ledger().refunds.filter((one) => one.payment_intent === intentId);
      expect(refunds.reduce((sum, one) => sum + one.amount, 0)).toBeLessThanOrEqual(amount);
      expect(await disagreements(shop)).toEqual([]);
    }
    expect(await violations(shop.app.database)).toEqual({});
  });

  it("one key ten times at once is one refund", async () => {
    const { orderId, intentId } = await shop.paid();
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, index) =>
        send(`${anyUrl(index)}/admin/orders/${orderId}/refund`, "POST", {
          bearer: shop.adminToken,
          body: { amount_minor_units: 50, reason: "race" },
          headers: { "idempotency-key": `one-${orderId}` },
        }),
      ),
    );
    expect(answers.filter(({ status }) => status >= 300).map(({ text }) => text)).toEqual([]);
    expect(new Set(answers.map(({ body }) => body.refund.id)).size).toBe(1);
    expect(shop.stripe.ledger().refunds.filter((one) => one.payment_intent === intentId)).toHaveLength(1);
  });
});

describe("the same races against a read-then-write version", () => {
  const CALLERS = 50;
  /** Reads, compares, and then writes, as often as there are callers; answers how many rows there are. */
  const race = async (table: string, read: string, write: string): Promise<number> => {
    const { query } = shop.app.database;
    await query(
      `create table ${table} (id bigint generated always as identity, minor bigint not null default 25)`,
    );
    const naive = async (): Promise<void> => {
      const [row] = await query<{ is_free: boolean }>(read);
      if (row?.is_free === true) await query(write);
    };
    await Promise.all(Array.from({ length: CALLERS }, naive));
    return (await query(`select from ${table}`)).length;
  };

  it("one event would have several effects", async () => {
    const read = "select not exists (select from naive_events) as is_free";
    expect(await race("naive_events", read, "insert into naive_events default values")).toBeGreaterThan(1);
  });

  it("one order would have several live payments", async () => {
    const read = "select count(*) = 0 as is_free from naive_payments";
    expect(await race("naive_payments", read, "insert into naive_payments default values")).toBeGreaterThan(
      1,
    );
  });

  it("refunds of a quarter would exceed the capture", async () => {
    const read = "select coalesce(sum(minor), 0) + 25 <= 100 as is_free from naive_refunds";
    expect(await race("naive_refunds", read, "insert into naive_refunds default values")).toBeGreaterThan(4);
  });
});
