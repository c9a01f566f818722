/** What suppliers sell, in the shop's words: packages, exact money, data volumes. Part of port.ts. */

/** An amount as the supplier states it. Never computed with; compare by `amountMinor`, else by exact text. */
export interface ExactMoney {
  /** Plain decimal in major units, e.g. "3.5" or "1.2345". */
  readonly amountText: string;
  /** ISO 4217, upper case. */
  readonly currency: string;
  /** ISO minor units, or null when the amount is not a whole number of them. */
  readonly amountMinor: number | null;
}

export type UnitBase = 1000 | 1024;

export interface DataVolume {
  readonly bytes: bigint;
  /** What the supplier calls a kilobyte: divide by the same base for display. */
  readonly base: UnitBase;
}

/** Since when a plan's days count. */
export type ValidityStarts = "installation" | "first_use" | "unknown";

/** A network that a package uses, as far as the supplier says. */
export interface PackageNetwork {
  /** ISO 3166-1 alpha-2; null: in any of the package's countries. */
  readonly country: string | null;
  /** Null where only speeds are told. */
  readonly name: string | null;
  /** "4G", "5G", sorted. */
  readonly speeds: readonly string[];
}

export interface SupplierPackage {
  readonly packageId: string;
  readonly kind: "esim" | "top_up";
  readonly title: string;
  /** ISO 3166-1 alpha-2, upper case, sorted; all countries of a regional or global package. */
  readonly countryCodes: readonly string[];
  /** null when unlimited. */
  readonly data: DataVolume | null;
  readonly isUnlimited: boolean;
  /** "daily": `data` is the allowance of each day. */
  readonly dataPeriod: "total" | "daily";
  readonly durationDays: number;
  readonly cost: ExactMoney;
  /** Lowest selling price that the supplier allows, if it sets one. */
  readonly minimumRetail: ExactMoney | null;
  readonly validityStarts: ValidityStarts;
  /** Days after purchase in which the eSIM has to be used first, if the supplier says. */
  readonly useWithinDays: number | null;
  readonly canTopUp: boolean;
  readonly isKycRequired: boolean;
  /** It has minutes of calls or texts beside the data. Left out where the supplier does not say so. */
  readonly hasVoiceOrTexts?: true;
  /** The data goes on after a fair use, slowed down or cut. Left out where the supplier does not say so. */
  readonly hasFairUseLimit?: true;
  /** Left out where the supplier says nothing of them. */
  readonly networks?: readonly PackageNetwork[];
}

export interface PackagePage {
  readonly packages: readonly SupplierPackage[];
  /** Give it to the next call; null after the last page. */
  readonly nextCursor: string | null;
  /** This page has no entries because that is how the supplier marks the end; any other empty page is a fault. */
  readonly isEndMark?: boolean;
  /** Entries that could not be read, so that one odd package does not hide the rest. */
  readonly skipped: readonly { readonly packageId: string | null; readonly why: string }[];
}
