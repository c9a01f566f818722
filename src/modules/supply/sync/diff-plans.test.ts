import { describe, expect, it } from "vitest";
import { wholeHeldReason } from "./diff-plans.js";

describe("a difference as a whole", () => {
  it.each([
    [200, 1_000, 20, null],
    [201, 1_000, 20, "more_than_limit"],
    [70, 1_000, 7, null],
    [71, 1_000, 7, "more_than_limit"],
    [10, 20, 1, null],
    [11, 20, 1, "more_than_limit"],
    [1_000, 1_000, 100, null],
  ])(
    "%s steps with %s plans on sale and a limit of %s per cent: waits because of %s",
    (steps, onSale, percent, reason) => {
      expect(wholeHeldReason(steps, { onSale, known: onSale }, percent)).toBe(reason);
    },
  );

  it("of a first run waits whatever its size", () => {
    expect(wholeHeldReason(1, { onSale: 0, known: 0 }, 100)).toBe("first_run");
  });
});
