import { expect, it } from "vitest";
import { makeSampler } from "./sampler.js";

it("gives a flood its beginning, its size, and no more lines; each kind for itself", () => {
  let nowMillis = 0;
  const sample = makeSampler({ nowMillis: () => nowMillis });
  const flood = (kind: string, times: number) => Array.from({ length: times }, () => sample(kind));
  const lines = flood("a", 1_000).filter((skipped) => skipped !== undefined);
  expect(lines).toEqual(Array.from({ length: 20 }, () => 0));
  expect(sample("b")).toBe(0);
  nowMillis += 60_000;
  expect(flood("a", 3)).toEqual([980, 0, 0]);
});
