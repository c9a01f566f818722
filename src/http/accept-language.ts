import type { FastifyRequest } from "fastify";
import { LANGUAGES, type Language } from "../kernel/language.js";

/** A longer list tells nothing more; browsers send fewer than ten. */
const RANGES_MAX = 32;
const QUALITY = /^q=(0(?:\.\d{0,3})?|1(?:\.0{0,3})?)$/i;

/**
 * The first of our languages that the header prefers (RFC 9110 §12.5.4), by the primary tag: `es-MX` is Spanish.
 * Null when the header is missing or names none of them, so that the caller's default decides.
 */
export function preferredLanguage(header: string | undefined): Language | null {
  let best: Language | null = null;
  let bestQuality = 0;
  for (const range of (header ?? "").split(",", RANGES_MAX)) {
    const [tag = "", ...parameters] = range.split(";").map((part) => part.trim());
    const primary = tag.split("-", 1)[0]?.toLowerCase();
    const language = LANGUAGES.find((one) => one === primary);
    const quality = qualityOf(parameters);
    if (language === undefined || quality <= bestQuality) continue;
    best = language;
    bestQuality = quality;
  }
  return best;
}

export const languageOfRequest = (request: FastifyRequest): Language | null =>
  preferredLanguage(request.headers["accept-language"]);

function qualityOf(parameters: readonly string[]): number {
  const [first] = parameters;
  if (first === undefined) return 1;
  const quality = QUALITY.exec(first)?.[1];
  return quality === undefined ? 0 : Number(quality);
}
