import { readFileSync } from "node:fs";
import { createInstance } from "i18next";
import { LANGUAGES, type Language } from "../../kernel/language.js";
import type en from "./texts/en.json";

/** Keys with plural forms (`fact.days_one`, `fact.days_other`) are asked for without the form. */
type KeyOf<Key> = Key extends `${infer Stem}_one` | `${infer Stem}_other` ? Stem : Key;
export type TextKey = KeyOf<keyof typeof en & string>;

/** What texts say of the shop that speaks. */
export interface ShopVoice {
  readonly name: string;
  readonly url: string;
  /** Where a customer writes to who needs a person; null: texts name the shop's own address. */
  readonly supportEmail: string | null;
}

/** Every text may name the shop's {{store}} and its {{contact}} without being given them. */
export interface Texts {
  readonly language: Language;
  readonly shop: ShopVoice;
  text(key: TextKey, values?: Readonly<Record<string, string | number>>): string;
  /** A day of the UTC calendar, written out. */
  day(iso: string): string;
  /** A moment to the minute, in UTC, since nobody knows where the reader is. */
  moment(iso: string): string;
  /** A country by its ISO 3166-1 alpha-2 code; undefined when the language has no name for it. */
  country(iso2: string): string | undefined;
}

const readTexts = (language: Language): Record<string, string> =>
  JSON.parse(readFileSync(new URL(`./texts/${language}.json`, import.meta.url), "utf8"));

/** Below every mail: who sends it, and whom to turn to. */
export const signatureOf = ({ shop, text }: Texts): readonly string[] => [
  shop.name,
  shop.url,
  text("mail.help"),
];

export type TextsIn = (language: Language) => Texts;

/** The same while the program runs on: its name may change. To be read anew for each text. */
export type LiveShop = Pick<ShopVoice, "name" | "supportEmail">;

/** Several modules speak for the same shop, and its texts take 5 ms to make. */
const made = new Map<string, TextsIn>();

/** A shop's texts. All of them are plain; whoever puts them into HTML escapes them there. */
export function makeTextsIn(shop: ShopVoice | (() => ShopVoice)): TextsIn {
  if (typeof shop !== "function") return textsFor(shop);
  return (language) => textsFor(shop())(language);
}

function textsFor(shop: ShopVoice): TextsIn {
  const voice = JSON.stringify([shop.name, shop.url, shop.supportEmail]);
  const textsIn = made.get(voice) ?? textsOf(shop);
  made.set(voice, textsIn);
  return textsIn;
}

function textsOf(shop: ShopVoice): TextsIn {
  const all: ReadonlyMap<Language, Texts> = new Map(LANGUAGES.map((one) => [one, makeTexts(one, shop)]));
  return (language) => {
    const texts = all.get(language);
    if (texts === undefined) throw new Error(`There are no texts in ${language}`);
    return texts;
  };
}

function makeTexts(language: Language, shop: ShopVoice): Texts {
  const written = readTexts(language);
  const i18n = createInstance();
  void i18n.init({
    lng: language,
    fallbackLng: false,
    resources: { [language]: { translation: written } },
    initAsync: false,
    keySeparator: false,
    nsSeparator: false,
    interpolation: { escapeValue: false },
  });
  const locale = language === "en" ? "en-GB" : language;
  const days = new Intl.DateTimeFormat(locale, { dateStyle: "long", timeZone: "UTC" });
  const moments = new Intl.DateTimeFormat(locale, {
    dateStyle: "long",
    timeStyle: "short",
    timeZone: "UTC",
  });
  const countries = new Intl.DisplayNames([locale], { type: "region", fallback: "none" });
  const contact =
    shop.supportEmail === null
      ? i18n.t("contact.store", { address: shop.url })
      : i18n.t("contact.mail", { address: shop.supportEmail });
  const always = { store: shop.url, contact };
  // Most texts have no values in them, and lists of eSIMs ask for many.
  const fixed = new Map(Object.entries(written).filter(([, text]) => !text.includes("{{")));
  return {
    language,
    shop,
    text: (key, values) => fixed.get(key) ?? i18n.t(key, { ...always, ...values }),
    day: (iso) => days.format(new Date(iso)),
    moment: (iso) => `${moments.format(new Date(iso))} UTC`,
    country: (iso2) => (/^[A-Z]{2}$/.test(iso2) ? countries.of(iso2) : undefined),
  };
}
