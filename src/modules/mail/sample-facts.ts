/** The invented customer of samples. Addresses under example.com belong to nobody (RFC 2606). */
export const SAMPLE = {
  email: "ada.lovelace@example.com",
  reference: "TRB-SAMPLE2026",
  plan: "Spain 5 GB",
  country: "Spain",
  iso2: "ES",
  amountMinor: 1_250,
  currency: "EUR",
  at: "2026-05-24T10:00:00.000Z",
  until: "2026-06-23T10:00:00.000Z",
  /** In place of the secret part of a link; it opens nothing. */
  secret: "sample",
} as const;
