import { createContext } from "preact";
import { useContext } from "preact/hooks";
import type app from "../texts/en/app.json";
import type shop from "../texts/en/shop.json";
import type trips from "../texts/en/trips.json";

/** The trip page has a file of its own: checkout and account do not load it. */
export type ShopTexts = typeof shop & typeof trips;
export type AppTexts = typeof app;
export type TextKey = keyof ShopTexts | keyof AppTexts | PluralKey;

/** "days" for the pair "days_one" and "days_other". */
type PluralKey = ShopTexts & AppTexts extends infer All
  ? { [Key in keyof All]: Key extends `${infer Name}_one` ? Name : never }[keyof All]
  : never;

export type Values = Readonly<Record<string, string | number>>;
export type Text = (key: TextKey, values?: Values) => string;

/** Texts of one language with `{{name}}` for values; `_one` and `_other` are chosen by `count`. */
export function makeText(texts: Readonly<Record<string, string>>, language: string): Text {
  const plural = new Intl.PluralRules(language);
  return (key, values = {}) => {
    const { count } = values;
    const form = typeof count === "number" && plural.select(count) === "one" ? "_one" : "_other";
    const template = texts[key] ?? texts[`${key}${form}`] ?? key;
    return template.replace(/\{\{(\w+)\}\}/g, (_, name: string) => String(values[name] ?? ""));
  };
}

export interface Language {
  readonly code: "en" | "es";
  readonly text: Text;
}

export const LanguageContext = createContext<Language>({ code: "en", text: (key) => key });

export const useLanguage = (): Language => useContext(LanguageContext);
export const useText = (): Text => useContext(LanguageContext).text;
