import { createContext, type ReactNode, useContext, useEffect, useMemo, useState } from "react";
import type english from "../texts/en.json";

type Texts = typeof english;

/** "days" for the pair "days_one" and "days_other". */
type PluralKey = { [Key in keyof Texts]: Key extends `${infer Name}_one` ? Name : never }[keyof Texts];
export type TextKey = keyof Texts | PluralKey;

export type Text = (key: TextKey, values?: Readonly<Record<string, string | number>>) => string;

export const LANGUAGES = ["en", "es"] as const;
export type LanguageCode = (typeof LANGUAGES)[number];

export interface Language {
  readonly code: LanguageCode;
  readonly text: Text;
  /** A word of the API, such as a state: in the reader's language where it is known, else as it is. */
  word(value: string): string;
  choose(code: LanguageCode): void;
}

const LOADERS: Readonly<Record<LanguageCode, () => Promise<{ default: Texts }>>> = {
  en: () => import("../texts/en.json"),
  es: () => import("../texts/es.json"),
};

const KEPT = "tribi.console.language";

const LanguageContext = createContext<Language>(null as unknown as Language);
export const useLanguage = (): Language => useContext(LanguageContext);
export const useText = (): Text => useLanguage().text;

function firstLanguage(): LanguageCode {
  const wanted = localStorage.getItem(KEPT) ?? document.documentElement.lang;
  return LANGUAGES.find((one) => one === wanted) ?? "en";
}

/** The texts of the chosen language; nothing is shown before they are there. */
export function LanguageProvider({ children }: { readonly children: ReactNode }) {
  const [loaded, setLoaded] = useState<{ code: LanguageCode; texts: Texts } | null>(null);
  const [wanted, setWanted] = useState(firstLanguage);
  useEffect(() => {
    let isCurrent = true;
    void LOADERS[wanted]().then(({ default: texts }) => {
      if (!isCurrent) return;
      document.documentElement.lang = wanted;
      setLoaded({ code: wanted, texts });
    });
    return () => {
      isCurrent = false;
    };
  }, [wanted]);
  const language = useMemo(
    () => (loaded === null ? null : makeLanguage(loaded.code, loaded.texts, setWanted)),
    [loaded],
  );
  if (language === null) return null;
  return <LanguageContext value={language}>{children}</LanguageContext>;
}

function makeLanguage(
  code: LanguageCode,
  texts: Readonly<Record<string, string>>,
  set: (code: LanguageCode) => void,
): Language {
  const plural = new Intl.PluralRules(code);
  return {
    code,
    text: (key, values = {}) => {
      const { count } = values;
      const form = typeof count === "number" && plural.select(count) === "one" ? "_one" : "_other";
      const template = texts[key] ?? texts[`${key}${form}`] ?? key;
      return template.replace(/\{\{(\w+)\}\}/g, (_, name: string) => String(values[name] ?? ""));
    },
    word: (value) => texts[`word.${value}`] ?? value.replaceAll("_", " "),
    choose: (wanted) => {
      localStorage.setItem(KEPT, wanted);
      set(wanted);
    },
  };
}
