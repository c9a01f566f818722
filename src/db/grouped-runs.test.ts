import { expect, it } from "vitest";
import { groupRuns } from "./grouped-runs.js";

it("callers of one turn, and those that come while one is under way, share a run; each gets its own result", async () => {
  const groups: number[][] = [];
  const later: Promise<number>[] = [];
  const double = groupRuns<number, number>(async (items) => {
    groups.push([...items]);
    if (groups.length === 1) later.push(double(7), double(8));
    return items.map((item) => 2 * item);
  });
  expect(await Promise.all([double(1), double(2)])).toEqual([2, 4]);
  expect(await Promise.all(later)).toEqual([14, 16]);
  expect(await double(9)).toBe(18);
  expect(groups).toEqual([[1, 2], [7, 8], [9]]);
});

it("of a group that fails, those alone fail that fail by themselves", async () => {
  const flaky = groupRuns<string, string>(async (items) => {
    if (items.includes("bad")) throw new Error("refused");
    return items;
  });
  const [good, bad] = await Promise.allSettled([flaky("good"), flaky("bad")]);
  expect([good?.status, bad?.status]).toEqual(["fulfilled", "rejected"]);
  expect(await flaky("next")).toBe("next");
});
