import type { Db } from "../../db/database.js";
import { formatCatalogCsv } from "./catalog-csv.js";
import type { AdminPlanRow } from "./catalog-records.js";
import type { PlanDraft } from "./plan-draft.js";
import { allPlanRows } from "./plan-store.js";

/** The whole catalogue as a CSV file that importCatalog reads back without changing anything. */
export function makeExportCatalog({ db }: { readonly db: Db }): () => Promise<string> {
  return async () => formatCatalogCsv((await allPlanRows(db)).map(draftOf));
}

function draftOf(row: AdminPlanRow): PlanDraft {
  return {
    sku: row.sku,
    name: row.name,
    description: row.description,
    data_gb: row.is_unlimited ? null : row.data_gb,
    duration_days: row.duration_days,
    country: row.country_iso2,
    region: row.region,
    countries: [...row.coverage],
    carrier: row.carrier_name,
    paused_reason: row.paused_reason,
    prices: row.prices,
  };
}
