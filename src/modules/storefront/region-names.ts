import { readFileSync } from "node:fs";
import type { PageLanguage } from "../../../web/src/page-contract.js";

const SPANISH: Readonly<Record<string, string>> = JSON.parse(
  readFileSync(new URL("./texts/regions.es.json", import.meta.url), "utf8"),
);

/** Regions are called as the operator likes; many names are known in Spanish too. The browser reads the same file. */
export const regionNameIn = (name: string, language: PageLanguage): string =>
  language === "es" ? (SPANISH[name] ?? name) : name;
