import { readFileSync } from "node:fs";
import { createInstance } from "i18next";
import { LANGUAGES, type Language } from "../../../kernel/language.js";
import type en from "./texts/en.json";

/** Keys with plural forms (`fact.days_one`, `fact.days_other`) are asked for without the form. */
type KeyOf<Key> = Key extends `${infer Stem}_one` | `${infer Stem}_other` ? Stem : Key;
export type TextKey = KeyOf<keyof typeof en & string>;

export interface Texts {
  readonly language: Language;
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

const TEXTS: ReadonlyMap<Language, Texts> = new Map(LANGUAGES.map((one) => [one, makeTexts(one)]));

/** All texts are plain; whoever puts them into HTML escapes them there. */
export function textsIn(language: Language): Texts {
  const texts = TEXTS.get(language);
  if (texts === undefined) throw new Error(`There are no texts in ${language}`);
  return texts;
}

function makeTexts(language: Language): Texts {
  const i18n = createInstance();
  void i18n.init({
    lng: language,
    fallbackLng: false,
    resources: { [language]: { translation: readTexts(language) } },
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
  return {
    language,
    text: (key, values = {}) => i18n.t(key, values),
    day: (iso) => days.format(new Date(iso)),
    moment: (iso) => `${moments.format(new Date(iso))} UTC`,
    country: (iso2) => (/^[A-Z]{2}$/.test(iso2) ? countries.of(iso2) : undefined),
  };
}
