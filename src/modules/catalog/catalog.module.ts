/**
 * Owns: countries, carriers, plans, their prices and coverage, and what is known about devices.
 * Promises: lists cost at most one query a second per question; what the back office writes and what files bring in
 *   passes one validation; every change leaves one audit row.
 * Never: the price that is charged. An order reads it from the view plan_offers in its own statement.
 */
import type { Db } from "../../db/database.js";
import type { Server } from "../../http/server.js";
import type { Clock } from "../../kernel/clock.js";
import { makeBrowsing } from "./browse-catalog.js";
import {
  deleteCarrier,
  findCarrierRow,
  insertCarrier,
  listCarrierRows,
  updateCarrier,
} from "./carrier-store.js";
import { planView, priceView } from "./catalog-views.js";
import { findIsoCountry } from "./country-names.js";
import {
  deleteCountry,
  findCountryRow,
  insertCountry,
  listCountryRows,
  updateCountry,
} from "./country-store.js";
import {
  countryNameIn,
  countrySlug,
  countryWords,
  plainText,
  slugOf,
  useCountryNames,
} from "./country-words.js";
import { makeDeviceCompatibility } from "./device-compatibility.js";
import { type DeviceData, readDeviceData, SOURCE_CHARACTERS_MAX } from "./device-data.js";
import { type ExportFile, makeExportCatalog } from "./export-catalog.js";
import { makeImportCatalog } from "./import-catalog.js";
import { carrierFile, countryFile, makeExportPlaces, makeImportPlaces } from "./import-places.js";
import { makeManagePlans } from "./manage-plans.js";
import { makeManage } from "./manage-record.js";
import { AmountMinor, Currency, Iso2, Line, type PlanDraft, type PriceProblem } from "./plan-draft.js";
import { findPlanRow, listPlanRows } from "./plan-store.js";
import { destinationIn, type FrozenPlan, planIn, sizeIn } from "./plan-words.js";
import { putPlans } from "./put-plans.js";
import { isDay, readReferenceCsv } from "./reference/read-reference-csv.js";
import {
  REFERENCE_KINDS,
  type ReferenceFile,
  type ReferenceKind,
  readReference,
  writeReference,
} from "./reference/reference-files.js";
import {
  countriesOfRegion,
  OWN_REGIONS,
  regionIn,
  regionNameIn,
  regionNames,
  regionOfCountries,
  regionsWith,
  regionWords,
  useRegions,
} from "./reference/regions.js";
import { registerAdminCarriers } from "./routes/admin-carriers.js";
import { registerAdminCountries } from "./routes/admin-countries.js";
import { registerAdminFile } from "./routes/admin-files.js";
import { registerAdminPlans } from "./routes/admin-plans.js";
import { registerCheckDevice } from "./routes/check-device.js";
import { registerFindTrips } from "./routes/find-trips.js";
import { registerListCountries } from "./routes/list-countries.js";
import { registerListDevices } from "./routes/list-devices.js";
import { registerListPlans } from "./routes/list-plans.js";
import { type NetworksOf, registerShowPlan } from "./routes/show-plan.js";
import type { ImportDeps, ImportFile } from "./run-import.js";
import { seedDemoCatalog } from "./seed-demo-catalog.js";
import { type FoundTrips, makeFindTrips } from "./trips/find-trips.js";
import {
  gbText,
  readTrip,
  TRIP_COUNTRIES_MAX,
  TRIP_DAYS_MAX,
  TRIP_GB_MAX,
  thousandthsOf,
} from "./trips/trip-query.js";

export interface CatalogModuleDeps {
  readonly db: Db;
  readonly clock: Clock;
  readonly defaultCurrency: string;
  /** Null means the file that comes with the program. */
  readonly deviceDataFile: string | null;
  /** Where `tribi data import` puts what it has checked. */
  readonly referenceFolder: string;
  readonly csvImportBytesMax: number;
  readonly priceProblem: PriceProblem;
  readonly networksOf: NetworksOf;
}

export interface CatalogModule {
  registerRoutes(app: Server): void;
  readonly jobs: { readonly handlers: Readonly<Record<string, never>> };
  readonly importCatalog: ImportFile;
  readonly exportCatalog: ExportFile;
  /** Called after plans were changed from outside, so that this process shows it at once. */
  forget(): void;
}

/** Throws an Error that says what to do when the device data file cannot be used. */
export function makeCatalogModule(deps: CatalogModuleDeps): CatalogModule {
  const { db, defaultCurrency, priceProblem } = deps;
  const browsing = makeBrowsing(deps);
  useCountryNames(readReference(deps.referenceFolder, "country-names")?.rows ?? []);
  useRegions(readReference(deps.referenceFolder, "regions")?.rows ?? []);
  const devices = devicesOf(deps);
  const checkDevice = makeDeviceCompatibility(devices);
  const managing = { db, onChanged: browsing.forget };
  const importCatalog = makeImportCatalog({ ...managing, priceProblem });
  const exportCatalog = makeExportCatalog({ db });
  return {
    registerRoutes(app) {
      registerListCountries(app, browsing);
      registerListPlans(app, { browsing, defaultCurrency });
      registerShowPlan(app, { browsing, defaultCurrency, networksOf: deps.networksOf });
      registerFindTrips(app, { browsing, defaultCurrency });
      registerCheckDevice(app, checkDevice);
      registerListDevices(app, devices);
      registerRecords(app, managing, priceProblem);
      registerFiles(app, managing, { importCatalog, exportCatalog, bytesMax: deps.csvImportBytesMax });
    },
    jobs: { handlers: {} },
    importCatalog,
    exportCatalog,
    forget: browsing.forget,
  };
}

/** The operator's file, else what was imported, else what comes with the program. */
function devicesOf({ deviceDataFile, referenceFolder }: CatalogModuleDeps): DeviceData {
  const data = readDeviceData(deviceDataFile);
  const found = deviceDataFile === null ? readReference(referenceFolder, "devices") : null;
  if (found === null) return data;
  return { ...data, source: found.source, reviewed: found.date, devices: found.rows };
}

function registerRecords(app: Server, managing: ImportDeps, priceProblem: PriceProblem): void {
  const { db } = managing;
  const countries = makeManage(managing, {
    subject: "country",
    find: findCountryRow,
    insert: insertCountry,
    update: updateCountry,
    remove: deleteCountry,
  });
  const carriers = makeManage(managing, {
    subject: "carrier",
    find: findCarrierRow,
    insert: insertCarrier,
    update: updateCarrier,
    remove: deleteCarrier,
  });
  registerAdminCountries(app, {
    manage: countries,
    list: (request) => listCountryRows(db, request),
    find: (id) => findCountryRow(db, id),
  });
  registerAdminCarriers(app, {
    manage: carriers,
    list: (request) => listCarrierRows(db, request),
    find: (id) => findCarrierRow(db, id),
  });
  registerAdminPlans(app, {
    manage: makeManagePlans(managing),
    list: (request, filter) => listPlanRows(db, request, filter),
    find: (id) => findPlanRow(db, id),
    priceProblem,
  });
}

function registerFiles(
  app: Server,
  managing: ImportDeps,
  plans: {
    readonly importCatalog: ImportFile;
    readonly exportCatalog: ExportFile;
    readonly bytesMax: number;
  },
): void {
  const { importCatalog, exportCatalog, bytesMax } = plans;
  registerAdminFile(app, {
    subject: "plans",
    columns:
      "Columns sku, name, carrier, data_gb (a number or unlimited), duration_days, country or region and countries, " +
      "price_USD and other currencies, description, paused_reason. Plans are found by sku.",
    importFile: importCatalog,
    exportFile: exportCatalog,
    bytesMax,
  });
  registerAdminFile(app, {
    subject: "countries",
    columns: "Columns iso2, iso3, name. Countries are found by iso2.",
    importFile: makeImportPlaces(managing, countryFile),
    exportFile: makeExportPlaces(managing, countryFile),
    bytesMax,
  });
  registerAdminFile(app, {
    subject: "carriers",
    columns: "Column name. Carriers are found by it, in upper or lower case.",
    importFile: makeImportPlaces(managing, carrierFile),
    exportFile: makeExportPlaces(managing, carrierFile),
    bytesMax,
  });
}

export type { FoundTrips, FrozenPlan, PlanDraft, PriceProblem, ReferenceFile, ReferenceKind };
export {
  AmountMinor,
  Currency,
  countriesOfRegion,
  countryNameIn,
  countrySlug,
  countryWords,
  destinationIn,
  findIsoCountry,
  gbText,
  Iso2,
  isDay,
  Line,
  makeFindTrips,
  OWN_REGIONS,
  plainText,
  planIn,
  planView,
  priceView,
  putPlans,
  REFERENCE_KINDS,
  readReference,
  readReferenceCsv,
  readTrip,
  regionIn,
  regionNameIn,
  regionNames,
  regionOfCountries,
  regionsWith,
  regionWords,
  SOURCE_CHARACTERS_MAX,
  seedDemoCatalog,
  sizeIn,
  slugOf,
  TRIP_COUNTRIES_MAX,
  TRIP_DAYS_MAX,
  TRIP_GB_MAX,
  thousandthsOf,
  useRegions,
  writeReference,
};
