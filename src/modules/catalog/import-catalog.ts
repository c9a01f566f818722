import { type Act, writeAudit } from "../../db/audit-log.js";
import type { Db, Tx } from "../../db/database.js";
import {
  addCarriers,
  addCountries,
  knownCountryCodes,
  type UpsertCounts,
  upsertPlans,
} from "./bulk-plan-store.js";
import { type ParsedFile, parseCatalogCsv, type RefusedFile, type RefusedRow } from "./catalog-csv.js";
import { findIsoCountry, type IsoCountry } from "./country-names.js";
import type { PlanDraft } from "./plan-draft.js";

export interface ImportReport extends UpsertCounts {
  readonly kind: "imported";
  readonly isDryRun: boolean;
  readonly countriesCreated: number;
  readonly carriersCreated: number;
  readonly refused: readonly RefusedRow[];
}

export type ImportCatalog = (command: {
  readonly bytes: Uint8Array;
  /** Does everything, reports it, and takes it back. */
  readonly isDryRun: boolean;
  readonly act: Act;
  /** Called with the rows done and all rows, for a progress bar. */
  readonly onProgress?: (done: number, all: number) => void;
}) => Promise<ImportReport | RefusedFile>;

/** Rows per statement: few round trips, and a bar that moves. */
const CHUNK = 500;

/** Ends the transaction of a dry run without keeping anything. */
class DryRun extends Error {
  constructor(readonly report: ImportReport) {
    super("dry run");
  }
}

/**
 * Imports plans from a CSV file, found by SKU: new ones are created, others changed, equal ones left alone. Good
 * rows go in together or, if the database fails, not at all; refused rows are reported. Countries come from ISO 3166
 * when the shop has not got them yet, and carriers are created by name.
 */
export function makeImportCatalog(deps: {
  readonly db: Db;
  /** Called after a change, so that this process shows it at once. */
  readonly onChanged: () => void;
}): ImportCatalog {
  return async ({ bytes, isDryRun, act, onProgress }) => {
    const file = parseCatalogCsv(bytes);
    if (file.kind === "refused_file") return file;
    const work = async (tx: Tx): Promise<ImportReport> => {
      const report = await importFile(tx, file, isDryRun, onProgress);
      if (isDryRun) throw new DryRun(report);
      await writeAudit(tx, act, {
        action: "catalog.imported",
        subject: "catalog",
        after: { ...report, refused: report.refused.length },
      });
      return report;
    };
    try {
      return await deps.db.transaction(work);
    } catch (error) {
      if (error instanceof DryRun) return error.report;
      throw error;
    } finally {
      deps.onChanged();
    }
  };
}

async function importFile(
  tx: Tx,
  file: ParsedFile,
  isDryRun: boolean,
  onProgress: (done: number, all: number) => void = () => {},
): Promise<ImportReport> {
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
    const chunk = await upsertPlans(tx, drafts.slice(start, start + CHUNK), file.currencies);
    counts.created += chunk.created;
    counts.updated += chunk.updated;
    counts.unchanged += chunk.unchanged;
    onProgress(Math.min(start + CHUNK, drafts.length), drafts.length);
  }
  const refused = [...file.refused, ...strangers].sort((a, b) => a.line - b.line);
  return { kind: "imported", isDryRun, ...counts, countriesCreated, carriersCreated, refused };
}

function codesOf(draft: PlanDraft): readonly string[] {
  return draft.country === null ? draft.countries : [draft.country];
}
