/**
 * The shapes of one and the same answer that Airalo's pages, its SDKs and their public users show
 * (docs/suppliers/airalo.md). The first of each is the default, and the vendor's own sample where it has one.
 */
export interface FakeAiraloShapes {
  /** To an asynchronous order: the reference and the SDK say 202, the sample beside the text is a 200. */
  asyncStatus: 202 | 200;
  /** A field's fault is a text, or a list of texts. */
  faults: "text" | "list";
  /** The examples of a 422 stand under 200 as well. */
  faultStatus: 422 | 200;
  /** The words of a fault with a code: the error page has `reason`, notes of users `meta: "failed"` and `message`. */
  codedBody: "reason" | "message";
  pricing: "net" | "discount";
  /** `sims` of an order without an eSIM, or without its code yet. */
  emptySims: "list" | "null" | "absent" | "without_code";
  /** When an asynchronous order that was taken is in the list of orders; no page says. */
  listsAsync: "when_delivered" | "at_once";
  /** Whether an asynchronous order that came to nothing is ever listed: the list's filter knows the state, no page says. */
  listsFailed: "always" | "never";
  /** Ids and ICCIDs as numbers or as texts; the samples have numbers for the one and texts for the other. */
  numbers: "as_sampled" | "text" | "number";
  /** `data` of the catalogue from page 2 on. */
  laterPages: "object" | "list";
  /** The webhook of an asynchronous order that came to nothing. */
  failureBody: "full" | "reason_only" | "enveloped";
  /** The sample's Apple link has another host and token than the eSIM beside it. */
  appleLink: "same" | "other";
  /** 401: the API's own envelope, or its framework's. */
  unauthenticated: "envelope" | "framework";
}

export const AIRALO_DEFAULTS: FakeAiraloShapes = {
  asyncStatus: 202,
  faults: "text",
  faultStatus: 422,
  codedBody: "reason",
  pricing: "net",
  emptySims: "list",
  listsAsync: "when_delivered",
  listsFailed: "always",
  numbers: "as_sampled",
  laterPages: "object",
  failureBody: "full",
  appleLink: "same",
  unauthenticated: "envelope",
};

/** Every other shape, one at a time. */
export const AIRALO_SHAPES: readonly Partial<FakeAiraloShapes>[] = [
  { asyncStatus: 200 },
  { faults: "list" },
  { faultStatus: 200 },
  { codedBody: "message" },
  { pricing: "discount" },
  { emptySims: "null" },
  { emptySims: "absent" },
  { emptySims: "without_code" },
  { listsAsync: "at_once" },
  { listsFailed: "never" },
  { numbers: "text" },
  { numbers: "number" },
  { laterPages: "list" },
  { failureBody: "reason_only" },
  { failureBody: "enveloped" },
  { appleLink: "other" },
  { unauthenticated: "framework" },
];
