import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Answer, send } from "../support/app.js";
import { eventually } from "../support/eventually.js";
import { violations } from "../support/invariants.js";
import { type ServerProcess, startProcess } from "../support/processes.js";
import { type StripeShop, startStripeShop, WEBHOOK_SECRET } from "../support/stripe-shop.js";
import { temporaryFolder } from "../support/temporary-folder.js";

/**
 * Each kill point of S6, S7, S8, S12 and S13: the process is killed there, another one is started, the client comes
 * again, and both sides' books agree without anybody's help.
 */
const SECRETS = {
  JWT_SECRET: "jwt-secret-of-the-fault-test-00000000001",
  COOKIE_SECRET: "cookie-secret-of-the-fault-test-0000001",
  OTP_PEPPER: "otp-pepper-of-the-fault-test-00000000001",
};

let shop: StripeShop;
let environment: Record<string, string>;
beforeAll(async () => {
  shop = await startStripeShop(SECRETS);
  environment = {
    ...SECRETS,
    DATABASE_URL: shop.app.database.url,
    DATA_DIR: temporaryFolder("fault"),
    PAYMENT_PROVIDER: "STRIPE",
    STRIPE_API_BASE: shop.stripe.url,
    STRIPE_SECRET_KEY: "sk_test_of_the_fake",
    STRIPE_WEBHOOK_SECRET: WEBHOOK_SECRET,
    ADMIN_EMAILS: "admin@example.com",
    LOG_LEVEL: "warn",
  };
});
afterAll(() => shop?.stop());

/** A process that dies at this point. */
const doomed = (point: string): Promise<ServerProcess> =>
  startProcess(["serve", "--no-worker"], { ...environment, TRIBI_FAILPOINTS: `${point}=kill` });

const isGone = (request: Promise<Answer>): Promise<boolean> =>
  request.then(
    () => false,
    () => true,
  );
const target = (url: string) =>
  shop.stripe.control.webhookTarget({ url: `${url}/payments/webhook/stripe`, secrets: [WEBHOOK_SECRET] });

async function agreed(orderId: number, status: string): Promise<void> {
  await eventually(async () => (await shop.orderStatus(orderId)) === status, {
    what: `order ${orderId} ${status}`,
  });
  expect(await violations(shop.app.database)).toEqual({});
}

describe("kill -9 while a payment is created", () => {
  it.each(["s6.after_row", "s6.after_psp_before_store", "s6.after_store_before_reply"])(
    "%s: the client's retry gets the one intent, and it can be paid",
    { timeout: 120_000 },
    async (point) => {
      const server = await doomed(point);
      const order = await shop.shopper.order();
      const body = { order_id: order.id, provider: "STRIPE" };
      const sent = send(`${server.url}/payments/create`, "POST", { bearer: shop.shopper.token, body });
      expect(await isGone(sent)).toBe(true);
      expect(await server.ended).toBe("SIGKILL");
      const again = await shop.shopper.create(order.id, "STRIPE");
      expect(again.status).toBe(200);
      const theirs = shop.stripe.ledger().intents.filter((one) => one.metadata.order_id === String(order.id));
      expect(theirs.map(({ id }) => id)).toEqual([again.body.intent_id]);
      shop.stripe.control.approve(again.body.intent_id);
      await agreed(order.id, "paid");
    },
  );
});

describe("kill -9 while a webhook is applied", () => {
  it.each(["s7.after_verify", "s8.before_commit", "s7.after_insert_before_2xx"])(
    "%s: the provider delivers again, and the order is paid once",
    { timeout: 120_000 },
    async (point) => {
      const { orderId, intentId } = await shop.paying();
      const server = await doomed(point);
      target(server.url);
      shop.stripe.control.approve(intentId);
      expect(await server.ended).toBe("SIGKILL");
      target(shop.app.url);
      await shop.settled();
      await agreed(orderId, "paid");
      const jobs = await shop.app.database.query(
        "select id from audit_log where subject = 'order:' || $1::bigint and action = 'order.paid'",
        [orderId],
      );
      expect(jobs).toHaveLength(1);
    },
  );
});

describe("kill -9 while money is refunded", () => {
  it.each(["s12.after_row", "s12.after_psp_before_store"])(
    "%s: the refund is made once",
    { timeout: 120_000 },
    async (point) => {
      const { orderId, intentId } = await shop.paid();
      await agreed(orderId, "paid");
      const server = await doomed(point);
      const sent = send(`${server.url}/admin/orders/${orderId}/refund`, "POST", {
        bearer: shop.adminToken,
        body: { reason: "kill", accept_loss: true },
      });
      expect(await isGone(sent)).toBe(true);
      expect(await server.ended).toBe("SIGKILL");
      // Nobody asks again: the sweep carries it on.
      await shop.app.database.query(
        "update refunds set created_at = created_at - interval '1 minute' where order_id = $1",
        [orderId],
      );
      await shop.app.database.query("select enqueue_job('carry_on_money', '{}')");
      await agreed(orderId, "refunded");
      expect(shop.stripe.ledger().refunds.filter((one) => one.payment_intent === intentId)).toHaveLength(1);
    },
  );
});

describe("kill -9 in the middle of reconciliation", () => {
  it("s13.mid_page: the next runner takes over and finishes", { timeout: 120_000 }, async () => {
    shop.stripe.control.webhooks({ off: true });
    const { orderId, intentId } = await shop.paying();
    shop.stripe.control.approve(intentId);
    await shop.app.database.query(
      "update reconciliation_runs set started_at = started_at - interval '1 hour'",
    );
    const run = await startProcess(
      ["reconcile", "--apply"],
      { ...environment, TRIBI_FAILPOINTS: "s13.mid_page=kill" },
      { waitsUntilReady: false },
    );
    expect(await run.ended).toBe("SIGKILL");
    const open = "select id from reconciliation_runs where finished_at is null";
    expect(await shop.app.database.query(open)).toHaveLength(1);
    await shop.app.database.query(
      "update reconciliation_runs set alive_at = alive_at - interval '5 minutes' where finished_at is null",
    );
    const next = await startProcess(["reconcile", "--apply"], environment, { waitsUntilReady: false });
    expect([0, 3]).toContain(await next.ended);
    expect(next.output()).toContain("STRIPE since");
    await agreed(orderId, "paid");
    shop.stripe.control.webhooks({ off: false });
  });
});

describe("connections cut while webhooks are applied", () => {
  it("every event is answered 2xx or delivered again, and has its effect once", {
    timeout: 120_000,
  }, async () => {
    const made: { orderId: number; intentId: string }[] = [];
    for (let index = 0; index < 12; index += 1) made.push(await shop.paying());
    const cut = setInterval(() => {
      void shop.app.database
        .query(
          "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and application_name = 'tribi reserved'",
        )
        .catch(() => undefined);
    }, 40);
    for (const { intentId } of made) shop.stripe.control.approve(intentId);
    await eventually(() => shop.stripe.ledger().deliveries.length > 20);
    clearInterval(cut);
    await shop.settled();
    // What the sender gave up on is found by reconciliation, as within the interval in production.
    await shop.app.database.query(
      "update reconciliation_runs set started_at = started_at - interval '1 hour'",
    );
    await shop.app.database.query("select enqueue_job('reconcile_payments', '{}')");
    for (const { orderId } of made) await agreed(orderId, "paid");
  });
});
