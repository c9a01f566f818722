import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { LANGUAGES, type Language } from "../../kernel/language.js";
import { makeTextsIn } from "../mail/texts.js";
import { loginMailWords } from "./login-mail.js";

interface LoginMailInput {
  readonly code: string;
  readonly minutesLeft: number;
  readonly language: Language;
  readonly shop: { readonly name: string; readonly supportEmail: string | null };
  readonly publicUrl: string;
}

const wordsOf = ({ language, shop, publicUrl, ...code }: LoginMailInput) =>
  loginMailWords(code, makeTextsIn({ ...shop, url: publicUrl })(language));

const USUAL: LoginMailInput = {
  code: "481516",
  minutesLeft: 10,
  language: "en",
  shop: { name: "Corner Shop", supportEmail: "help@shop.example" },
  publicUrl: "https://shop.example",
};
/** Runs of digits of any writing, as long as a code or longer. */
const runsIn = (text: string, length: number): string[] =>
  (text.match(/\p{Nd}+/gu) ?? []).filter((run) => run.length >= length);

describe("the login mail", () => {
  it("says the shop's name and where to ask, and never ours", () => {
    const { subject, text } = wordsOf(USUAL);
    expect(subject).toBe("Your sign-in code for Corner Shop: 481516");
    expect(text).toContain("Your sign-in code for Corner Shop is 481516");
    expect(text).toContain("https://shop.example");
    expect(text).toContain("help@shop.example");
    expect(subject + text).not.toContain("Tribi");
  });

  it("is written in Spanish to who asked in Spanish", () => {
    const { subject, text } = wordsOf({ ...USUAL, language: "es" });
    expect(subject).toBe("Tu código para entrar en Corner Shop: 481516");
    expect(text).toContain("Tu código para entrar en Corner Shop es 481516");
    expect(text).toContain("durante 10 minutos");
    expect(text).not.toMatch(/\b(your|code|write)\b/i);
  });

  it.each<[string, Partial<LoginMailInput>]>([
    ["the public address", { publicUrl: "https://tribi-481516.example.app" }],
    ["the public address's path", { publicUrl: "https://shop.example/eu/20261129/shop" }],
    ["a long host", { publicUrl: `https://${"a1b2c3".repeat(10)}0123456789.example.app` }],
    ["the shop's name", { shop: { name: "Shop 481517", supportEmail: null } }],
    ["the shop's name, in another writing", { shop: { name: "店４８１５１７", supportEmail: null } }],
    ["the support address", { shop: { name: "Shop", supportEmail: "help481517@shop.example" } }],
  ])("holds the code as its only run of digits, whatever %s holds", (_where, change) => {
    for (const language of LANGUAGES) {
      const { subject, text } = wordsOf({ ...USUAL, language, ...change });
      expect([runsIn(subject, 6), runsIn(text, 6)]).toEqual([["481516"], ["481516"]]);
    }
  });

  it("holds the code as its only run of digits, whatever the shop and its addresses are called", () => {
    const words = fc.stringMatching(/^[a-z0-9 .-]{0,20}[0-9]{0,12}[a-z0-9-]{0,20}$/);
    fc.assert(
      fc.property(
        fc.integer({ min: 6, max: 8 }),
        words,
        words,
        words,
        fc.integer({ min: 1, max: 10 }),
        fc.constantFrom(...LANGUAGES),
        (length, name, host, support, minutesLeft, language) => {
          const code = "90817263".slice(0, length);
          const { subject, text } = wordsOf({
            code,
            minutesLeft,
            language,
            shop: { name, supportEmail: `${support}@shop.example` },
            publicUrl: `https://${host}.example`,
          });
          expect([runsIn(subject, 6), runsIn(text, 6)]).toEqual([[code], [code]]);
        },
      ),
    );
  });
});
