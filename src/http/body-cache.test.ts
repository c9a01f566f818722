import { expect, test } from "vitest";
import { makeBodyCache } from "./body-cache.js";

function setUp(entriesMax = 10) {
  let now = 0;
  let made = 0;
  const cache = makeBodyCache({ ttlMillis: 1_000, entriesMax, clock: { nowMillis: () => now } });
  const make = async () => {
    made += 1;
    return made;
  };
  const get = async (key: string) => Number(String((await cache.get(key, make)).plain));
  return { cache, get, pass: (millis: number) => (now += millis), make };
}

test("callers within the time share one answer, also while it is being made", async () => {
  const { get, pass } = setUp();
  expect(await Promise.all([get("a"), get("a"), get("a")])).toEqual([1, 1, 1]);
  pass(999);
  expect(await get("a")).toBe(1);
  pass(1);
  expect(await get("a")).toBe(2);
});

test("a clock that jumps back does not keep an answer for ever", async () => {
  const { get, pass } = setUp();
  await get("a");
  pass(-60_000);
  expect(await get("a")).toBe(2);
});

test("clearing forgets everything, also what is being made", async () => {
  const { cache, get } = setUp();
  const before = get("a");
  cache.clear();
  expect(await get("a")).toBe(2);
  expect(await before).toBe(1);
});

test("a failure is not kept", async () => {
  const { cache, get } = setUp();
  await expect(cache.get("a", async () => Promise.reject(new Error("down")))).rejects.toThrow("down");
  expect(await get("a")).toBe(1);
});

test("holds no more entries than it may", async () => {
  const { get } = setUp(2);
  await get("a");
  await get("b");
  await get("c");
  expect([await get("c"), await get("b"), await get("a")]).toEqual([3, 2, 4]);
});
