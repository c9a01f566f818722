import { readdirSync, readFileSync } from "node:fs";
import { TribiError } from "@tribi/client";
import { h } from "preact";
import renderToString from "preact-render-to-string";
import { describe, expect, it } from "vitest";
import { ERROR_CODES } from "../../../src/kernel/errors.js";
import { amountMajor, currencyCodes } from "../../../src/kernel/money.js";
import type { ShopInfo } from "../page-contract.js";
import { Limits } from "../pages/esim/esim.js";
import { Failure } from "../parts/notice.js";
import { PageContext } from "../parts/shop-context.js";
import { priceText } from "./format.js";
import { LanguageContext, makeText } from "./text.js";

const FOLDER = new URL("../texts/", import.meta.url);
const CODES = [...ERROR_CODES, "network_error", "timed_out", "unreadable_answer", "cancelled"] as const;
const read = (file: string): Record<string, string> =>
  JSON.parse(readFileSync(new URL(file, FOLDER), "utf8"));
const files = readdirSync(new URL("en/", FOLDER));
const textsOf = (language: string): Record<string, string> =>
  Object.assign({}, ...files.map((file) => read(`${language}/${file}`)));
const placeholders = (text = ""): string[] => (text.match(/\{\{\w+\}\}/g) ?? []).sort();

describe("the texts of the pages", () => {
  it("say the same things in both languages, with the same values in them", () => {
    expect(readdirSync(new URL("es/", FOLDER))).toEqual(files);
    for (const file of files) {
      const english = read(`en/${file}`);
      const spanish = read(`es/${file}`);
      expect(Object.keys(spanish), file).toEqual(Object.keys(english));
      for (const [key, text] of Object.entries(spanish)) {
        expect(text.trim(), key).not.toBe("");
        expect(placeholders(text), key).toEqual(placeholders(english[key]));
      }
    }
  });
});

it.each(["en", "es"])("a price says in which currency it is, in %s", (language) => {
  const texts = currencyCodes.map((currency) => {
    const amount_major = amountMajor(120_000, currency);
    return priceText({ currency, amount_minor_units: 120_000, amount_major }, language);
  });
  expect(texts.filter((one, index) => texts.indexOf(one) < index)).toEqual([]);
});

it.each(["en", "es"] as const)(
  "an eSIM ends at a moment, which a day alone would not tell, in %s",
  (language) => {
    const limitsUntil = (moment: string): string => {
      const esim = {
        status: "active",
        install_by: moment,
        validity_starts: null,
        ended_at: null,
        expires_at: moment,
      };
      const text = makeText(textsOf(language), language);
      return renderToString(
        h(LanguageContext.Provider, { value: { code: language, text } }, h(Limits, { esim: esim as never })),
      );
    };
    expect(limitsUntil("2027-05-24T00:10:00.000Z")).not.toBe(limitsUntil("2027-05-24T00:50:00.000Z"));
  },
);

const DETAIL = "An English sentence for programs.";

/** What a person reads who is refused something with this code. */
function shown(
  code: (typeof CODES)[number],
  language: "en" | "es",
  retryAfterSeconds: number | null,
): string {
  const status = (ERROR_CODES as readonly string[]).includes(code) ? 409 : 0;
  const error = new TribiError({ code, detail: DETAIL, status, requestId: "req_1", retryAfterSeconds });
  const page = { language, currency: null, path: "/", shop: { supportEmail: null } as ShopInfo };
  const text = makeText(textsOf(language), language);
  return renderToString(
    h(PageContext.Provider, { value: page as never }, [
      h(LanguageContext.Provider, { value: { code: language, text } }, h(Failure, { error })),
    ]),
  );
}

describe("a refusal on a page", () => {
  it.each(CODES)("%s is told in the page's own language, and not in the store's words", (code) => {
    const [english, spanish] = (["en", "es"] as const).map((language) => shown(code, language, null));
    for (const html of [english, spanish]) {
      expect(html).not.toContain(DETAIL);
      // The name of a text that is missing.
      expect(html).not.toMatch(/[a-z]+\.[a-z_]+</);
    }
    expect(spanish).not.toBe(english);
  });

  it("says how long to wait as people say it", () => {
    expect(shown("rate_limited", "es", 1)).toContain("Espera 1 segundo ");
    expect(shown("rate_limited", "en", 90)).toContain("Please wait 90 seconds ");
    expect(shown("rate_limited", "es", 300)).toContain("Espera 5 minutos ");
    expect(shown("too_many_declines", "en", 86_000)).toContain("Please wait 24 hours ");
  });

  it("is worded by no page from what the store says for programs", () => {
    const source = new URL("../", import.meta.url);
    const pages = readdirSync(source, { recursive: true, encoding: "utf8" }).filter((name) =>
      /\.tsx?$/.test(name),
    );
    expect(pages.filter((name) => /\.detail\b/.test(readFileSync(new URL(name, source), "utf8")))).toEqual([
      "text/texts.test.ts",
    ]);
  });
});
