import { describe, expect, it } from "vitest";
import { runCampaign } from "./campaign.js";

describe("campaign", () => {
  it("20 rounds of 10 orders with a fixed seed: one eSIM per paid order or a full refund, and all books agree", async () => {
    const result = await runCampaign({ seed: 7, rounds: 20, ordersPerRound: 10 });
    expect(result.violations).toEqual([]);
    expect(result.rounds).toBe(20);
    expect(result.delivered + result.refunded + result.unpaid).toBe(result.orders);
    expect(result.deaths).toBeGreaterThan(3);
  }, 900_000);
});
