import { describe, expect, it } from "vitest";
import { loadConfig } from "../../config/config.js";
import type { Queryable, Result } from "../../db/database.js";
import { makeCurrentSetting } from "./current-setting.js";

const NAME = "order_ttl_minutes";
const rowsOf = (value: unknown) => [{ name: NAME, value, version: 1, changed_at: "", changed_by: "" }];

/** A process whose clock and database the test has in hand. */
function makeProcess() {
  const state = { millis: 0, reads: 0, read: async (): Promise<unknown> => 60 };
  const db = {
    run: async () => {
      state.reads += 1;
      return { rows: rowsOf(await state.read()), count: 1 } as Result<unknown>;
    },
  } as Queryable;
  const defaults = loadConfig({ ENVIRONMENT: "test" }).settings;
  const log = { warn: () => undefined };
  const { current, forget } = makeCurrentSetting({ db, defaults, log, monotonicMillis: () => state.millis });
  return { state, forget, current: async () => current(NAME) };
}

describe("what a process knows of the settings", () => {
  it("is at most 3 s old, and read once for all uses in between", async () => {
    const { state, current } = makeProcess();
    expect(await Promise.all([current(), current(), current()])).toEqual([60, 60, 60]);
    state.read = async () => 30;
    state.millis = 2_999;
    expect([await current(), state.reads]).toEqual([60, 1]);
    state.millis = 3_000;
    expect([await current(), state.reads]).toEqual([30, 2]);
  });

  it("is as old as the beginning of its reading", async () => {
    const { state, current } = makeProcess();
    state.read = async () => {
      state.millis += 2_000;
      return 60;
    };
    await current();
    state.millis = 3_000;
    await current();
    expect(state.reads).toBe(2);
  });

  it("stays while the database cannot be reached, and is asked for again a second later", async () => {
    const { state, current } = makeProcess();
    state.read = async () => 30;
    await current();
    state.read = () => Promise.reject(new Error("down"));
    state.millis = 10_000;
    expect([await current(), await current(), state.reads]).toEqual([30, 30, 2]);
    state.read = async () => 45;
    state.millis = 11_000;
    expect(await current()).toBe(45);
  });

  it("is nothing before the database was reached", async () => {
    const { state, current } = makeProcess();
    state.read = () => Promise.reject(new Error("down"));
    await expect(current()).rejects.toThrow("down");
  });

  it("is read anew after a change here, whatever a reading that began before brings", async () => {
    const { state, current, forget } = makeProcess();
    let finish: (value: number) => void = () => undefined;
    state.read = () =>
      new Promise((resolve) => {
        finish = resolve;
      });
    const early = current();
    forget();
    state.read = async () => 30;
    expect(await current()).toBe(30);
    finish(60);
    await early;
    expect(await current()).toBe(30);
  });

  it.each([0, 10_081, 1.5, "30", null])("is the environment's where %j is stored", async (stored) => {
    const { state, current } = makeProcess();
    state.read = async () => stored;
    expect(await current()).toBe(60);
  });
});
