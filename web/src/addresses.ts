import type { PageLanguage } from "./page-contract.js";

/** The address of a page in a language: English ones have no prefix. */
export function addressOf(path: string, language: PageLanguage, currency: string | null = null): string {
  const place = language === "en" ? path : path === "/" ? `/${language}` : `/${language}${path}`;
  return currency === null ? place : `${place}?currency=${encodeURIComponent(currency)}`;
}

/** "/es/esim/spain" is "/esim/spain" in Spanish. */
export function readAddress(pathname: string): { readonly language: PageLanguage; readonly path: string } {
  if (pathname === "/es" || pathname.startsWith("/es/")) {
    const path = pathname.slice(3);
    return { language: "es", path: path === "" ? "/" : path };
  }
  return { language: "en", path: pathname };
}
