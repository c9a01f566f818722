/** The languages in which the store writes to people. The first one is for everybody who names none of them. */
export const LANGUAGES = ["en", "es"] as const;
export type Language = (typeof LANGUAGES)[number];

export const DEFAULT_LANGUAGE: Language = "en";

export const languageOr = (name: string | null, fallback: Language = DEFAULT_LANGUAGE): Language =>
  LANGUAGES.find((language) => language === name) ?? fallback;
