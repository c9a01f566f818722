import { randomUUID } from "node:crypto";
import { expect, test } from "vitest";
import { makeRefreshTokens } from "./refresh-token.js";

const tokens = makeRefreshTokens("cookies-of-the-test-that-is-long-enough");
const sid = randomUUID();

test("a token tells its session and generation back", () => {
  const first = tokens.first(sid);
  expect(tokens.read(first.text)).toEqual(first);
  expect(first).toMatchObject({ sid, generation: 0 });
});

test("every process derives the same child, and no other parent has it", () => {
  const first = tokens.first(sid);
  const elsewhere = makeRefreshTokens("cookies-of-the-test-that-is-long-enough");
  const child = tokens.childOf(first);
  expect(elsewhere.childOf(tokens.read(first.text) ?? first)).toEqual(child);
  expect(child.generation).toBe(1);
  expect(tokens.childOf(tokens.first(sid)).text).not.toBe(child.text);
  expect(tokens.hash(child)).not.toEqual(tokens.hash(first));
});

test("another key neither reads nor derives", () => {
  const first = tokens.first(sid);
  const other = makeRefreshTokens("another-secret-that-is-long-enough-00");
  expect(other.read(first.text)).toBeUndefined();
  expect(other.childOf(first).text).not.toBe(tokens.childOf(first).text);
});

test("what is not a token of this shape is not read", () => {
  const { text } = tokens.first(sid);
  for (const wrong of ["", "trr_", text.slice(4), `${text}A`, text.slice(0, -1), ` ${text}`, `${text}\n`]) {
    expect(tokens.read(wrong)).toBeUndefined();
  }
});
