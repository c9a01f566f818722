/**
 * The reference that we put on every purchase, the same on every retry. It is made of the order's public reference
 * and the number of the attempt, not of a serial id: after a restore of the database serial ids repeat for other
 * orders, and a supplier that keeps references would hand out a stranger's eSIM.
 */
const LEGAL = /^[A-Za-z0-9][A-Za-z0-9-]{0,49}$/;

/** `<order reference>-<attempt number>`. Throws RangeError when the result is not a legal reference. */
export function purchaseReference(orderReference: string, attemptNumber: number): string {
  if (!Number.isSafeInteger(attemptNumber) || attemptNumber < 1)
    throw new RangeError("Attempts count from 1");
  const reference = `${orderReference}-${attemptNumber}`;
  if (!isPurchaseReference(reference)) throw new RangeError("Not a legal purchase reference");
  return reference;
}

/** 1 to 50 of A-Z a-z 0-9 and "-": the narrowest of all suppliers (eSIM Access `transactionId`). */
export function isPurchaseReference(text: string): boolean {
  return LEGAL.test(text);
}
