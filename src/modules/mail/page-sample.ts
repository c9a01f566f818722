import type { Language } from "../../kernel/language.js";

/** A page that people reach by a secret link, as it is for somebody invented: operators cannot open a real one. */
export interface PageSample {
  /** Lower case and underscores. */
  readonly name: string;
  html(language: Language): string;
}
