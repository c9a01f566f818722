import { randomBytes } from "node:crypto";
import { describe, expect, test } from "vitest";
import { type EmailAddress, mailboxOf, readEmailAddress } from "../../kernel/email-address.js";
import { makeSealer } from "../../kernel/sealing.js";
import { makeLoginSecrets } from "./login-secrets.js";

const email = readEmailAddress("ada@example.com") as EmailAddress;
const other = readEmailAddress("bob@example.com") as EmailAddress;
type Change = { codeLength?: number; otpPepper?: string; cookieSecret?: string; indexKey?: string };
const make = (change: Change = {}) =>
  makeLoginSecrets({
    otpPepper: "pepper-of-the-test-that-is-long-enough",
    cookieSecret: "cookies-of-the-test-that-is-long-enough",
    indexKey: "index-key-of-the-test-that-is-long-enough",
    sealer: makeSealer([{ id: "k1", key: randomBytes(32) }]),
    codeLength: 6,
    ...change,
  });

describe.each([6, 7, 8])("codes of %d digits", (codeLength) => {
  const secrets = make({ codeLength });
  const codes = Array.from({ length: 10_000 }, secrets.makeCode);

  test("have that length, and begin with every digit", () => {
    for (const code of codes) expect(secrets.isCode(code)).toBe(true);
    expect(new Set(codes.map((code) => code[0])).size).toBe(10);
  });

  test("have digits that pass a chi-square test at p > 0.001 in every place", () => {
    for (let place = 0; place < codeLength; place += 1) {
      const counts = Array(10).fill(0);
      for (const code of codes) counts[Number(code[place])] += 1;
      const expected = codes.length / 10;
      const chiSquare = counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
      // 9 degrees of freedom; a fair generator passes all places of all lengths but once in 50,000 runs.
      expect(chiSquare).toBeLessThan(40);
    }
  });
});

test("a code is hashed for its e-mail, under a key that is not in the database", () => {
  const secrets = make();
  expect(secrets.hashCode(email, "012345")).toEqual(secrets.hashCode(email, "012345"));
  expect(secrets.hashCode(email, "012345")).not.toEqual(secrets.hashCode(other, "012345"));
  expect(secrets.hashCode(email, "012345")).not.toEqual(
    make({ otpPepper: "another-pepper-that-is-long-enough-000" }).hashCode(email, "012345"),
  );
});

test("a sealed code opens for its e-mail only", () => {
  const secrets = make();
  const sealed = secrets.sealCode(email, "012345");
  expect(secrets.openCode(email, sealed)).toBe("012345");
  expect(() => secrets.openCode(other, sealed)).toThrow();
});

test("challenges are 128 random bits, and only texts of that shape are hashed", () => {
  const secrets = make();
  const challenges = Array.from({ length: 1_000 }, secrets.makeChallenge);
  expect(new Set(challenges).size).toBe(1_000);
  for (const challenge of challenges) expect(secrets.hashChallenge(challenge)).toHaveLength(32);
  for (const text of ["", "short", `${challenges[0]}x`, "=".repeat(22), "a\n".repeat(11)]) {
    expect(secrets.hashChallenge(text)).toBeUndefined();
  }
});

test("a device token that was not made here is no device", () => {
  const secrets = make();
  const token = secrets.makeDevice();
  expect(secrets.hashDevice(token)).toHaveLength(32);
  expect(secrets.hashDevice(undefined)).toBeUndefined();
  expect(make({ cookieSecret: "another-secret-that-is-long-enough-00" }).hashDevice(token)).toBeUndefined();
  for (let index = 0; index < 42; index += 1) {
    const letter = token[index] === "A" ? "B" : "A";
    expect(secrets.hashDevice(token.slice(0, index) + letter + token.slice(index + 1))).toBeUndefined();
  }
});

describe("the alias of an address", () => {
  const aliasOf = (text: string, change: Change = {}) =>
    make(change).aliasOf(readEmailAddress(text) as EmailAddress);

  test("is the same again and tells nothing of the address", () => {
    expect(aliasOf("ada@example.com")).toBe(aliasOf(" Ada@Example.com"));
    expect(aliasOf("ada@example.com")).toMatch(/^[0-9a-f]{24}\+[0-9a-f]{24}@deleted\.invalid$/);
    expect(aliasOf("ada@example.com")).not.toBe(aliasOf("bob@example.com"));
  });

  test("needs the index key, and no key that rotates", () => {
    const otherKey = { indexKey: "another-index-key-of-the-test-long-enough" };
    const rotated = {
      otpPepper: "another-pepper-that-is-long-enough",
      cookieSecret: "another-cookie-secret-that-is",
    };
    expect(aliasOf("ada@example.com", otherKey)).not.toBe(aliasOf("ada@example.com"));
    expect(aliasOf("ada@example.com", rotated)).toBe(aliasOf("ada@example.com"));
  });

  test("is of one mailbox with those of its sub-addresses", () => {
    const mailbox = (text: string) => mailboxOf(aliasOf(text) as EmailAddress);
    expect(mailbox("ada+shop@example.com")).toBe(mailbox("ada@example.com"));
    expect(aliasOf("ada+shop@example.com")).not.toBe(aliasOf("ada@example.com"));
    expect(mailbox("bob+shop@example.com")).not.toBe(mailbox("ada@example.com"));
  });
});
