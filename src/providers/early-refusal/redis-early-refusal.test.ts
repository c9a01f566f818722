import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { eventually } from "../../../tests/support/eventually.js";
import { hasRedis, startRedis, type TestRedis } from "../../../tests/support/redis.js";
import { makeNoEarlyRefusal } from "./no-early-refusal.js";
import type { EarlyRefusal } from "./port.js";
import { makeRedisEarlyRefusal } from "./redis-early-refusal.js";

test("without Redis there is no early no", async () => {
  const none = makeNoEarlyRefusal();
  none.remember("a", { limit: "codes_per_minute", retrySeconds: 60 });
  expect(await none.ask(["a"])).toBeUndefined();
  expect(none.state()).toBe("off");
  await none.forgetAll();
  await none.close();
});

describe.skipIf(!hasRedis)("with Redis", () => {
  let redis: TestRedis;
  let early: EarlyRefusal;
  const troubles: Error[] = [];
  beforeAll(async () => {
    redis = await startRedis();
    early = makeRedisEarlyRefusal({
      url: redis.url,
      prefix: "test:",
      onTrouble: (error) => troubles.push(error),
    });
    await eventually(() => early.state() === "up");
  });
  afterAll(async () => {
    await early.close();
    await redis.stop();
  });
  afterEach(() => redis.client.flushall());

  /** remember does not wait; the next question on the same connection comes after it. */
  const kept = (key: string) => eventually(() => redis.client.exists(`test:${key}`));

  test("what was refused is refused again, the longest of several keys first", async () => {
    early.remember("a", { limit: "codes_per_address", retrySeconds: 60 });
    early.remember("b", { limit: "codes_per_email", retrySeconds: 600 });
    await kept("b");
    expect(await early.ask(["a", "b", "c"])).toMatchObject({ limit: "codes_per_email" });
    const found = await early.ask(["a", "c"]);
    expect(found?.retrySeconds).toBeLessThanOrEqual(60);
    expect(found?.retrySeconds).toBeGreaterThan(55);
    expect(await early.ask(["c"])).toBeUndefined();
  });

  test("a refusal ends by itself", async () => {
    early.remember("a", { limit: "codes_per_minute", retrySeconds: 60 });
    await kept("a");
    expect(await redis.client.pttl("test:a")).toBeLessThanOrEqual(60_000);
    await redis.client.pexpire("test:a", 1);
    await eventually(async () => (await early.ask(["a"])) === undefined);
  });

  test("where it doubles, every question doubles the wait, to 15 minutes, ending with the window", async () => {
    early.remember("a", { limit: "codes_per_minute", retrySeconds: 50, doublesForSeconds: 86_400 });
    await kept("a");
    const waits: number[] = [];
    for (let index = 0; index < 7; index += 1) waits.push((await early.ask(["a"]))?.retrySeconds ?? 0);
    expect(waits).toEqual([100, 200, 400, 800, 900, 900, 900]);
    early.remember("b", { limit: "codes_per_minute", retrySeconds: 50, doublesForSeconds: 120 });
    await kept("b");
    for (let index = 0; index < 5; index += 1) await early.ask(["b"]);
    expect((await early.ask(["b"]))?.retrySeconds).toBeLessThanOrEqual(120);
  });

  test("a long wait that doubles is not shortened by its cap", async () => {
    early.remember("a", { limit: "codes_per_day", retrySeconds: 40_000, doublesForSeconds: 80_000 });
    await kept("a");
    for (let index = 0; index < 3; index += 1) {
      expect((await early.ask(["a"]))?.retrySeconds).toBeGreaterThan(39_900);
    }
  });

  test("100 questions at once are one after the other", async () => {
    early.remember("a", { limit: "codes_per_minute", retrySeconds: 1, doublesForSeconds: 86_400 });
    await kept("a");
    const answers = await Promise.all(Array.from({ length: 8 }, () => early.ask(["a"])));
    expect(answers.map((one) => one?.retrySeconds).sort((a = 0, b = 0) => a - b)).toEqual([
      2, 4, 8, 16, 32, 64, 128, 256,
    ]);
  });

  test("an operator's lift forgets all of it", async () => {
    for (const key of ["a", "b", "c"]) early.remember(key, { limit: "codes_per_email", retrySeconds: 60 });
    await kept("c");
    await redis.client.set("other:key", "stays");
    await early.forgetAll();
    expect(await early.ask(["a", "b", "c"])).toBeUndefined();
    expect(await redis.client.get("other:key")).toBe("stays");
  });

  test("rubbish under a key is no refusal", async () => {
    await redis.client.set("test:a", "rubbish");
    await redis.client.set("test:b", "x|999999999999999|1|notanumber");
    expect(await early.ask(["a", "b"])).toBeUndefined();
  });

  test("a Redis that stands still costs one time-out, and then nothing until it is tried again", async () => {
    early.remember("a", { limit: "codes_per_minute", retrySeconds: 60 });
    await kept("a");
    troubles.length = 0;
    await redis.client.call("CLIENT", "PAUSE", "400", "ALL");
    expect(await early.ask(["a"])).toBeUndefined();
    expect(troubles.length).toBeGreaterThan(0);
    // The quickest of several: another program may have had the processor meanwhile.
    const millis: number[] = [];
    for (let time = 0; time < 3; time += 1) {
      const started = performance.now();
      expect(await early.ask(["a"])).toBeUndefined();
      millis.push(performance.now() - started);
    }
    expect(Math.min(...millis)).toBeLessThan(40);
    await eventually(async () => (await early.ask(["a"])) !== undefined);
  });

  test("a Redis that is not there is no trouble for the caller", async () => {
    const lost = makeRedisEarlyRefusal({ url: "redis://127.0.0.1:1", onTrouble: () => {} });
    lost.remember("a", { limit: "codes_per_minute", retrySeconds: 60 });
    expect(await lost.ask(["a"])).toBeUndefined();
    expect(lost.state()).toBe("down");
    await lost.close();
  });
});
