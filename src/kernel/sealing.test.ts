import { randomBytes } from "node:crypto";
import { expect, test } from "vitest";
import { makeSealer } from "./sealing.js";

const old = { id: "k1", key: randomBytes(32) };
const fresh = { id: "k2", key: randomBytes(32) };

test("what was sealed opens for its purpose only", () => {
  const sealer = makeSealer([old]);
  const sealed = sealer.seal("login code", "012345");
  expect(sealed.includes("012345")).toBe(false);
  expect(sealer.open("login code", sealed)).toBe("012345");
  expect(() => sealer.open("something else", sealed)).toThrow();
});

test("after a rotation the old key still opens, and only the new one seals", () => {
  const sealed = makeSealer([old]).seal("p", "text");
  const rotated = makeSealer([fresh, old]);
  expect(rotated.open("p", sealed)).toBe("text");
  expect(() => makeSealer([old]).open("p", rotated.seal("p", "text"))).toThrow(/not configured/);
});

test("any changed bit and any cut is refused", () => {
  const sealer = makeSealer([old]);
  const sealed = sealer.seal("p", "text");
  for (let index = 0; index < sealed.length; index += 1) {
    const broken = Buffer.from(sealed);
    broken[index] = (broken[index] ?? 0) ^ 1;
    expect(() => sealer.open("p", broken)).toThrow();
    expect(() => sealer.open("p", sealed.subarray(0, index))).toThrow();
  }
});
