import { expect, test } from "vitest";
import { makeSessionCache } from "./session-cache.js";
import type { LiveSession } from "./session-types.js";

const state = (userId: number): LiveSession => ({
  id: userId,
  userId,
  email: `u${userId}@example.com`,
  name: null,
  role: null,
  operator: { session: "none", hasFactor: false, isShown: false, isFresh: false, isTouchDue: false },
  expiresAtMillis: Number.POSITIVE_INFINITY,
});

function setUp(options: { sizeMax?: number } = {}) {
  let now = 0;
  const loads: { sid: string; answer: (found: LiveSession | undefined) => void; fail: () => void }[] = [];
  const cache = makeSessionCache({
    load: (sid) =>
      new Promise((resolve, reject) => {
        loads.push({ sid, answer: resolve, fail: () => reject(new Error("no database")) });
      }),
    monotonicMillis: () => now,
    ...options,
  });
  return {
    cache,
    loads,
    pass: (millis: number) => {
      now += millis;
    },
  };
}

test("many requests with one unknown session make one query, and then none for 4 s", async () => {
  const { cache, loads, pass } = setUp();
  const waiting = Array.from({ length: 50 }, async () => cache.find("a"));
  expect(loads).toHaveLength(1);
  loads[0]?.answer(state(1));
  for (const found of await Promise.all(waiting)) expect(found?.userId).toBe(1);
  pass(3_999);
  expect(cache.find("a")).toEqual(state(1));
  pass(1);
  expect(cache.find("a")).toBeInstanceOf(Promise);
  expect(loads).toHaveLength(2);
});

test("age counts from the start of the query, for its answer is as old as that", async () => {
  const { cache, loads, pass } = setUp();
  const slow = cache.find("a");
  pass(3_000);
  loads[0]?.answer(state(1));
  await slow;
  pass(1_000);
  expect(cache.find("a")).toBeInstanceOf(Promise);
});

test("a session that is not alive is remembered as such", async () => {
  const { cache, loads } = setUp();
  const found = cache.find("a");
  loads[0]?.answer(undefined);
  expect(await found).toBeUndefined();
  expect(cache.find("a")).toBeUndefined();
  expect(loads).toHaveLength(1);
});

test("what is forgotten while it is being read is not kept", async () => {
  const { cache, loads } = setUp();
  const before = cache.find("a");
  cache.forget(["a"]);
  loads[0]?.answer(state(1));
  await before;
  expect(cache.find("a")).toBeInstanceOf(Promise);
  loads[1]?.answer(undefined);
  const other = cache.find("b");
  cache.forgetUser(2);
  loads[2]?.answer(state(2));
  await other;
  expect(cache.find("b")).toBeInstanceOf(Promise);
});

test("forgetting a person forgets all of their sessions and nobody else's", async () => {
  const { cache, loads } = setUp();
  for (const [index, sid] of ["a", "b", "c"].entries()) {
    const found = cache.find(sid);
    loads[index]?.answer(state(sid === "c" ? 2 : 1));
    await found;
  }
  cache.forgetUser(1);
  expect(cache.find("a")).toBeInstanceOf(Promise);
  expect(cache.find("b")).toBeInstanceOf(Promise);
  expect(cache.find("c")).toEqual(state(2));
});

test("a failed query is told to all who wait and is not remembered", async () => {
  const { cache, loads } = setUp();
  const both = Array.from({ length: 2 }, async () => cache.find("a"));
  loads[0]?.fail();
  for (const one of await Promise.allSettled(both)) expect(one.status).toBe("rejected");
  expect(cache.find("a")).toBeInstanceOf(Promise);
  expect(loads).toHaveLength(2);
  loads[1]?.answer(undefined);
});

test("it never holds more than its size", async () => {
  const { cache, loads } = setUp({ sizeMax: 10 });
  for (let index = 0; index < 100; index += 1) {
    const found = cache.find(`s${index}`);
    loads[index]?.answer(state(index));
    await found;
  }
  expect(cache.size()).toBe(10);
  expect(cache.find("s99")).toEqual(state(99));
});
