/**
 * The shapes of one and the same answer that eSIM Access's pages and its public users show
 * (docs/suppliers/esim-access.md). The first of each is the default.
 */
export interface FakeEsimAccessShapes {
  /** Samples have a boolean, tables say "String". */
  successFlag: "boolean" | "text" | "number" | "word";
  /**
   * Documented are null and 0: the sample of an order has null, those of questions and cancellations "0". The others are
   * what implementations of the same envelope send.
   */
  successCode: "as_sampled" | null | "0" | 0 | "" | "000000" | "200" | 200 | "success";
  /** Samples have errorMsg, tables errorMessage. */
  messageName: "errorMsg" | "errorMessage";
  /** Codes are texts with leading zeros, which a number does not keep. */
  areCodesNumbers: boolean;
  /** `obj` of an answer that has nothing to say. */
  emptyObj: "object" | "null";
  /** The table of the top-up's answer has no number of its own. */
  hasTopUpNumber: boolean;
  /** `2027-03-01T08:30:15+0000`, and `…Z` in the samples of webhooks. */
  times: "offset" | "zulu";
  /** Prices, volumes and ICCIDs as numbers and texts, or the other way round. */
  numbers: "as_sampled" | "text" | "iccid_number";
  /** Half of the samples of webhooks have no notifyId. */
  hasNotifyId: boolean;
}

export const ESIM_ACCESS_DEFAULTS: FakeEsimAccessShapes = {
  successFlag: "boolean",
  successCode: "as_sampled",
  messageName: "errorMsg",
  areCodesNumbers: false,
  emptyObj: "object",
  hasTopUpNumber: true,
  times: "offset",
  numbers: "as_sampled",
  hasNotifyId: true,
};

/** Every other shape, one at a time. */
export const ESIM_ACCESS_SHAPES: readonly Partial<FakeEsimAccessShapes>[] = [
  { successFlag: "text" },
  { successFlag: "number" },
  { successFlag: "word" },
  { successCode: null },
  { successCode: "0" },
  { successCode: 0 },
  { successCode: "" },
  { successCode: "000000" },
  { successCode: "200" },
  { successCode: 200 },
  { successCode: "success" },
  { messageName: "errorMessage" },
  { areCodesNumbers: true },
  { emptyObj: "null" },
  { hasTopUpNumber: false },
  { times: "zulu" },
  { numbers: "text" },
  { numbers: "iccid_number" },
  { hasNotifyId: false },
];
