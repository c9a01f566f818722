import type { Tx } from "../../db/database.js";
import {
  addCarriers,
  addCountries,
  knownCountryCodes,
  type UpsertCounts,
  upsertPlans,
} from "./bulk-plan-store.js";
import { findIsoCountry } from "./country-names.js";
import type { PlanDraft } from "./plan-draft.js";

/**
 * Makes plans be what the drafts say, found by SKU, with the countries of ISO 3166-1 and the carriers that they need.
 * Prices in `currencies` that a draft leaves out are withdrawn.
 */
export async function putPlans(
  tx: Tx,
  drafts: readonly PlanDraft[],
  currencies: readonly string[],
): Promise<UpsertCounts> {
  const known = await knownCountryCodes(tx);
  const codes = new Set(
    drafts.flatMap(({ country, countries }) => (country === null ? countries : [country])),
  );
  await addCountries(
    tx,
    [...codes].filter((code) => !known.has(code)).flatMap((code) => findIsoCountry(code) ?? []),
  );
  await addCarriers(tx, [...new Set(drafts.map(({ carrier }) => carrier))]);
  return upsertPlans(tx, drafts, { currencies, hasDescription: true, hasPausedReason: true });
}
