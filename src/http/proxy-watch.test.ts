import { beforeEach, expect, it } from "vitest";
import { FORWARDING_DOUBTS, type ForwardingDoubt, makeProxyWatch, type ProxyWatch } from "./proxy-watch.js";

const MINUTE = 60_000;
let nowMillis = 0;
let said: string[] = [];
let counted: ForwardingDoubt[] = [];
let watch: ProxyWatch;
beforeEach(() => {
  nowMillis = 1_000_000;
  said = [];
  counted = [];
  watch = makeProxyWatch({
    clock: { nowMillis: () => nowMillis },
    onDoubt: (doubt) => counted.push(doubt),
    warn: (message) => said.push(message),
  });
});

const people = (count: number, network = "203.0.113.9", from = 0): void => {
  for (let index = from; index < from + count; index += 1) watch.sawPerson(network, `p${index}@example.com`);
};

it("says each doubt once an hour, counts every one, and shows the recent ones", () => {
  for (let index = 0; index < 5; index += 1) watch.doubt("trust_unset");
  watch.doubt("header_missing");
  expect(said).toEqual([FORWARDING_DOUBTS.trust_unset, FORWARDING_DOUBTS.header_missing]);
  expect(counted).toHaveLength(6);
  expect(Object.keys(watch.troubles())).toEqual([
    "client_address.trust_unset",
    "client_address.header_missing",
  ]);
  nowMillis += 11 * MINUTE;
  expect(watch.troubles()).toEqual({});
  watch.doubt("trust_unset");
  expect(said).toHaveLength(2);
  nowMillis += 61 * MINUTE;
  watch.doubt("trust_unset");
  expect(said).toHaveLength(3);
});

it("notices many people behind one address, and not one who tries again, nor the same number elsewhere", () => {
  for (let round = 0; round < 30; round += 1) people(1);
  for (let place = 0; place < 30; place += 1) people(1, `198.51.100.${place}`, place);
  people(8, "203.0.113.9", 1);
  expect(counted).toEqual([]);
  people(1, "203.0.113.9", 9);
  expect(counted).toEqual(["many_people"]);
});

it("does not count people of the hour before", () => {
  people(9);
  nowMillis += 60 * MINUTE;
  people(9, "203.0.113.9", 9);
  expect(counted).toEqual([]);
});

it("keeps a bounded number of addresses, those that were seen last", () => {
  people(9);
  for (let place = 0; place < 2_000; place += 1) {
    watch.sawPerson(`place ${place}`, "a@example.com");
    if (place % 500 === 0) people(1);
  }
  people(1, "203.0.113.9", 9);
  expect(counted).toEqual(["many_people"]);
});
