import { describe, expect, it } from "vitest";
import { runCampaign, total } from "./campaign.js";

const ROUNDS_AT_EACH_SHOP = 10;

describe("campaign", () => {
  it("20 rounds of 10 orders with a fixed seed: one eSIM per paid order or a full refund, and all books agree", async () => {
    // Most of a round is waiting, so two shops play half of the rounds each.
    const shops = await Promise.all(
      [1, 1 + ROUNDS_AT_EACH_SHOP].map((firstRound) =>
        runCampaign({ seed: 7, firstRound, rounds: ROUNDS_AT_EACH_SHOP, ordersPerRound: 10 }),
      ),
    );
    expect(shops.flatMap(({ violations }) => violations)).toEqual([]);
    expect(shops.map(({ rounds }) => rounds)).toEqual([ROUNDS_AT_EACH_SHOP, ROUNDS_AT_EACH_SHOP]);
    const { orders, delivered, refunded, unpaid, deaths } = total(shops);
    expect(delivered + refunded + unpaid).toBe(orders);
    expect(deaths).toBeGreaterThan(3);
  }, 900_000);
});
