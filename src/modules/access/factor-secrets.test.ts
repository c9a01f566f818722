import { randomBytes } from "node:crypto";
import { Secret } from "otpauth";
import { describe, expect, it } from "vitest";
import { makeSealer } from "../../kernel/sealing.js";
import { makeFactorSecrets } from "./factor-secrets.js";

const sealer = makeSealer([{ id: "k1", key: randomBytes(32) }]);
const secrets = makeFactorSecrets({ sealer, pepper: "a pepper of this test" });

describe("codes of an app", () => {
  const rfc = Secret.fromUTF8("12345678901234567890").base32;

  // RFC 6238, appendix B; the last six of its eight digits.
  it.each([
    [59, "287082"],
    [1_111_111_109, "081804"],
    [1_111_111_111, "050471"],
    [1_234_567_890, "005924"],
    [2_000_000_000, "279037"],
    [20_000_000_000, "353130"],
  ])("at %i s it is %s, one step before and after too, and no further", (at, code) => {
    const step = Math.floor(at / 30);
    for (const off of [-30, 0, 30]) expect(secrets.stepOf(rfc, code, at + off)).toBe(step);
    for (const off of [-90, -60, 60, 90]) expect(secrets.stepOf(rfc, code, at + off)).toBeUndefined();
  });

  it("a secret has 160 random bits and no two are alike; it opens for its person alone", () => {
    const made = Array.from({ length: 200 }, secrets.makeSecret);
    expect(new Set(made).size).toBe(200);
    for (const secret of made) expect(secret).toMatch(/^[A-Z2-7]{32}$/);
    const [secret = ""] = made;
    const sealed = secrets.seal(7, secret);
    expect(secrets.open(7, sealed)).toBe(secret);
    expect(() => secrets.open(8, sealed)).toThrow();
    expect(sealed.toString("latin1")).not.toContain(secret);
  });

  it.each(["1234567", "12345", "12345a", "１２３４５６", " 123456", ""])("%j is no code", (text) => {
    expect(secrets.isCode(text)).toBe(false);
  });
});

describe("recovery codes", () => {
  it("are ten, all different, of letters that nobody confuses, each as likely as another", () => {
    const seen = new Map<string, number>();
    for (let round = 0; round < 300; round += 1) {
      const codes = secrets.makeRecoveryCodes();
      expect(new Set(codes).size).toBe(10);
      for (const code of codes) {
        expect(code).toMatch(/^[a-hjkmnp-z2-9]{5}-[a-hjkmnp-z2-9]{5}$/);
        for (const letter of code.replace("-", "")) seen.set(letter, (seen.get(letter) ?? 0) + 1);
      }
    }
    const expected = (300 * 10 * 10) / 31;
    const chiSquare = [...seen.values()].reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
    expect(seen.size).toBe(31);
    // 30 degrees of freedom, p = 0.0001.
    expect(chiSquare).toBeLessThan(66.6);
  });

  it("have one hash in any spelling, another for another person, and none when they cannot be one", () => {
    const [code = ""] = secrets.makeRecoveryCodes();
    const hash = secrets.hashRecoveryCode(7, code);
    expect(secrets.hashRecoveryCode(7, code.toUpperCase().replace("-", ""))).toEqual(hash);
    expect(secrets.hashRecoveryCode(8, code)).not.toEqual(hash);
    for (const text of ["", "123456", "abcde", "abcde-fghi", "abcde-fghi1", "abcde-fghij-k"]) {
      expect(secrets.hashRecoveryCode(7, text)).toBeUndefined();
    }
  });
});
