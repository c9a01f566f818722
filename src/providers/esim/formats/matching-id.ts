/** Matching ids (SGP.22 4.1.1, "token"). One-time secrets until used: keep them out of logs, subjects and URLs. */

const READABLE = /^[0-9A-Za-z-]*$/;
const UUID_V4 = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/i;

/** What readers take: lower case is outside the specification, yet every parser examined accepts it. */
export function isReadableMatchingId(text: string): boolean {
  return READABLE.test(text);
}

/** Upper case, for comparing only; a supplier's id is never changed. */
export function canonicalMatchingId(text: string): string {
  return text.toUpperCase();
}

/** The local supplier's matching id: the store's UUID v4 in upper case. Throws RangeError otherwise. */
export function matchingIdOfActivationCode(activationCode: string): string {
  if (!UUID_V4.test(activationCode)) throw new RangeError("A store's activation code is a UUID v4");
  return activationCode.toUpperCase();
}
