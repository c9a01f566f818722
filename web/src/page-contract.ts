/**
 * What the server hands to the pages, and the pages to the browser. Without imports: both sides read this file, the
 * server without knowing anything of components.
 */
export type PageLanguage = "en" | "es";

export interface OfferedProvider {
  readonly provider: string;
  /** Null: every one. */
  readonly currency: string | null;
  /** Of where the plan is for; null: every one. */
  readonly country: string | null;
}

export interface ShopInfo {
  readonly name: string;
  readonly legalName: string | null;
  readonly supportEmail: string | null;
  /** Path of the logo's file; null shows the name. */
  readonly logo: string | null;
  /** Origin of canonical addresses. */
  readonly publicUrl: string;
  readonly currencies: readonly string[];
  readonly defaultCurrency: string;
  /** Shows the links of a developer. */
  readonly isDevelopment: boolean;
  /** Mail goes to the development inbox, so the page can show the code that a newcomer waits for. */
  readonly hasInbox: boolean;
  /** How long a mailed code is valid. */
  readonly codeMinutes: number;
  readonly payment: {
    readonly provider: string;
    /** The script that stands in for Stripe's own, for developers without internet. */
    readonly stripeJsUrl: string | null;
    /** Which providers are offered, in order; null: `provider` alone. */
    readonly offers: readonly OfferedProvider[] | null;
    /** As `stripeJsUrl`, for Adyen's. */
    readonly adyenJsUrl: string | null;
    /** Whether Adyen's live environment is used. */
    readonly isLive: boolean;
  };
  /** What the person agrees to before paying; the version is kept on the order. */
  readonly terms: { readonly version: string; readonly asksForImmediateDelivery: boolean };
  readonly tax: TaxInfo;
}

export interface TaxInfo {
  readonly isIncluded: boolean;
  /** Percent by ISO country code, `*` for all others. */
  readonly rates: readonly { readonly country: string; readonly name: string; readonly percent: number }[];
}

export interface PriceInfo {
  readonly currency: string;
  readonly amount_minor_units: number;
  readonly amount_major: string;
}

export interface DestinationInfo {
  readonly slug: string;
  readonly name: string;
  readonly iso2: string | null;
  /** Other spellings that a search finds it by. */
  readonly words: readonly string[];
  readonly from: PriceInfo;
  readonly isPopular: boolean;
  /** How many countries; 1 for a country. */
  readonly countries: number;
}

export interface PlanInfo {
  readonly id: number;
  readonly data_gb: number;
  readonly duration_days: number;
  readonly is_unlimited: boolean;
  readonly description: string;
  readonly price: PriceInfo;
  readonly carrier: { readonly name: string };
  readonly region: string | null;
  readonly regionSlug: string | null;
  readonly coverage: readonly string[];
  /** What begins the plan's days, as its supplier says; null where it does not. */
  readonly daysStart: "installation" | "first_use" | null;
  /** So many days after buying it has to be installed. */
  readonly useWithinDays: number;
  /** As its supplier tells them; without a name where only speeds are told. */
  readonly networks: readonly { readonly name: string | null; readonly speeds: readonly string[] }[];
}

export interface PlaceLink {
  readonly slug: string;
  readonly name: string;
}

export interface LandingData {
  readonly kind: "landing";
  readonly destinations: readonly DestinationInfo[];
}

export interface DestinationData {
  readonly kind: "destination";
  readonly slug: string;
  readonly name: string;
  readonly iso2: string | null;
  readonly plans: readonly PlanInfo[];
  /** Plans of regions that include the country. */
  readonly wider: readonly PlanInfo[];
  /** The countries of a region. */
  readonly covers: readonly PlaceLink[];
  /** Countries that one would expect by the region's name, and in which none of the plans works. */
  readonly leavesOut: readonly string[];
  /** There are plans, but none with a price in the currency that was asked for. */
  readonly isCurrencyMissing: boolean;
}

export interface TripCountry {
  readonly iso2: string;
  readonly name: string;
  /** Other spellings that a search finds it by, and the regions that it belongs to. */
  readonly words: readonly string[];
}

export interface TripPlanInfo extends PlanInfo {
  /** The countries of the trip in which it works, as the page calls them. */
  readonly worksIn: readonly string[];
}

export interface TripOptionInfo {
  readonly plans: readonly TripPlanInfo[];
  readonly total: PriceInfo;
  /** Null for the cheapest. */
  readonly moreThanCheapest: PriceInfo | null;
}

export interface TripResult {
  readonly options: readonly TripOptionInfo[];
  /** Countries in which nothing on sale fits, as the page calls them. */
  readonly uncovered: readonly string[];
  /** Why plans are in no option, and how many. */
  readonly leftOut: readonly { readonly code: LeftOutCode; readonly count: number }[];
}

export type LeftOutCode = "not_in_currency" | "too_short" | "too_little_data" | "no_better" | "dearer";

export interface TripsData {
  readonly kind: "trips";
  readonly countries: readonly TripCountry[];
  readonly asked: { readonly countries: readonly string[]; readonly days: number; readonly gb: number };
  readonly limits: { readonly countries: number; readonly days: number; readonly gb: number };
  /** Null until something was asked that means a trip. */
  readonly result: TripResult | null;
  /** What was asked means no trip. */
  readonly isRefused: boolean;
}

export interface DocumentData {
  readonly kind: "document";
  readonly slug: string;
  readonly title: string;
  /** For search engines. */
  readonly description: string;
  /** Made from the operator's Markdown, which cannot hold markup of its own. */
  readonly html: string;
  readonly others: readonly PlaceLink[];
}

export interface ProblemData {
  readonly kind: "problem";
  readonly problem: "not_found" | "busy" | "broken" | "offline";
}

/** Drawn in the browser alone: what it shows belongs to one person. */
export interface AppData {
  readonly kind: "app";
  /** What regions are called in the page's language, where the catalogue calls them otherwise. */
  readonly regionNames: Readonly<Record<string, string>>;
}

export interface MockPaymentData {
  readonly kind: "mock-payment";
  readonly intentId: string;
  readonly orderId: number;
  readonly amount: PriceInfo;
  readonly status: "requires_action" | "succeeded" | "failed";
}

export type PageData =
  | LandingData
  | DestinationData
  | TripsData
  | DocumentData
  | ProblemData
  | AppData
  | MockPaymentData;

export interface PageRequest {
  /** Without the language's prefix: "/esim/spain". */
  readonly path: string;
  readonly language: PageLanguage;
  /** As chosen by the address; null is the shop's own. */
  readonly currency: string | null;
  readonly shop: ShopInfo;
  readonly data: PageData;
  readonly assets: {
    readonly style: string;
    readonly brandStyle: string;
    readonly font: string | null;
    readonly scripts: readonly string[];
    readonly preloads: readonly string[];
  };
}

/** Renders a whole document. */
export type RenderPage = (request: PageRequest) => string;
