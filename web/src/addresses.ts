import type { PageData, PageLanguage } from "./page-contract.js";

/** The address of a page in a language: English ones have no prefix. */
export function addressOf(
  path: string,
  language: PageLanguage,
  currency: string | null = null,
  asked: QueryMembers = [],
): string {
  const place = language === "en" ? path : path === "/" ? `/${language}` : `/${language}${path}`;
  const query = new URLSearchParams(asked.map(([name, value]) => [name, value]));
  if (currency !== null) query.append("currency", currency);
  return query.size === 0 ? place : `${place}?${query}`;
}

export type QueryMembers = readonly (readonly [name: string, value: string])[];

/** What a page was asked beside language and currency: it stays when those are changed. */
export function askedOf(data: PageData): QueryMembers {
  if (data.kind !== "trips" || (data.result === null && !data.isRefused)) return [];
  const { countries, days, gb } = data.asked;
  return [...countries.map((iso2) => ["country", iso2] as const), ["days", String(days)], ["gb", String(gb)]];
}

/** "/es/esim/spain" is "/esim/spain" in Spanish. */
export function readAddress(pathname: string): { readonly language: PageLanguage; readonly path: string } {
  if (pathname === "/es" || pathname.startsWith("/es/")) {
    const path = pathname.slice(3);
    return { language: "es", path: path === "" ? "/" : path };
  }
  return { language: "en", path: pathname };
}
