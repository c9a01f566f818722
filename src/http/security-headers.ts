/**
 * What every answer carries. The policy is the API's: nothing of an answer may run or be framed; pages for people
 * replace it with their own.
 */
export function headersOfEveryAnswer(
  requestId: string,
  { isProduction }: { readonly isProduction: boolean },
): Record<string, string> {
  return {
    "x-request-id": requestId,
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
    "cache-control": "no-store",
    ...(isProduction ? { "strict-transport-security": "max-age=31536000; includeSubDomains" } : {}),
  };
}
