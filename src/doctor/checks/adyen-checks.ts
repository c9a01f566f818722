import { type Check, check, fail, ok, warn } from "../check.js";

export const ADYEN_CHECKS: readonly Check[] = [
  check("adyen_key", "adyen", ({ problem, isLive }, { settings }) => {
    if (problem === "key")
      return fail("Adyen does not take the key: nobody can pay.", "Copy ADYEN_API_KEY again.");
    if (problem === "account")
      return fail(
        "The key may not charge for the merchant account: nobody can pay.",
        "Set ADYEN_MERCHANT_ACCOUNT, and allow the web service user to use it.",
      );
    if (settings.isKnown && settings.value.isProduction && !isLive)
      return warn(
        "Adyen's test environment is used: customers pay nothing.",
        "Set ADYEN_LIVE_URL_PREFIX and the live keys.",
      );
    return ok("Adyen takes the key and the merchant account.");
  }),
  check("adyen_reports", "adyen", ({ hasReports }) =>
    hasReports
      ? ok("Adyen's reports are compared with our books.")
      : warn(
          "Adyen's reports are not read: a payment whose notification was lost is not found.",
          "Make a report user in the Customer Area and set ADYEN_REPORT_KEY.",
        ),
  ),
  check("adyen_signature", "signedItem", ({ code, status }) => {
    if (code === "malformed_json") return ok("Our address reads what is signed with our key.");
    if (code === "invalid_webhook_signature")
      return fail(
        "The running store does not accept what is signed with this ADYEN_HMAC_KEY: every notification is refused.",
        "Copy the key from the webhook's page in the Customer Area, and restart every process with it.",
      );
    return fail(
      `Our webhook address answers ${status}: Adyen's notifications do not arrive.`,
      "See that the proxy passes POST /payments/webhook/adyen on unchanged.",
    );
  }),
];
