import { expect, it } from "vitest";
import type { BatchOutcome } from "./batch.js";
import { shrink } from "./shrink.js";

const customers = Array.from({ length: 40 }, (_, at) => at + 1);
const outcome = (violations: readonly string[]): BatchOutcome => ({
  batch: 3,
  histories: 0,
  trace: "",
  steps: 0,
  violations,
  edges: [],
  pairsHit: [],
  pairsSeen: [],
  paid: {},
  failures: {},
});

it("the fewest customers are found among whom the same rule is violated, whatever else is", async () => {
  const shrunk = await shrink(
    async ({ customers: playing, faultRate = 1 }) => {
      const isBoth = playing.includes(7) && playing.includes(31) && faultRate > 0;
      const other = playing.includes(2) ? ["eSIM 2 was bought 2 times and kept"] : [];
      return outcome(isBoth ? ["order 12 is paid twice: 7 and 31"] : other);
    },
    { seed: 1, batch: 3, customers },
  );
  expect(shrunk?.plan).toEqual({ seed: 1, batch: 3, customers: [7, 31], faultRate: 0.25 });
  expect(shrunk?.found.violations).toEqual(["order 12 is paid twice: 7 and 31"]);
});

it("what is not violated when it is played again is not shrunk", async () => {
  expect(await shrink(async () => outcome([]), { seed: 1, batch: 3, customers })).toBeUndefined();
});
