import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { LANGUAGES } from "../../kernel/language.js";
import { makeTextsIn } from "./texts.js";

const textsIn = makeTextsIn({
  name: "Tribi",
  url: "https://shop.example",
  supportEmail: "help@shop.example",
});

const file = (language: string): Record<string, string> =>
  JSON.parse(readFileSync(new URL(`./texts/${language}.json`, import.meta.url), "utf8"));
const placeholders = (text: string): string[] => (text.match(/\{\{\w+\}\}/g) ?? []).sort();

describe("the texts for people", () => {
  it("say the same things in every language, with the same values in them", () => {
    const english = file("en");
    for (const language of LANGUAGES) {
      const texts = file(language);
      expect(Object.keys(texts)).toEqual(Object.keys(english));
      for (const [key, text] of Object.entries(texts)) {
        expect([key, text.trim()]).toEqual([key, text]);
        expect(text).not.toBe("");
        expect([key, placeholders(text)]).toEqual([key, placeholders(english[key] ?? "")]);
      }
    }
  });

  it("count", () => {
    expect(textsIn("en").text("fact.days", { count: 1 })).toBe("1 day");
    expect(textsIn("en").text("fact.days", { count: 30 })).toBe("30 days");
    expect(textsIn("es").text("fact.days", { count: 1 })).toBe("1 día");
    expect(textsIn("es").text("fact.days", { count: 180 })).toBe("180 días");
  });

  it("write dates and countries as the language does", () => {
    expect(textsIn("en").day("2027-05-24T23:30:00.000Z")).toBe("24 May 2027");
    expect(textsIn("es").day("2027-05-24T23:30:00.000Z")).toBe("24 de mayo de 2027");
    expect(textsIn("en").moment("2027-05-24T23:30:00.000Z")).toBe("24 May 2027 at 23:30 UTC");
    expect(textsIn("es").country("JP")).toBe("Japón");
    expect(textsIn("es").country("QQ")).toBeUndefined();
    expect(textsIn("es").country("!GL")).toBeUndefined();
  });

  it("put values in as they are: escaping belongs to whoever writes HTML", () => {
    expect(textsIn("en").text("mail.subject", { destination: "A & B" })).toContain("A & B");
  });
});
