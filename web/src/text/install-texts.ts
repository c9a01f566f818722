import type { Schemas } from "@tribi/client";
import english from "../../../src/modules/mail/texts/en.json";
import spanish from "../../../src/modules/mail/texts/es.json";

type Esim = Pick<Schemas["Esim"], "apn" | "plan_snapshot" | "validity_starts">;

type Texts = Readonly<Record<string, string>>;

/** The steps of the mail and of the install page: one text for all three. */
const TEXTS: Readonly<Record<string, Texts>> = { en: english, es: spanish };

export interface GuideSection {
  readonly title: string;
  readonly lines: readonly string[];
}

export type Guide = Readonly<Record<"before" | "iphone" | "android" | "arrival", GuideSection>>;

/** eSIM downloads are blocked there. */
const BLOCKS_DOWNLOADS = "TR";

export function guideOf(
  language: string,
  { apn, plan_snapshot: plan, validity_starts: starts }: Esim,
): Guide {
  const texts: Texts = TEXTS[language] ?? english;
  const section = (title: string, ...keys: readonly string[]): GuideSection => ({
    title: texts[title] ?? "",
    lines: keys.map((key) => texts[key] ?? ""),
  });
  const arrival = section("arrive.title", "arrive.label", "arrive.roaming");
  return {
    before: section(
      "before.title",
      ...(plan.country_iso2 === BLOCKS_DOWNLOADS ? ["before.turkiye"] : []),
      ...(starts === "installation" ? ["before.starts"] : []),
      "before.wifi",
      "before.once",
      "before.phone",
    ),
    iphone: section("iphone.title", "iphone.link", "iphone.scan", "iphone.type"),
    android: section("android.title", "android.scan", "android.link", "android.type"),
    arrival: { ...arrival, lines: [...arrival.lines, ...apnLines(apn, texts)] },
  };
}

function apnLines(apn: Esim["apn"], texts: Texts): string[] {
  return (["ios", "android"] as const).flatMap((platform) => {
    const name = apn?.[platform];
    return name ? [(texts[`arrive.apn_${platform}`] ?? "").replace("{{apn}}", () => name)] : [];
  });
}
