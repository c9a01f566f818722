/**
 * Codes of failures that come up before a byte of a request was sent, so that it had no effect: connecting and finding
 * the address. Everything else may have reached the other side.
 */
export const NOT_SENT: ReadonlySet<string> = new Set([
  "ECONNREFUSED",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "UND_ERR_CONNECT_TIMEOUT",
]);
