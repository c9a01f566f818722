import { describe, expect, it } from "vitest";
import { endpointWaitSeconds, nextTrySeconds } from "./deliver-events.js";

describe("when a delivery is tried again", () => {
  const waits = (random: number, retryAfterSeconds: number | null = null): (number | null)[] =>
    Array.from({ length: 11 }, (_, tried) => nextTrySeconds(tried, { retryAfterSeconds }, () => random));

  it("ten tries in all, over three days and some hours, each up to a tenth earlier or later", () => {
    const days = (all: readonly (number | null)[]): number =>
      all.reduce((sum: number, one) => sum + (one ?? 0), 0) / 86_400;
    expect(waits(0.5).filter((wait) => wait !== null)).toHaveLength(9);
    expect(waits(0.5)[9]).toBeNull();
    expect(days(waits(0.5))).toBeCloseTo(3.15, 1);
    expect([days(waits(0)), days(waits(1))]).toEqual([expect.closeTo(2.83, 1), expect.closeTo(3.46, 1)]);
  });

  it("as late as the receiver asks, up to a day, and never earlier than planned", () => {
    expect(nextTrySeconds(0, { retryAfterSeconds: 600 }, () => 0.5)).toBe(600);
    expect(nextTrySeconds(0, { retryAfterSeconds: 999_999 }, () => 0.5)).toBe(86_400);
    expect(nextTrySeconds(3, { retryAfterSeconds: 1 }, () => 0.5)).toBe(7_200);
  });

  it("a receiver that goes on failing is left alone for up to five minutes at a time", () => {
    expect([1, 2, 3, 4, 5, 8, 1_000].map(endpointWaitSeconds)).toEqual([0, 0, 10, 20, 40, 300, 300]);
  });
});
