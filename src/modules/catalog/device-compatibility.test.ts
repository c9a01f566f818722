import { randomUUID } from "node:crypto";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { makeDeviceCompatibility } from "./device-compatibility.js";
import { readDeviceData } from "./device-data.js";

const compatibility = makeDeviceCompatibility(readDeviceData(null));

const android = (model: string): string =>
  `Mozilla/5.0 (Linux; Android 14; ${model}) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Mobile Safari/537.36`;
const iphone = (version: string): string =>
  `Mozilla/5.0 (iPhone; CPU iPhone OS ${version} like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1`;

describe("the verdict", () => {
  const table: [string, string][] = [
    [iphone("17_5"), "likely_compatible"],
    [iphone("18_6_2"), "likely_compatible"],
    [iphone("26_0"), "likely_compatible"],
    [iphone("16_7"), "unknown"],
    [iphone("12_0"), "unknown"],
    [iphone("10_3_1"), "likely_incompatible"],
    ["Instagram 339.0 (iPhone15,3; iOS 16_5; en_US; en; scale=3.00)", "likely_compatible"],
    ["Instagram 339.0 (iPhone10,6; iOS 16_5; en_US; en; scale=3.00)", "likely_incompatible"],
    ["Mozilla/5.0 (iPad; CPU OS 17_5 like Mac OS X) AppleWebKit/605.1.15", "unknown"],
    [android("Pixel 8 Pro"), "likely_compatible"],
    [android("Pixel 10"), "likely_compatible"],
    [android("Pixel 10 Pro Fold"), "likely_compatible"],
    [android("Pixel 4a (5G)"), "likely_compatible"],
    [android("Pixel 3a"), "unknown"],
    [android("Pixel"), "likely_incompatible"],
    [android("SM-S928B"), "likely_compatible"],
    [android("SAMSUNG SM-S918B"), "likely_compatible"],
    [android("SM-S938U1 Build/AP3A.240905.015"), "likely_compatible"],
    [android("SM-S9280"), "unknown"],
    [android("SM-G991U"), "unknown"],
    [android("SM-G991B"), "likely_compatible"],
    [android("SM-F956B"), "likely_compatible"],
    [android("SM-F926N"), "unknown"],
    [android("SM-G973F"), "likely_incompatible"],
    [android("K"), "unknown"],
    [android("SomePhone 3000"), "unknown"],
    [
      "Mozilla/5.0 (Linux; U; Android 13; en-us; SM-S911B Build/TP1A) AppleWebKit/537.36",
      "likely_compatible",
    ],
    ["Mozilla/5.0 (Linux; Android 14; Pixel 7; wv) AppleWebKit/537.36", "likely_compatible"],
    ["Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36", "unknown"],
    ["Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15", "unknown"],
    ["okhttp/4.12.0", "unknown"],
    ["", "unknown"],
    ["(((((", "unknown"],
  ];
  test.each(table)("%s is %s", (userAgent, verdict) => {
    expect(compatibility(userAgent).verdict).toBe(verdict);
  });

  test("says that iPhones of mainland China have none", () => {
    expect(compatibility(iphone("17_5")).message).toMatch(/mainland China/);
  });

  test("64 KiB of the worst text takes less than 5 ms", () => {
    const worst = [
      "(iPhone; ".repeat(7_000),
      `(${";".repeat(65_000)}`,
      "iPhone1".repeat(9_000),
      "(Android;".repeat(7_000),
    ];
    for (const text of worst) {
      const millis = Array.from({ length: 5 }, () => {
        const started = performance.now();
        compatibility(text);
        return performance.now() - started;
      });
      expect(Math.min(...millis)).toBeLessThan(5);
    }
  });
});

test("every note that comes with the program is there in Spanish too", () => {
  const { devices } = readDeviceData(null);
  expect(devices.filter(({ note }) => note !== undefined).length).toBeGreaterThan(5);
  expect(devices.filter(({ note, note_es }) => (note === undefined) !== (note_es === undefined))).toEqual([]);
});

describe("an operator's file", () => {
  const folder = mkdtempSync(path.join(tmpdir(), "devices-"));
  const file = (content: unknown): string => {
    const name = path.join(folder, `${randomUUID()}.json`);
    writeFileSync(name, JSON.stringify(content));
    return name;
  };
  const apple = { likely_compatible_from_ios: 17, unsupported_below_ios: 12 };

  test("replaces ours", () => {
    const own = makeDeviceCompatibility(
      readDeviceData(
        file({ apple, devices: [{ name: "Fairphone 5", verdict: "likely_compatible", names: ["FP5"] }] }),
      ),
    );
    expect(own(android("FP5")).verdict).toBe("likely_compatible");
    expect(own(android("Pixel 8")).verdict).toBe("unknown");
  });

  test("with a mistake is refused by its place", () => {
    const wrong = file({ apple, devices: [{ name: "x", verdict: "yes" }] });
    expect(() => readDeviceData(wrong)).toThrow(/wrong at \/devices\/0/);
    expect(() => readDeviceData(path.join(folder, "none.json"))).toThrow(/cannot be read/);
  });
});
