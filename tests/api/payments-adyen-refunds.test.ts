import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type AdyenShop, adyenDisagreements, startAdyenShop } from "../support/adyen-shop.js";
import { eventually as ask } from "../support/eventually.js";
import { violations } from "../support/invariants.js";

let shop: AdyenShop;
beforeAll(async () => {
  shop = await startAdyenShop();
});
afterEach(async () => {
  shop.adyen.control.refundsEnd("succeed");
  await shop.settled();
  expect(await violations(shop.app.database)).toEqual({});
  expect(await adyenDisagreements(shop.app.database.query, shop.adyen.ledger())).toEqual([]);
});
afterAll(() => shop.stop());

const query = <Row>(sql: string, values: unknown[] = []) => shop.app.database.query<Row>(sql, values);
const eventually = <Value>(probe: () => Promise<Value | undefined | false>) =>
  ask(probe, { timeoutMillis: 15_000 });
interface Refund {
  readonly id: number;
  readonly origin: string;
  readonly status: string;
  readonly failure_reason: string | null;
  readonly provider_refund_id: string;
  readonly amount_minor: number;
}
const refundsOf = (orderId: number) =>
  query<Refund>("select * from refunds where order_id = $1 order by id", [orderId]);
/** What waits for its time is due now, and what the minute brings happens. */
const hasten = async () => {
  await query(
    "update graphile_worker._private_jobs set run_at = now() where run_at > now() and locked_at is null",
  );
  await query("update webhook_events set next_try_at = now() where outcome = 'waiting'");
  await query("select enqueue_job('carry_on_money', '{}')");
};
const untilOrderIs = (orderId: number, status: string) =>
  eventually(async () => {
    await hasten();
    return (await shop.orderStatus(orderId)) === status;
  });

describe("a refund in the Customer Area that is faster than ours, which Adyen has taken and not decided", () => {
  it.each(["all", "a part"])("of %s is recorded, and what is left goes back besides", async (how) => {
    shop.adyen.control.refundsEnd("hold");
    const { orderId, psp, amount } = await shop.paid();
    await shop.refund(orderId, { reason: "asked by phone", accept_loss: true });
    shop.adyen.control.refund(psp, how === "all" ? amount : 100);
    await shop.settled();
    const [ours] = await refundsOf(orderId);
    shop.adyen.control.refundsEnd("succeed");
    shop.adyen.control.decideRefund(ours!.provider_refund_id, "succeed");
    await untilOrderIs(orderId, "refunded");
    const expected = [
      { origin: "admin", status: "failed", amount_minor: amount },
      { origin: "provider", status: "succeeded", amount_minor: how === "all" ? amount : 100 },
      ...(how === "all"
        ? []
        : [{ origin: "undeliverable", status: "succeeded", amount_minor: amount - 100 }]),
    ];
    expect(await refundsOf(orderId)).toMatchObject(expected);
  });
});

describe("a refund by itself that Adyen takes and fails each time", () => {
  const owed = {
    "what was not to be had": async () => {
      const { orderId } = await shop.paid();
      await eventually(async () => {
        const rows = await query("select from esim_profiles where order_id = $1 and status = 'ready'", [
          orderId,
        ]);
        return rows.length === 1;
      });
      shop.adyen.control.refundsEnd("fail");
      await query("update esim_profiles set status = 'cancelled', ended_at = now() where order_id = $1", [
        orderId,
      ]);
      await query(
        "select enqueue_job('refund_undeliverable', json_build_object('profile_id', id)) from esim_profiles where order_id = $1",
        [orderId],
      );
      return orderId;
    },
    "an order that was not waiting for it": async () => {
      const { orderId, sessionId } = await shop.paying();
      await query("update orders set status = 'failed', failed_at = now() where id = $1", [orderId]);
      shop.adyen.control.refundsEnd("fail");
      shop.adyen.control.approve(sessionId);
      return orderId;
    },
  };
  it.each(Object.keys(owed) as (keyof typeof owed)[])(
    "for %s waits for an operator after five tries, who lets it go",
    async (what) => {
      const orderId = await owed[what]();
      const parked = await eventually(async () => {
        await hasten();
        return (await refundsOf(orderId)).find(({ status }) => status === "parked");
      });
      expect(parked?.failure_reason).toBe("came_to_nothing");
      await hasten();
      await shop.settled();
      expect((await refundsOf(orderId)).map(({ status }) => status)).toEqual([
        ...Array.from({ length: 5 }, () => "failed"),
        "parked",
      ]);
      shop.adyen.control.refundsEnd("succeed");
      const retry = await shop.app.request("POST", `/admin/refunds/${parked!.id}/retry`, {
        bearer: shop.adminToken,
      });
      expect([200, 202]).toContain(retry.status);
      await eventually(async () => (await refundsOf(orderId)).at(-1)?.status === "succeeded");
    },
  );
});
