/**
 * The shapes of one and the same answer that eSIM Go's pages and its public users show (docs/suppliers/esim-go.md).
 * The first of each is the default.
 */
export interface FakeEsimGoShapes {
  /** `GET /orders`: a bare array, an object with a page count, that object without one. */
  orderList: "array" | "wrapped" | "uncounted";
  catalogue: "array" | "wrapped";
  dates: "iso" | "nanoseconds" | "epoch_seconds" | "epoch_millis" | "rfc1123";
  dateName: "createdDate" | "createDate";
  /**
   * The eSIMs of the entries of `GET /orders`: there, there when `includeIccids` asks for them, or never, as in one of the
   * samples of v2.4.
   */
  listedEsims: "always" | "asked_for" | "never";
  /** What a page holds at most, whatever `limit` asks for; the documented default is 10. */
  pageMax: 10_000 | 10 | 2;
  /** `esims` of an order that is processed: left out, null, or there without a matching id. */
  whileProcessing: "absent" | "null" | "null_matching_id" | "empty_matching_id";
  assignments: "object" | "array" | "wrapped";
  /** `smdpAddress` as a URL, or as a bare host. */
  hasScheme: boolean;
  /** ICCIDs as texts, or as JSON numbers. */
  isIccidNumber: boolean;
  /** Amounts and quantities as numbers, or as texts. */
  areAmountsText: boolean;
  areStatesCapitalised: boolean;
  /** What a revoke without a bundle left does to an eSIM that is not installed. */
  removesRevoked: boolean;
}

export const ESIM_GO_DEFAULTS: FakeEsimGoShapes = {
  orderList: "array",
  catalogue: "array",
  dates: "iso",
  dateName: "createdDate",
  listedEsims: "asked_for",
  pageMax: 10_000,
  whileProcessing: "absent",
  assignments: "object",
  hasScheme: true,
  isIccidNumber: false,
  areAmountsText: false,
  areStatesCapitalised: false,
  removesRevoked: true,
};

/** Every other shape, one at a time. */
export const ESIM_GO_SHAPES: readonly Partial<FakeEsimGoShapes>[] = [
  { orderList: "wrapped" },
  { orderList: "uncounted" },
  { catalogue: "wrapped" },
  { dates: "nanoseconds" },
  { dates: "epoch_seconds" },
  { dates: "epoch_millis" },
  { dates: "rfc1123" },
  { dateName: "createDate" },
  { listedEsims: "always" },
  { listedEsims: "never" },
  { pageMax: 10 },
  { pageMax: 2 },
  { whileProcessing: "null" },
  { whileProcessing: "null_matching_id" },
  { whileProcessing: "empty_matching_id" },
  { assignments: "array" },
  { assignments: "wrapped" },
  { hasScheme: false },
  { isIccidNumber: true },
  { areAmountsText: true },
  { areStatesCapitalised: true },
  { removesRevoked: false },
];
