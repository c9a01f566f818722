import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { makeReconcile } from "../../src/modules/payments/reconciliation/reconcile.js";
import { beginRunIfDue } from "../../src/modules/payments/reconciliation/reconcile-store.js";
import { eventually } from "../support/eventually.js";
import { violations } from "../support/invariants.js";
import { metricOf } from "../support/metrics.js";
import { disagreements, type StripeShop, startStripeShop } from "../support/stripe-shop.js";

let shop: StripeShop;
beforeAll(async () => {
  shop = await startStripeShop({ AUTO_REFUND_MAX_PER_HOUR: "2", RECONCILE_INTERVAL_MINUTES: "1440" });
});
afterEach(async () => {
  shop.stripe.control.clearFaults();
  shop.stripe.control.webhooks({ off: false, hold: false });
  await shop.settled();
  expect(await violations(shop.app.database)).toEqual({});
});
afterAll(() => shop.stop());

const query = <Row>(sql: string, values: unknown[] = []) => shop.app.database.query<Row>(sql, values);

/** As if the interval were over; resolves when a run begun now has ended. */
async function reconcile(): Promise<void> {
  await query("update reconciliation_runs set started_at = started_at - interval '1 day'");
  const [before] = await query<{ id: number }>("select coalesce(max(id), 0) as id from reconciliation_runs");
  await query("select enqueue_job('reconcile_payments', '{}')");
  await eventually(
    async () => {
      const [run] = await query(
        "select id from reconciliation_runs where provider = 'STRIPE' and id > $1 and finished_at is not null",
        [before?.id],
      );
      return run;
    },
    { what: "A run of reconciliation" },
  );
}

const findings = (orderId: number | null) =>
  query<{ class: string; action: string }>(
    "select class, action from reconciliation_findings where order_id is not distinct from $1 order by id",
    [orderId],
  );

describe("reconciliation", () => {
  it("with webhooks switched off a paid intent becomes a paid order", async () => {
    shop.stripe.control.webhooks({ off: true });
    const { orderId, intentId } = await shop.paying();
    shop.stripe.control.approve(intentId);
    expect(await shop.orderStatus(orderId)).toBe("created");
    await reconcile();
    expect(await shop.orderStatus(orderId)).toBe("paid");
    expect(await findings(orderId)).toEqual([{ class: "paid_not_recorded", action: "repaired" }]);
    expect(await disagreements(shop)).toEqual([]);
  });

  it("a refund made in the provider's own pages is recorded and moves the order", async () => {
    const { orderId, intentId, amount } = await shop.paid();
    shop.stripe.control.webhooks({ off: true });
    await fetch(`${shop.stripe.url}/v1/refunds`, {
      method: "POST",
      headers: { authorization: "Bearer sk_test_x", "content-type": "application/x-www-form-urlencoded" },
      body: new URLSearchParams({ payment_intent: intentId, amount: String(amount) }),
    });
    await reconcile();
    expect(await shop.orderStatus(orderId)).toBe("refunded");
    expect(await findings(orderId)).toEqual([{ class: "refund_missing", action: "repaired" }]);
  });

  it("a dispute of weeks ago is asked about while it is open", async () => {
    const { orderId, intentId, amount } = await shop.paid();
    const { control } = shop.stripe;
    control.webhooks({ off: true });
    control.clockOffset(-20 * 86_400);
    const dispute = control.openDispute(intentId);
    control.clockOffset(0);
    const opened = shop.stripe.ledger().events.find(({ data }) => data.object.id === dispute.id);
    expect((await shop.post(opened)).body.status).toBe("processed");
    const withheld = () => query("select disputed_minor from payments where order_id = $1", [orderId]);
    expect(await withheld()).toEqual([{ disputed_minor: amount }]);
    control.closeDispute(dispute.id, "won");
    await reconcile();
    expect(await withheld()).toEqual([{ disputed_minor: 0 }]);
  });

  it("a refund of weeks ago that fails is seen though nobody told of it", async () => {
    const { orderId } = await shop.paid();
    const { control } = shop.stripe;
    control.clockOffset(-20 * 86_400);
    await shop.refund(orderId, { reason: "asked for", accept_loss: true });
    control.clockOffset(0);
    await shop.settled();
    control.webhooks({ off: true });
    control.failRefund(shop.stripe.ledger().refunds.at(-1)?.id ?? "");
    await reconcile();
    expect(await query("select status from refunds where order_id = $1", [orderId])).toEqual([
      { status: "failed" },
    ]);
    const [parked] = await query(
      "select reason from webhook_events e join payments p on p.id = e.payment_id where p.order_id = $1 and outcome = 'parked'",
      [orderId],
    );
    expect(parked).toEqual({ reason: "refund_failed_after_success" });
    expect(await findings(orderId)).toEqual([{ class: "refund_missing", action: "repaired" }]);
  });

  it("a dispute of weeks ago that ends the other way is seen though nobody told of it, each time", async () => {
    const { orderId, intentId, amount } = await shop.paid();
    const { control } = shop.stripe;
    control.clockOffset(-20 * 86_400);
    const { id } = control.openDispute(intentId);
    control.closeDispute(id, "lost");
    control.clockOffset(0);
    await shop.settled();
    control.webhooks({ off: true });
    const withheld = () => query("select disputed_minor from payments where order_id = $1", [orderId]);
    expect(await withheld()).toEqual([{ disputed_minor: amount }]);
    control.appealDispute(id);
    control.closeDispute(id, "won");
    await reconcile();
    expect(await withheld()).toEqual([{ disputed_minor: 0 }]);
    control.reopenDispute(id);
    control.closeDispute(id, "lost");
    await reconcile();
    expect(await withheld()).toEqual([{ disputed_minor: amount }]);
  });

  it("a refund that we heard of days after it was made is not missing at the provider", async () => {
    const { orderId, intentId } = await shop.paid();
    const { control } = shop.stripe;
    control.webhooks({ off: true });
    control.clockOffset(-4 * 86_400);
    const refund = control.refund(intentId);
    control.clockOffset(0);
    const made = shop.stripe.ledger().events.find(({ data }) => data.object.id === refund.id);
    expect((await shop.post(made)).body.status).toBe("processed");
    await reconcile();
    expect(await findings(orderId)).toEqual([]);
  });

  it("an intent of ours without a row is reported, not touched", async () => {
    shop.stripe.control.webhooks({ off: true });
    const response = await fetch(`${shop.stripe.url}/v1/payment_intents`, {
      method: "POST",
      headers: { authorization: "Bearer sk_test_x", "content-type": "application/x-www-form-urlencoded" },
      body: new URLSearchParams({
        amount: "500",
        currency: "usd",
        "automatic_payment_methods[enabled]": "true",
        "metadata[shop_id]": "tribi",
        "metadata[order_id]": "999999",
        "metadata[payment_reference]": "nobody's",
      }),
    });
    const intent = (await response.json()) as { id: string };
    shop.stripe.control.approve(intent.id);
    await reconcile();
    expect(await findings(null)).toEqual([{ class: "orphan_intent", action: "reported" }]);
  });

  it("an event of ours without a payment waits, and after three days it is an alarm, never dropped", async () => {
    const lost = (): Promise<number> => metricOf(shop.app, "webhook_events_lost");
    const event = {
      id: "evt_of_a_lost_row",
      object: "event",
      type: "payment_intent.succeeded",
      created: Math.floor(Date.now() / 1000),
      livemode: false,
      data: {
        object: {
          ...{ id: "pi_of_a_lost_row", object: "payment_intent", status: "succeeded", livemode: false },
          ...{ amount: 500, amount_received: 500, currency: "usd" },
          metadata: { shop_id: "tribi", order_id: "1", payment_reference: "of-a-lost-row" },
        },
      },
    };
    expect((await shop.post(event)).body).toEqual({ status: "parked", intent_status: null });
    expect(await lost()).toBe(0);
    await query(
      "update webhook_events set received_at = received_at - interval '73 hours' where event_id = $1",
      [event.id],
    );
    expect(await lost()).toBe(1);
    expect(await query("select outcome from webhook_events where event_id = $1", [event.id])).toEqual([
      { outcome: "waiting" },
    ]);
    await query("delete from webhook_events where event_id = $1", [event.id]);
  });

  it("after a restored backup ids repeat; the lost payment's intent is reported and never taken for the new one's", async () => {
    shop.stripe.control.webhooks({ hold: true });
    const lost = await shop.paying();
    shop.stripe.control.approve(lost.intentId);
    await query("delete from esim_profiles where order_id = $1", [lost.orderId]);
    const [row] = await query<{ id: number }>("delete from payments where order_id = $1 returning id", [
      lost.orderId,
    ]);
    await query("delete from orders where id = $1", [lost.orderId]);
    await query(`alter table payments alter column id restart with ${row?.id}`);
    await query(`alter table orders alter column id restart with ${lost.orderId}`);

    const again = await shop.paying();
    expect(again.orderId).toBe(lost.orderId);
    expect(again.intentId).not.toBe(lost.intentId);
    await shop.stripe.control.release("as_is");
    shop.stripe.control.webhooks({ hold: false });
    await shop.settled();
    await reconcile();
    expect(await shop.orderStatus(again.orderId)).toBe("created");
    expect(
      await query(
        "select action from reconciliation_findings where class = 'orphan_intent' and subject = $1",
        [`intent:${lost.intentId}`],
      ),
    ).toEqual([{ action: "reported" }]);
    shop.stripe.control.approve(again.intentId);
    await shop.settled();
    expect(await shop.orderStatus(again.orderId)).toBe("paid");
  });

  it("an amount that differs, and a payment that the provider does not know, are reported", async () => {
    const { orderId, intentId } = await shop.paid();
    await query("alter table payments disable trigger all");
    await query("update payments set intent_id = 'pi_nobody' where order_id = $1", [orderId]);
    await reconcile();
    expect((await findings(orderId)).map((one) => one.class)).toEqual(["recorded_not_paid"]);
    await query("update payments set intent_id = $2 where order_id = $1", [orderId, intentId]);
    await query("alter table payments enable trigger all");
    await reconcile();
    const open = await query(
      "select 1 from reconciliation_findings where order_id = $1 and closed_at is null",
      [orderId],
    );
    expect(open).toEqual([]);
  });

  it("is due once in each interval of the clock, however late the run before began", async () => {
    const { db } = shop.app.database;
    const due = { since: null, applies: true, intervalMinutes: 1440 };
    await reconcile();
    expect(await beginRunIfDue(db, "STRIPE", due)).toBeUndefined();
    // The last moment of the interval before: less than a day ago, whatever time it is.
    const late = `date_bin(interval '1 day', now(), timestamptz '2000-01-01 00:00Z' - interval '30 seconds') - interval '1 ms'`;
    await query(`update reconciliation_runs set started_at = least(started_at, ${late})`);
    const run = await beginRunIfDue(db, "STRIPE", due);
    expect(run).toBeDefined();
    await query("delete from reconciliation_runs where id = $1", [run?.id]);
    // A run that changes nothing is not the one that is due.
    await query(
      "insert into reconciliation_runs (provider, since, applies, finished_at) values ('STRIPE', now(), false, now())",
    );
    const other = await beginRunIfDue(db, "STRIPE", due);
    expect(other).toBeDefined();
    await query("delete from reconciliation_runs where id = $1", [other?.id]);
  });

  it("one runner at a time: two at once make one run", async () => {
    await query("update reconciliation_runs set started_at = started_at - interval '1 day'");
    const [before] = await query<{ count: number }>(
      "select count(*)::int as count from reconciliation_runs where provider = 'STRIPE'",
    );
    await query("select enqueue_job('reconcile_payments', '{}') from generate_series(1, 6)");
    await eventually(async () => {
      const [left] = await query<{ count: number }>(
        "select count(*)::int as count from graphile_worker._private_jobs j join graphile_worker._private_tasks t on t.id = j.task_id where t.identifier = 'reconcile_payments'",
      );
      return left?.count === 0;
    });
    const [after] = await query<{ count: number }>(
      "select count(*)::int as count from reconciliation_runs where provider = 'STRIPE'",
    );
    expect(after?.count).toBe((before?.count ?? 0) + 1);
  });

  it("a provider that stops answering ends the run with what was found; the next one goes on", async () => {
    shop.stripe.control.webhooks({ off: true });
    const { orderId, intentId } = await shop.paying();
    shop.stripe.control.approve(intentId);
    shop.stripe.control.fault({ operation: "list_intents", fault: "error_500_before", times: 5 });
    await reconcile();
    const [run] = await query<{ failure: string }>(
      "select failure from reconciliation_runs where provider = 'STRIPE' order by id desc limit 1",
    );
    expect(run?.failure).toContain("broke off");
    shop.stripe.control.clearFaults();
    await reconcile();
    expect(await shop.orderStatus(orderId)).toBe("paid");
  });

  it("a fault at one provider ends its run, and the providers after it are compared", async () => {
    const broken = (name: string, error: Error | null) => ({
      name,
      books: "live",
      async *listIntents() {
        if (error !== null) throw error;
        yield* [];
      },
      async *listRefunds() {},
      async *listDisputes() {},
    });
    const all = [broken("BROKEN", new TypeError("cannot read")), broken("OTHER", null)];
    const reconcileThem = makeReconcile({
      db: shop.app.database.db,
      providers: { all },
      log: { error: () => {} },
    } as unknown as Parameters<typeof makeReconcile>[0]);
    const reports = await reconcileThem({ since: "2001-01-01", applies: false, intervalMinutes: null });
    expect(reports.map(({ provider, failure }) => [provider, failure])).toEqual([
      ["BROKEN", "cannot read"],
      ["OTHER", null],
    ]);
    const [run] = await query("select failure from reconciliation_runs where provider = 'BROKEN'");
    expect(run).toEqual({ failure: "cannot read" });
  });

  it("GET /admin/reconciliation, and CSV", async () => {
    const list = await shop.app.request("GET", "/admin/reconciliation?page_size=2&class=paid_not_recorded", {
      bearer: shop.adminToken,
    });
    expect(list.status).toBe(200);
    expect(list.body.items[0]).toMatchObject({
      class: "paid_not_recorded",
      action: "repaired",
      provider: "STRIPE",
    });
    expect(list.body.runs.map((run: { provider: string }) => run.provider)).toContain("STRIPE");
    const csv = await shop.app.request("GET", "/admin/reconciliation/export", { bearer: shop.adminToken });
    expect(csv.headers.get("content-type")).toContain("text/csv");
    expect(csv.text.split("\r\n")[0]).toContain("class,subject,action");
    expect(
      (await shop.app.request("GET", "/admin/reconciliation", { bearer: shop.shopper.token })).status,
    ).toBe(403);
  });
});

describe("esims/activate before the webhook", () => {
  it("re-reads the intent before it says that the order is unpaid", async () => {
    shop.stripe.control.webhooks({ off: true });
    const { orderId, intentId } = await shop.paying();
    const unpaid = await shop.app.request("POST", "/esims/activate", {
      bearer: shop.shopper.token,
      body: { order_id: orderId },
    });
    expect(unpaid.body).toMatchObject({ status: 400, detail: "Order must be paid before activating eSIM" });
    shop.stripe.control.approve(intentId);
    const { status } = await shop.app.request("POST", "/esims/activate", {
      bearer: shop.shopper.token,
      body: { order_id: orderId },
    });
    expect([200, 202]).toContain(status);
    expect(await shop.orderStatus(orderId)).toBe("paid");
  });
});

describe("an unpaid order that expires", () => {
  const expire = async (orderId: number) => {
    await query("update orders set expires_at = now() - interval '1 second' where id = $1", [orderId]);
    await query("select enqueue_job('expire_unpaid_orders', '{}')");
  };

  it("its intent is cancelled at the provider, then the order fails", async () => {
    const { orderId, intentId } = await shop.paying();
    await expire(orderId);
    await eventually(async () => (await shop.orderStatus(orderId)) === "failed");
    expect(shop.stripe.ledger().intents.find(({ id }) => id === intentId)?.status).toBe("canceled");
  });

  it("a payer who was faster has paid", async () => {
    shop.stripe.control.webhooks({ off: true });
    const { orderId, intentId } = await shop.paying();
    shop.stripe.control.approve(intentId);
    await expire(orderId);
    await eventually(async () => (await shop.orderStatus(orderId)) === "paid");
  });

  it("one that is being processed goes on waiting, and is paid in the end", async () => {
    const { orderId, intentId } = await shop.paying();
    shop.stripe.control.process(intentId);
    await expire(orderId);
    await eventually(async () =>
      shop.stripe
        .ledger()
        .calls.some(
          (call) =>
            JSON.stringify(call).includes(`${intentId}/cancel`) ||
            JSON.stringify(call).includes("cancel_intent"),
        ),
    );
    expect(await shop.orderStatus(orderId)).toBe("created");
    shop.stripe.control.approve(intentId);
    await shop.settled();
    expect(await shop.orderStatus(orderId)).toBe("paid");
  });

  it("without a payment it just fails, and can then not be paid", async () => {
    const order = await shop.shopper.order();
    await expire(order.id);
    await eventually(async () => (await shop.orderStatus(order.id)) === "failed");
    expect((await shop.shopper.create(order.id)).body.code).toBe("order_not_payable");
  });

  it("a provider that does not answer leaves it waiting; the next sweep ends it", async () => {
    const { orderId } = await shop.paying();
    shop.stripe.control.fault({ operation: "cancel_intent", fault: "error_500_before", times: 3 });
    await expire(orderId);
    await eventually(async () => {
      const [left] = await query<{ count: number }>(
        "select count(*)::int as count from graphile_worker._private_jobs j join graphile_worker._private_tasks t on t.id = j.task_id where t.identifier = 'expire_unpaid_orders'",
      );
      return left?.count === 0;
    });
    shop.stripe.control.clearFaults();
    await query("select enqueue_job('expire_unpaid_orders', '{}')");
    await eventually(async () => (await shop.orderStatus(orderId)) === "failed");
  });
});

describe("late and double money", () => {
  it("goes back by itself up to the hourly brake; the rest waits for an operator, who lets it go", async () => {
    const surplus: number[] = [];
    for (let index = 0; index < 3; index += 1) {
      const { orderId, intentId } = await shop.paying();
      // The order fails behind the payment's back, as after a restored backup.
      await query("update orders set status = 'failed', failed_at = now() where id = $1", [orderId]);
      shop.stripe.control.approve(intentId);
      await shop.settled();
      surplus.push(orderId);
      await eventually(async () => {
        const rows = await query(
          "select status from refunds where order_id = $1 and status in ('succeeded', 'parked')",
          [orderId],
        );
        return rows.length === 1;
      });
    }
    const states = await query<{ id: number; status: string; failure_reason: string | null }>(
      "select id, status, failure_reason from refunds where order_id = any ($1) order by id",
      [surplus],
    );
    expect(states.map(({ status }) => status)).toEqual(["succeeded", "succeeded", "parked"]);
    const parked = states[2]!;
    expect(parked.failure_reason).toBe("brake");
    const retried = await shop.app.request("POST", `/admin/refunds/${parked.id}/retry`, {
      bearer: shop.adminToken,
    });
    expect([retried.status, retried.body.status]).toEqual([200, "succeeded"]);
    for (const orderId of surplus) expect(await shop.orderStatus(orderId)).toBe("failed");
    // The orphan of another test is meant to be alone.
    const open = (await disagreements(shop)).filter((line) => !line.endsWith("is not in our books"));
    expect(open).toEqual([]);
  });

  it("a parked event can be replayed once its reason is gone", async () => {
    const { orderId, intentId } = await shop.paying();
    await query("update payments set livemode = true where order_id = $1", [orderId]);
    shop.stripe.control.approve(intentId);
    await shop.settled();
    expect(await shop.orderStatus(orderId)).toBe("created");
    const [event] = await query<{ id: number; outcome: string }>(
      "select id, outcome from webhook_events where intent_id = $1 and kind = 'intent_succeeded'",
      [intentId],
    );
    expect(event?.outcome).toBe("parked");
    await query("update payments set livemode = false where order_id = $1", [orderId]);
    const replayed = await shop.app.request("POST", `/admin/webhook-events/${event?.id}/replay`, {
      bearer: shop.adminToken,
    });
    expect(replayed.body).toMatchObject({ status: "processed", intent_status: "succeeded" });
    expect(await shop.orderStatus(orderId)).toBe("paid");
  });
});
