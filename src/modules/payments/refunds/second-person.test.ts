import { expect, it } from "vitest";
import { readSecondPerson } from "../../../config/second-person.js";
import { makeVariableReader } from "../../../config/variables.js";
import { limitIn } from "./second-person.js";

const read = (text?: string) => {
  const reader = makeVariableReader(text === undefined ? {} : { REFUND_NEEDS_SECOND_ABOVE: text });
  return { above: readSecondPerson(reader), problems: reader.problems.length };
};

it.each([
  [undefined, null, null],
  ["999999", null, null],
  ["0", 0, 0],
  ["20000", 20_000, 20_000],
  ["EUR=20000, JPY=999999", 20_000, null],
  // What is not named needs a second person always.
  ["EUR=20000", 20_000, 0],
])("%s: %s in EUR, %s in JPY", (text, eur, jpy) => {
  const { above, problems } = read(text);
  expect([limitIn(above, "EUR"), limitIn(above, "JPY"), problems]).toEqual([eur, jpy, 0]);
});

it.each(["-1", "200.00", "EUR", "EUR=", "EUR=1.5", "XXX=5", "EUR=5,", "eur=5", "constructor=5", "1e9"])(
  "%s is refused",
  (text) => {
    expect(read(text).problems).toBe(1);
  },
);
