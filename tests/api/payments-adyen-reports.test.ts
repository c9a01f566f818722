import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type AdyenShop, adyenDisagreements, startAdyenShop } from "../support/adyen-shop.js";
import { eventually } from "../support/eventually.js";
import { violations } from "../support/invariants.js";
import { metricOf } from "../support/metrics.js";

let shop: AdyenShop;
beforeAll(async () => {
  shop = await startAdyenShop();
});
afterEach(async () => {
  shop.adyen.control.clearFaults();
  shop.adyen.control.webhooks({ off: false });
  expect(await violations(shop.app.database)).toEqual({});
});
afterAll(() => shop.stop());

const query = <Row>(sql: string, values: unknown[] = []) => shop.app.database.query<Row>(sql, values);

/** A run as `tribi reconcile --apply` makes one, and what it found. */
async function reconcile(): Promise<{ class: string; action: string; subject: string }[]> {
  shop.adyen.control.makeReports();
  // What was read a moment ago is remembered so long.
  await new Promise((resolve) => setTimeout(resolve, 2_100));
  const [before] = await query<{ id: number }>(
    "select coalesce(max(id), 0)::int as id from reconciliation_runs",
  );
  await query("update reconciliation_runs set started_at = started_at - interval '3 hours'");
  await query("select enqueue_job('reconcile_payments', '{}')");
  await eventually(async () => {
    const runs = await query(
      "select id from reconciliation_runs where provider = 'ADYEN' and id > $1 and finished_at is not null",
      [before?.id],
    );
    return runs.length > 0;
  });
  return query(
    "select class, action, subject from reconciliation_findings f where provider = 'ADYEN' and last_run_id > $1 order by id",
    [before?.id],
  );
}

describe("with notifications switched off the reports bring", () => {
  it("a payment, a refund in the Customer Area and a chargeback, as one state", async () => {
    shop.adyen.control.webhooks({ off: true });
    const paid = await shop.paying();
    const { pspReference } = shop.adyen.control.approve(paid.sessionId);
    const back = await shop.paying();
    const refunded = shop.adyen.control.approve(back.sessionId);
    shop.adyen.control.refund(refunded.pspReference);
    const disputed = await shop.paying();
    const charged = shop.adyen.control.approve(disputed.sessionId);
    shop.adyen.control.dispute(charged.pspReference, "CHARGEBACK");
    const findings = await reconcile();
    expect(
      findings.filter((one) => one.class === "paid_not_recorded" && one.action === "repaired"),
    ).toHaveLength(3);
    expect(await shop.orderStatus(paid.orderId)).toBe("paid");
    expect(await shop.orderStatus(back.orderId)).toBe("refunded");
    const [row] = await query<{ intent_id: string }>("select intent_id from payments where order_id = $1", [
      paid.orderId,
    ]);
    expect(row?.intent_id).toBe(pspReference);
    expect(await adyenDisagreements(shop.app.database.query, shop.adyen.ledger())).toEqual([]);
    // What is right is not found again.
    expect(await reconcile()).toEqual([]);
  });

  it("a refund of ours whose notification was lost", async () => {
    const { orderId } = await shop.paid();
    shop.adyen.control.webhooks({ off: true });
    await shop.refund(orderId, { reason: "changed their mind", accept_loss: true });
    await shop.settled();
    const [finding] = (await reconcile()).filter((one) => one.class === "refund_missing");
    expect(finding?.action).toBe("repaired");
    expect(await shop.orderStatus(orderId)).toBe("refunded");
  });
});

it("a payment of an older day that no report has is found, and one of today is not", async () => {
  const forged = await shop.paid();
  const today = await shop.paid();
  await query("update orders set created_at = created_at - interval '2 days' where id = $1", [
    forged.orderId,
  ]);
  await query(
    "update payments set created_at = created_at - interval '2 days', intent_id = 'FORGED' where order_id = $1",
    [forged.orderId],
  );
  await query("update payments set intent_id = 'NOTYETTHERE' where order_id = $1", [today.orderId]);
  const missing = (await reconcile()).filter((one) => one.class === "recorded_not_paid");
  const [row] = await query<{ id: number }>(
    "select id from payments where order_id = $1 and intent_id = 'FORGED'",
    [forged.orderId],
  );
  expect(missing.map(({ subject }) => subject)).toEqual([`payment:${row?.id}`]);
});

it("a report that cannot be had is a run that failed, and no finding", async () => {
  shop.adyen.control.fault({ operation: "download_report", fault: "error_500_before", times: 20 });
  await reconcile();
  const [run] = await query<{ failure: string | null }>(
    "select failure from reconciliation_runs where provider = 'ADYEN' order by id desc limit 1",
  );
  expect(run?.failure).toMatch(/report/);
});

it("books of one provider that are not compared are told of, whatever the others do; reports may be an hour old", async () => {
  await reconcile();
  const ageWith = async (since: string): Promise<number> => {
    await query(
      "update reconciliation_runs set started_at = now() - case provider when 'ADYEN' then $1::interval else '0' end",
      [since],
    );
    return metricOf(shop.app, "reconcile_age_seconds");
  };
  expect(await ageWith("55 minutes")).toBeLessThan(900);
  expect(await ageWith("75 minutes")).toBeGreaterThan(900);
});
