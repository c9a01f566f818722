import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decodedPng } from "../../../../tests/support/decode-qr.js";
import {
  type ActivationCode,
  qrPayload,
  readActivationCode,
  writeActivationCode,
} from "./activation-code.js";
import { volumeFromBytes, volumeFromMegabytes, volumeText } from "./data-volume.js";
import { maskedForLog, readEid, withEidCheckDigits } from "./eid.js";
import {
  decodeEfIccid,
  encodeEfIccid,
  iccidSearchCandidates,
  isIccidMatch,
  readSupplierIccid,
} from "./iccid.js";
import { type GivenInstallData, readInstallData } from "./install-data.js";
import { installLinks, passInstallLink, qrPayloadOfLink } from "./install-links.js";
import { e118Iccid, isLocalIccid, seedIccid } from "./local-iccid.js";
import { isLuhnValid, luhnDigit } from "./luhn.js";
import { purchaseReference } from "./purchase-reference.js";
import { qrPng } from "./qr.js";
import {
  isSameAmount,
  moneyFromDecimal,
  moneyFromTenThousandths,
  tenThousandthsOf,
} from "./supplier-amount.js";

const digits = (length: number) => fc.stringMatching(new RegExp(`^[0-9]{${length}}$`));
const label = fc.stringMatching(/^[a-z][a-z0-9]{0,8}(-[a-z0-9]{1,4})?$/);
const host = fc.array(label, { minLength: 2, maxLength: 4 }).map((labels) => labels.join("."));
const token = fc.stringMatching(/^([0-9A-Z]{1,8}(-[0-9A-Z]{1,8}){0,4})?$/);
const oid = fc.option(fc.constantFrom("1.3.6.1.4.1.31746", "2.999.0", "0.4"), { nil: null });
const activationCode: fc.Arbitrary<ActivationCode> = fc.record({
  smdpAddress: host,
  matchingId: token,
  oid,
  isConfirmationCodeRequired: fc.boolean(),
});

describe("activation codes", () => {
  test("reading what was written gives the same code, without warnings, in both modes", () => {
    fc.assert(
      fc.property(activationCode, fc.constantFrom("strict", "supplier"), (code, mode) => {
        for (const text of [
          writeActivationCode(code),
          qrPayload(code),
          `\ufeff "lpa:${writeActivationCode(code)}"\n`,
        ]) {
          expect(readActivationCode(text, mode)).toMatchObject({
            valid: true,
            code,
            canonical: qrPayload(code),
            warnings: [],
          });
        }
      }),
    );
  });

  test("no value makes the reader throw, and what it accepts it can write", () => {
    const parts = fc.array(fc.constantFrom("1", "$", "LPA:", "a.bc", "T", " ", "1.3", "0", "http://", "é"));
    const anything = fc.oneof(
      fc.anything(),
      parts.map((list) => list.join("")),
      fc.string(),
    );
    fc.assert(
      fc.property(anything, fc.constantFrom("strict", "supplier"), (value, mode) => {
        const reading = readActivationCode(value, mode);
        if (!reading.valid) return;
        expect(readActivationCode(reading.canonical, "strict")).toMatchObject({
          valid: true,
          code: reading.code,
        });
        expect(reading.code.matchingId).not.toContain("$");
      }),
      { numRuns: 1000 },
    );
  });

  test("the supplier mode accepts everything that the strict mode accepts, with the same meaning", () => {
    const fields = fc.array(fc.constantFrom("1", "a.example", "T-1", "1.3", "", "0", "2", "x"), {
      maxLength: 7,
    });
    fc.assert(
      fc.property(fields, (list) => {
        const strict = readActivationCode(list.join("$"), "strict");
        if (strict.valid) expect(readActivationCode(list.join("$"), "supplier")).toEqual(strict);
      }),
    );
  });

  test("a writer refuses parts that would change the number of fields", () => {
    const code = {
      smdpAddress: "a.example",
      matchingId: "A$B",
      oid: null,
      isConfirmationCodeRequired: false,
    };
    expect(() => writeActivationCode(code)).toThrow(RangeError);
  });
});

describe("ICCIDs", () => {
  test("a single wrong digit is noticed by Luhn, and the text is kept all the same", () => {
    fc.assert(
      fc.property(digits(16), fc.nat(18), fc.integer({ min: 1, max: 9 }), (payload, position, shift) => {
        const good = `89${payload}${luhnDigit(`89${payload}`)}`;
        expect(isLuhnValid(good)).toBe(true);
        const wrong = [...good];
        wrong[position] = String((Number(wrong[position]) + shift) % 10);
        expect(isLuhnValid(wrong.join(""))).toBe(false);
        expect(readSupplierIccid(wrong.join(""))).toMatchObject({ accepted: true, iccid: wrong.join("") });
      }),
    );
  });

  test("ten bytes and back give the same digits", () => {
    fc.assert(
      fc.property(fc.stringMatching(/^89[0-9]{16,18}$/), (iccid) => {
        expect(decodeEfIccid(encodeEfIccid(iccid))).toBe(iccid);
      }),
    );
    expect(() => decodeEfIccid("98 99 99 19 00 00 00 00 00")).toThrow(RangeError);
  });

  test("a search finds a number with and without its check digit, and never its neighbour", () => {
    fc.assert(
      fc.property(digits(16), (payload) => {
        const stored = `89${payload}${luhnDigit(`89${payload}`)}`;
        for (const query of [
          stored,
          stored.slice(0, -1),
          `${stored}0`,
          ` ${stored.slice(0, 4)}-${stored.slice(4)} `,
        ]) {
          expect(isIccidMatch(query, stored)).toBe(true);
        }
        const next = (BigInt(`89${payload}`) + 1n).toString();
        expect(isIccidMatch(next + luhnDigit(next), stored)).toBe(false);
      }),
    );
    expect(iccidSearchCandidates("name@example.com")).toEqual([]);
  });

  test("the local formats write what they recognise, and only their own", () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[0-9a-f]{17}$/), fc.bigInt(0n, 99_999_999_999n), (hex, serial) => {
        expect(isLocalIccid(seedIccid(hex), "seed")).toBe(true);
        expect(isLocalIccid(e118Iccid(serial), "e118")).toBe(true);
        expect(isLocalIccid(e118Iccid(serial), "seed")).toBe(false);
        expect(readSupplierIccid(seedIccid(hex))).toMatchObject({ iccid: seedIccid(hex) });
        expect(readSupplierIccid(e118Iccid(serial))).toMatchObject({ warnings: [] });
      }),
    );
    expect(() => e118Iccid(100_000_000_000n)).toThrow(RangeError);
  });
});

describe("EIDs", () => {
  test("check digits make every payload valid and any other pair invalid", () => {
    fc.assert(
      fc.property(digits(30), fc.integer({ min: 1, max: 96 }), (payload, shift) => {
        const eid = withEidCheckDigits(payload);
        expect(readEid(eid)).toEqual({ valid: true, eid });
        const other = String((Number(eid.slice(30)) + shift) % 97).padStart(2, "0");
        if (other !== eid.slice(30)) expect(readEid(payload + other).valid && other !== "00").toBe(false);
      }),
    );
  });

  test("a masked value shows at most six characters, a short one none", () => {
    expect(maskedForLog("490154203237518")).toBe("49…7518");
    expect(maskedForLog("12345678")).toBe("…");
  });
});

describe("install links", () => {
  test("a link carries the code unchanged, raw and percent-encoded", () => {
    fc.assert(
      fc.property(activationCode.map(qrPayload), (payload) => {
        const links = installLinks(payload);
        expect(qrPayloadOfLink(links.apple)).toBe(payload);
        expect(qrPayloadOfLink(links.android.replace(payload, encodeURIComponent(payload)))).toBe(payload);
        expect(passInstallLink(links.apple, "apple")).toBe(links.apple);
        expect(passInstallLink(links.apple, "android")).toBeNull();
      }),
    );
  });

  test.each([
    "http://esimsetup.apple.com/esim_qrcode_provisioning?carddata=LPA:1$a.example$T",
    "https://esimsetup.apple.com.example/esim_qrcode_provisioning?carddata=LPA:1$a.example$T",
    "https://esimsetup.apple.com@evil.example/?carddata=LPA:1$a.example$T",
    "https://constructor/?carddata=LPA:1$a.example$T",
    "javascript:alert(1)",
    "",
  ])("a supplier cannot bring another address onto the customer's page: %s", (link) => {
    expect(passInstallLink(link, "apple")).toBeNull();
    expect(qrPayloadOfLink(link)).toBeNull();
  });
});

describe("QR symbols", () => {
  test("an independent decoder reads every code back byte for byte", () => {
    fc.assert(
      fc.property(activationCode.map(qrPayload), fc.integer({ min: 3, max: 10 }), (payload, modulePixels) => {
        expect(decodedPng(qrPng(payload, modulePixels))).toBe(payload);
      }),
      { numRuns: 30 },
    );
  });
});

describe("install data", () => {
  const given: GivenInstallData = {
    supplierReference: "42",
    code: "LPA:1$rsp.example.com$AbC-1",
    smdpAddress: "rsp.example.com",
    matchingId: "AbC-1",
    confirmationCode: null,
    iccid: "8944465400003573253",
  };
  const dataOf = (change: Partial<GivenInstallData>) => {
    const reading = readInstallData({ ...given, ...change });
    if (!reading.ok) throw new Error(reading.problem);
    return reading.data;
  };

  test("a supplier's token keeps its case and a failing check digit is only a warning", () => {
    expect(dataOf({})).toMatchObject({
      matchingId: "AbC-1",
      qrPayload: given.code,
      iccid: given.iccid,
      warnings: ["lowercase_token", "luhn_failed"],
    });
  });

  test.each([
    ["LPA:2$rsp.example.com$SECRET", "unsupported_format"],
    ["not a code", "not_an_activation_code"],
    ["LPA:1$rsp .example.com$SECRET", "bad_host"],
    ["1$x$SECRET", "bad_host"],
  ])("a full code that cannot be read is a problem, however good the parts beside it: %s", (code, reason) => {
    for (const parts of [{}, { smdpAddress: null }]) {
      const reading = readInstallData({ ...given, ...parts, code });
      expect(reading).toEqual({ ok: false, problem: `the activation code is not installable: ${reason}` });
    }
  });

  test("where a supplier sends parts only, the code is made of them", () => {
    expect(dataOf({ code: null })).toMatchObject({ qrPayload: given.code, activationCodeText: given.code });
    expect(dataOf({ matchingId: "other" }).warnings).toContain("parts_differ");
  });

  test("a link whose code no phone can read is not passed on", () => {
    const link = "https://esimsetup.apple.com/esim_qrcode_provisioning?carddata=LPA:";
    expect(dataOf({ appleLink: `${link}1$rsp.example.com$AbC-1` }).installLinks?.apple).toContain("AbC-1");
    const data = dataOf({ appleLink: `${link}2$rsp.example.com$AbC-1` });
    expect(data.installLinks).toBeNull();
    expect(data.warnings).toContain("apple_link_unreadable");
  });

  test("an ICCID of no known shape does not lose the eSIM", () => {
    expect(dataOf({ iccid: "12345" })).toMatchObject({ iccid: null, iccidAsGiven: "12345" });
    expect(dataOf({ iccid: "12345" }).warnings).toContain("iccid_shape");
  });

  test("later fields of SGP.22 version 3 reach the phone", () => {
    const data = dataOf({ code: "lpa:1$rsp.example.com$T$$1$04" });
    expect(data.qrPayload).toBe("LPA:1$rsp.example.com$T$$1$04");
    expect(data.activationCodeText).toBe("lpa:1$rsp.example.com$T$$1$04");
    expect(dataOf({ code: "1$rsp.example.com$T$$$$" }).qrPayload).toBe("LPA:1$rsp.example.com$T");
  });

  test("a confirmation code is delivered exactly as it was given", () => {
    expect(dataOf({ confirmationCode: "0042" }).confirmationCode).toBe("0042");
    expect(dataOf({ confirmationCode: "" }).confirmationCode).toBeNull();
    expect(dataOf({ confirmationCode: "né" }).warnings).toContain("odd_confirmation_code");
  });
});

describe("amounts and volumes", () => {
  test("every number of cents survives text, ten-thousandths and back", () => {
    fc.assert(
      fc.property(fc.integer({ min: -1_000_000_000, max: 1_000_000_000 }), (minor) => {
        const text = `${minor < 0 ? "-" : ""}${Math.trunc(Math.abs(minor) / 100)}.${String(Math.abs(minor) % 100).padStart(2, "0")}`;
        const money = moneyFromDecimal(text, "USD");
        if (!money) throw new Error(text);
        expect(money.amountMinor).toBe(minor);
        const scaled = tenThousandthsOf(money);
        expect(scaled).toBe(String(minor * 100));
        expect(moneyFromTenThousandths(scaled ?? "", "USD")).toEqual(money);
      }),
    );
  });

  test.each([
    ["4.35", "4.35", 435],
    ["3.50", "3.5", 350],
    ["1.15e1", "11.5", 1150],
    ["2E2", "200", 20_000],
    ["0.005", "0.005", null],
    ["-0.00", "0", 0],
  ])("%s USD is %s", (text, amountText, amountMinor) => {
    expect(moneyFromDecimal(text, "usd")).toEqual({ amountText, currency: "USD", amountMinor });
  });

  test("what is no amount is null and equal amounts are equal however they are written", () => {
    for (const text of ["", "1,5", "NaN", "0x10", "1.", ".5", "1e999"])
      expect(moneyFromDecimal(text, "USD")).toBeNull();
    expect(moneyFromDecimal("1", "XXX")).toBeNull();
    const usd = { currency: "USD", amountMinor: 350 };
    expect(isSameAmount({ ...usd, amountText: "3.50" }, { ...usd, amountText: "3.5" })).toBe(true);
    expect(isSameAmount({ ...usd, amountText: "3.50" }, { ...usd, amountText: "3.51" })).toBe(false);
  });

  test("volumes are exact and show as they were sold", () => {
    expect(volumeFromMegabytes("0.5", 1024)).toEqual({ bytes: 524_288n, base: 1024 });
    expect(volumeFromBytes("-1", 1000)).toBeNull();
    expect(volumeText({ bytes: 10_000_000_000n, base: 1000 })).toBe("10 GB");
    expect(volumeText({ bytes: 50n * 1024n ** 2n, base: 1024 })).toBe("50 MB");
    expect(volumeText({ bytes: 9_007_199_254_740_993_000n, base: 1000 })).toBe("9007199254.74 GB");
  });
});

test("a purchase reference is the order's own and fits every supplier", () => {
  expect(purchaseReference("TRB-4F7K2M9Q", 2)).toBe("TRB-4F7K2M9Q-2");
  expect(() => purchaseReference("x".repeat(49), 1)).toThrow(RangeError);
  expect(() => purchaseReference("TRB 1", 1)).toThrow(RangeError);
  expect(() => purchaseReference("TRB", 0)).toThrow(RangeError);
});
