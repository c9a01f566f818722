/** The records of the catalogue as the back office sees and writes them. */
export interface CountryRow {
  readonly id: number;
  readonly iso2: string;
  readonly iso3: string | null;
  readonly name: string;
  readonly plan_count: number;
  readonly created_at: string;
  readonly updated_at: string;
}

export interface CountryInput {
  readonly iso2: string;
  readonly iso3: string | null;
  readonly name: string;
}

export type CountrySortKey = "id" | "iso2" | "name" | "created_at" | "updated_at";

export interface CarrierRow {
  readonly id: number;
  readonly name: string;
  readonly plan_count: number;
  readonly created_at: string;
  readonly updated_at: string;
}

export interface CarrierInput {
  readonly name: string;
}

export type CarrierSortKey = "id" | "name" | "created_at" | "updated_at";

/** A plan as the back office sees it: with every price, whether it is on sale or not. */
export interface AdminPlanRow {
  readonly id: number;
  readonly sku: string;
  readonly name: string;
  readonly description: string;
  /** 0 when unlimited. */
  readonly data_gb: number;
  readonly is_unlimited: boolean;
  readonly duration_days: number;
  readonly country_id: number | null;
  readonly country_iso2: string | null;
  readonly country_name: string | null;
  readonly region: string | null;
  readonly country_ids: readonly number[];
  readonly coverage: readonly string[];
  readonly carrier_id: number;
  readonly carrier_name: string;
  readonly is_active: boolean;
  readonly paused_reason: string | null;
  /** Minor units by ISO 4217 code. */
  readonly prices: Readonly<Record<string, number>>;
  readonly created_at: string;
  readonly updated_at: string;
}

export interface PlanInput {
  /** Null makes one: "plan-12". */
  readonly sku: string | null;
  readonly name: string;
  readonly description: string;
  /** Null when unlimited. */
  readonly dataGb: number | null;
  readonly durationDays: number;
  readonly countryId: number | null;
  readonly region: string | null;
  readonly countryIds: readonly number[];
  readonly carrierId: number;
  /** Null means on sale. */
  readonly pausedReason: string | null;
  readonly prices: Readonly<Record<string, number>>;
}

export type PlanSortKey =
  | "id"
  | "sku"
  | "name"
  | "data_gb"
  | "duration_days"
  | "price_usd"
  | "country"
  | "carrier"
  | "created_at"
  | "updated_at";

export interface PlanListFilter {
  readonly country: string | null;
  readonly carrierId: number | null;
  readonly isActive: boolean | null;
}
