import { setTimeout } from "node:timers/promises";
import { afterAll, beforeAll, expect, it } from "vitest";
import { eventually } from "../support/eventually.js";
import { violations } from "../support/invariants.js";
import { type StripeShop, startStripeShop } from "../support/stripe-shop.js";

let shop: StripeShop;
beforeAll(async () => {
  shop = await startStripeShop({ DATABASE_POOL_MAX: "5", DATABASE_RESERVED_POOL_MAX: "5" });
});
afterAll(() => shop.stop());
const query = <Row>(sql: string) => shop.app.database.query<Row>(sql);

it("a provider that sleeps holds no database connection: twenty waiting calls, a pool of five, quick answers", async () => {
  const orders = [];
  for (let index = 0; index < 20; index += 1) orders.push(await shop.shopper.order());
  shop.stripe.control.fault({ operation: "create_intent", fault: "delay", delayMillis: 10_000, times: 20 });
  const creating = orders.map((order) => shop.shopper.create(order.id, "STRIPE"));
  // Every call is at the provider now.
  await eventually(async () => {
    const rows = await query("select id from payments where intent_id is null");
    return rows.length === 20;
  });
  // They all wait for the provider now. Not one of them holds a connection, and others are served.
  const busy = () =>
    query<{ held: string }>(
      `select concat_ws(' ', pid, xact_start, state, query) as held from pg_stat_activity
       where datname = current_database() and application_name in ('tribi api', 'tribi reserved') and state <> 'idle'`,
    );
  // What a job does in passing is over at the second look.
  const before = new Set((await busy()).map(({ held }) => held));
  await setTimeout(250);
  expect((await busy()).filter(({ held }) => before.has(held))).toEqual([]);
  const served = await Promise.all([
    shop.app.request("GET", "/orders/mine", { bearer: shop.shopper.token }),
    ...Array.from({ length: 10 }, () => shop.shopper.order()),
  ]);
  expect(served).toHaveLength(11);
  expect(await query("select from payments where intent_id is not null"), "they still wait").toEqual([]);
  const answers = await Promise.all(creating);
  // Ten seconds are also where our patience ends: whoever was told 503 comes again, and gets the one intent.
  for (const { status, headers } of answers) {
    expect([200, 503]).toContain(status);
    if (status === 503) expect(headers.get("retry-after")).toMatch(/^\d+$/);
  }
  const again = await Promise.all(orders.map((order) => shop.shopper.create(order.id, "STRIPE")));
  expect(again.map(({ status }) => status)).toEqual(orders.map(() => 200));
  expect(shop.stripe.ledger().intents).toHaveLength(orders.length);
  expect(await violations(shop.app.database)).toEqual({});
});
