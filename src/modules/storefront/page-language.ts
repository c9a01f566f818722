import type { FastifyRequest } from "fastify";
import type { PageLanguage } from "../../../web/src/page-contract.js";
import { languageOfRequest } from "../../http/accept-language.js";

const CHOSEN = /(?:^|;\s*)tribi_language=(en|es)(?:;|$)/;

/** What the person chose in the page; else what the browser prefers; else English. */
export function languageOf(request: FastifyRequest): PageLanguage {
  const chosen = CHOSEN.exec(request.headers.cookie ?? "")?.[1] as PageLanguage | undefined;
  return chosen ?? languageOfRequest(request) ?? "en";
}

/** "/es/esim/spain" is "/esim/spain" in Spanish. */
export function readPagePath(pathname: string): { readonly language: PageLanguage; readonly path: string } {
  if (pathname !== "/es" && !pathname.startsWith("/es/")) return { language: "en", path: pathname };
  const path = pathname.slice(3);
  return { language: "es", path: path === "" ? "/" : path };
}

export const pageAddress = (path: string, language: PageLanguage): string =>
  language === "en" ? path : path === "/" ? "/es" : `/es${path}`;
