import { expect, test } from "vitest";
import { appErrorOf } from "../../http/error-of.js";
import { makeAskingBudget } from "./asking-budget.js";

test("twenty asks about one order in a minute, then 429 until the first of them is a minute old; others are free", () => {
  let now = 1_000_000;
  const ask = makeAskingBudget(() => now);
  const refusalOf = (orderId: number) => {
    try {
      ask(orderId);
      return undefined;
    } catch (error) {
      const { code, headers } = appErrorOf(error);
      return [code, headers?.["retry-after"]];
    }
  };
  for (let index = 0; index < 20; index += 1) {
    expect(refusalOf(1)).toBeUndefined();
    now += 1_000;
  }
  expect(refusalOf(1)).toEqual(["rate_limited", "40"]);
  expect(refusalOf(2)).toBeUndefined();
  now += 39_999;
  expect(refusalOf(1)).toEqual(["rate_limited", "1"]);
  now += 1;
  expect(refusalOf(1)).toBeUndefined();
  expect(refusalOf(1)).toEqual(["rate_limited", "1"]);
});
