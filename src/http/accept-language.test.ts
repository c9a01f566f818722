import { describe, expect, it } from "vitest";
import { preferredLanguage } from "./accept-language.js";

describe("preferredLanguage", () => {
  it.each([
    ["es", "es"],
    ["es-MX,es;q=0.9,en;q=0.8", "es"],
    ["en-GB, es;q=0.9", "en"],
    ["de-DE,de;q=0.9,es;q=0.4,en;q=0.3", "es"],
    ["en;q=0.2, ES-es;q=0.7", "es"],
    ["es;q=0, en;q=0.1", "en"],
    ["fr-FR,fr", null],
    ["*", null],
    ["", null],
    ["estonian", null],
    ["es;q=2", null],
    ["es;q=abc,en", "en"],
    [";;;,,,=", null],
  ])("%j means %j", (header, language) => {
    expect(preferredLanguage(header)).toBe(language);
  });

  it("a missing header means none", () => {
    expect(preferredLanguage(undefined)).toBeNull();
  });

  it("a header of 16 KiB takes no time", () => {
    // The quickest of several: another program may have had the processor meanwhile.
    const millis = Array.from({ length: 5 }, () => {
      const started = performance.now();
      preferredLanguage("es;q=".repeat(3_300));
      preferredLanguage("a,".repeat(8_000));
      return performance.now() - started;
    });
    expect(Math.min(...millis)).toBeLessThan(50);
  });
});
