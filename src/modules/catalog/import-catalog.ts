import type { Tx } from "../../db/database.js";
import type { RefusedRow } from "../../kernel/csv/csv-refusal.js";
import { addCarriers, addCountries, knownCountryCodes, upsertPlans } from "./bulk-plan-store.js";
import { type ParsedFile, parseCatalogCsv } from "./catalog-csv.js";
import { findIsoCountry, type IsoCountry } from "./country-names.js";
import type { PlanDraft, PriceProblem } from "./plan-draft.js";
import { type ImportCounts, type ImportDeps, type ImportFile, runImport } from "./run-import.js";

/** Rows per statement: few round trips, and a bar that moves. */
const CHUNK = 500;

/**
 * Imports plans from a CSV file, found by SKU: new ones are created, others changed, equal ones left alone. Good
 * rows go in together or, if the database fails, not at all; refused rows are reported. Countries come from ISO 3166
 * when the shop has not got them yet, and carriers are created by name.
 */
export function makeImportCatalog(deps: ImportDeps & { readonly priceProblem: PriceProblem }): ImportFile {
  return async (command) => {
    const file = await parseCatalogCsv(command.bytes, deps.priceProblem);
    if (file.kind === "refused_file") return file;
    return runImport(deps, command, "catalog", (tx) => importFile(tx, file, command.onProgress));
  };
}

async function importFile(
  tx: Tx,
  file: ParsedFile,
  onProgress: (done: number, all: number) => void = () => {},
): Promise<ImportCounts> {
  const known = await knownCountryCodes(tx);
  const isKnown = (iso2: string): boolean => known.has(iso2) || findIsoCountry(iso2) !== undefined;
  const unknownIn = (draft: PlanDraft): string | undefined => codesOf(draft).find((iso2) => !isKnown(iso2));
  const drafts = file.drafts.filter((draft) => unknownIn(draft) === undefined);
  const strangers = file.drafts.flatMap((draft): RefusedRow[] => {
    const iso2 = unknownIn(draft);
    if (iso2 === undefined) return [];
    const column = draft.country === iso2 ? "country" : "countries";
    return [
      { line: file.lineOf(draft), column, reason: `${iso2} is no country of ISO 3166-1 or of this shop` },
    ];
  });
  const missing = new Set(drafts.flatMap(codesOf).filter((iso2) => !known.has(iso2)));
  const countries = [...missing]
    .map(findIsoCountry)
    .filter((found): found is IsoCountry => found !== undefined);
  const countriesCreated = await addCountries(tx, countries);
  const carriersCreated = await addCarriers(tx, [...new Set(drafts.map(({ carrier }) => carrier))]);
  const counts = { created: 0, updated: 0, unchanged: 0 };
  for (let start = 0; start < drafts.length; start += CHUNK) {
    const chunk = await upsertPlans(tx, drafts.slice(start, start + CHUNK), file.scope);
    counts.created += chunk.created;
    counts.updated += chunk.updated;
    counts.unchanged += chunk.unchanged;
    onProgress(Math.min(start + CHUNK, drafts.length), drafts.length);
  }
  const refused = [...file.refused, ...strangers].sort((a, b) => a.line - b.line);
  return { ...counts, countriesCreated, carriersCreated, refused, rows: file.rowCount };
}

function codesOf(draft: PlanDraft): readonly string[] {
  return draft.country === null ? draft.countries : [draft.country];
}
