import type { PageLanguage } from "../../../web/src/page-contract.js";

/** Regions are called as the operator likes; these names are known in Spanish too. */
const SPANISH: Readonly<Record<string, string>> = {
  Africa: "África",
  Americas: "América",
  Asia: "Asia",
  Balkans: "Balcanes",
  Caribbean: "Caribe",
  Europe: "Europa",
  Global: "Todo el mundo",
  "Latin America": "Latinoamérica",
  "Middle East": "Oriente Medio",
  "North America": "Norteamérica",
  Oceania: "Oceanía",
  "South America": "Sudamérica",
  "Southeast Asia": "Sudeste Asiático",
  World: "Todo el mundo",
};

export const regionNameIn = (name: string, language: PageLanguage): string =>
  language === "es" ? (SPANISH[name] ?? name) : name;
