/**
 * Where Adyen's own documents show more than one shape, or say that one may come: the fake shows each on request. All
 * are off at first, which is what the current documents show most.
 */
export interface FakeAdyenShapes {
  /** The reference of a refund's notification: ours of the refund, or the original payment's. */
  refundReference: "refund" | "payment";
  /** Reversed and second chargebacks name the payment by our reference alone, as in the examples of the OpenAPI file. */
  disputesNameNoPayment: boolean;
  /** Items of one request; they are sent together as soon as so many wait, or when somebody flushes. */
  batch: number;
  /** A refund that comes back names the refund, or has a pspReference of its own. */
  reversalReference: "refund" | "own";
  /** `reason` is the text "null" where there is none. */
  reasonNull: boolean;
  /** What is not signed is left away: metadata, operations, payment method. */
  bare: boolean;
  /** How the report calls the column with the modification's id. */
  modificationColumn:
    | "Modification Psp Reference"
    | "Modification PSP Reference"
    | "Psp Modification Reference"
    | "Modification Reference";
  /** How the account is charged: one commission, or interchange++ in its parts and a fee for each try. */
  pricing: "blended" | "interchange++";
  /** A capture is announced as well, although it is automatic. */
  announcesCaptures: boolean;
}

export const firstShapes = (): FakeAdyenShapes => ({
  refundReference: "refund",
  disputesNameNoPayment: false,
  batch: 1,
  reversalReference: "refund",
  reasonNull: false,
  bare: false,
  modificationColumn: "Modification Psp Reference",
  pricing: "blended",
  announcesCaptures: false,
});
