import english from "../../../src/modules/mail/texts/en.json";
import spanish from "../../../src/modules/mail/texts/es.json";

/** The steps of the mail and of the install page: one text for all three. */
const TEXTS: Readonly<Record<string, Readonly<Record<string, string>>>> = { en: english, es: spanish };

const SECTIONS = {
  before: ["before.title", "before.wifi", "before.once", "before.phone"],
  iphone: ["iphone.title", "iphone.link", "iphone.scan", "iphone.type"],
  android: ["android.title", "android.scan", "android.link", "android.type"],
  arrival: ["arrive.title", "arrive.label", "arrive.roaming"],
} as const;

export interface GuideSection {
  readonly title: string;
  readonly lines: readonly string[];
}

export function guideOf(language: string): Readonly<Record<keyof typeof SECTIONS, GuideSection>> {
  const texts = TEXTS[language] ?? english;
  const section = ([title, ...lines]: readonly string[]): GuideSection => ({
    title: (texts as Record<string, string>)[title ?? ""] ?? "",
    lines: lines.map((key) => (texts as Record<string, string>)[key] ?? ""),
  });
  return {
    before: section(SECTIONS.before),
    iphone: section(SECTIONS.iphone),
    android: section(SECTIONS.android),
    arrival: section(SECTIONS.arrival),
  };
}
