import { describe, expect, it } from "vitest";
import { runCampaign } from "./campaign.js";

const ROUNDS = 6;

describe("campaign", () => {
  it("6 rounds of 10 orders with a fixed seed: one eSIM per paid order or the money back, and all books agree", async () => {
    const { rounds, violations, ...sums } = await runCampaign({
      seed: 7,
      rounds: ROUNDS,
      ordersPerRound: 10,
    });
    expect(violations).toEqual([]);
    expect(rounds).toBe(ROUNDS);
    const { orders, delivered, refunded, unpaid, parked } = sums;
    expect(delivered + refunded + unpaid + parked).toBe(orders);
    // How many kills hit a process at its point depends on the machine.
    expect(sums.deaths).toBeGreaterThan(0);
    expect(sums.gone).toBeGreaterThan(5);
  }, 900_000);
});
