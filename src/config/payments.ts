import { isCurrencyCode } from "../kernel/money.js";
import { readAdyen } from "./adyen.js";
import { readPaymentOffers } from "./payment-offers.js";
import { readSecondPerson } from "./second-person.js";
import { splitSecrets } from "./secrets.js";
import type { VariableReader } from "./variables.js";

export function readPayments(reader: VariableReader, isProduction: boolean) {
  const stripeSecretKey = reader.text("STRIPE_SECRET_KEY");
  const webhookSecretsText = reader.text("STRIPE_WEBHOOK_SECRET");
  const webhookSecrets = webhookSecretsText === null ? [] : splitSecrets(webhookSecretsText);
  if (webhookSecrets.includes("")) {
    reader.problem(
      "STRIPE_WEBHOOK_SECRET",
      "has an empty item between its commas; remove it, an empty secret would accept anything",
    );
  }
  if (stripeSecretKey !== null && webhookSecrets.length === 0) {
    reader.problem(
      "STRIPE_WEBHOOK_SECRET",
      "is missing although STRIPE_SECRET_KEY is set; copy it from the webhook endpoint's page at Stripe",
    );
  }
  /** Whether payers pay on the provider's own page instead of in card fields on the shop's. */
  const isHosted = reader.choice("PAYMENT_UI", ["element", "hosted"], "element") === "hosted";
  /** Names this shop in provider metadata, so that two shops may share one account. */
  const shopId = reader.textOr("SHOP_ID", "tribi");
  const adyen = readAdyen(reader, { isProduction, isHosted, shopId });
  const configured = [
    ...(isProduction ? [] : ["MOCK"]),
    ...(stripeSecretKey === null ? [] : ["STRIPE"]),
    ...(adyen === null ? [] : ["ADYEN"]),
  ];
  const provider = reader.choice(
    "PAYMENT_PROVIDER",
    ["MOCK", "STRIPE", "ADYEN"],
    stripeSecretKey !== null ? "STRIPE" : adyen !== null ? "ADYEN" : isProduction ? "STRIPE" : "MOCK",
  );
  if (provider === "ADYEN" && adyen === null)
    reader.problem("ADYEN_API_KEY", "is missing although PAYMENT_PROVIDER is ADYEN");
  if (provider === "STRIPE" && stripeSecretKey === null) {
    reader.problem("STRIPE_SECRET_KEY", "is missing although PAYMENT_PROVIDER is STRIPE");
  }
  const publishableKey = reader.text("STRIPE_PUBLISHABLE_KEY");
  const allowTestKeys = reader.flag("ALLOW_TEST_KEYS_IN_PRODUCTION", false);
  reportKeys(reader, stripeSecretKey, publishableKey);
  return {
    provider,
    /** Lets production run in the provider's test mode, where no money moves. */
    allowTestKeys,
    defaultCurrency: readDefaultCurrency(reader),
    isHosted,
    /** Null: the provider above and no other. */
    offers: readPaymentOffers(reader, configured),
    stripeJsUrl: readStandIn(reader, isProduction, "STRIPE_JS_URL", "Stripe"),
    adyenJsUrl: readStandIn(reader, isProduction, "ADYEN_JS_URL", "Adyen"),
    mockAutoConfirm: reader.flag("MOCK_AUTO_CONFIRM", false),
    stripe:
      stripeSecretKey === null
        ? null
        : {
            secretKey: stripeSecretKey,
            publishableKey,
            webhookSecrets,
            apiBase: readStripeBase(reader, isProduction),
          },
    adyen,
    shopId,
    reconcileIntervalMinutes: reader.integer("RECONCILE_INTERVAL_MINUTES", 5, { min: 1, max: 1440 }),
    /** Declined payments of one person in 24 hours, after which they begin no further one; 999999 is off. */
    declinesPerDayMax: reader.integer("DECLINES_PER_DAY_MAX", 10, { min: 1, max: 999_999 }),
    secondPersonAbove: readSecondPerson(reader),
  };
}

/** With a text that is no currency the shop would show nothing, and say nothing of it. */
function readDefaultCurrency(reader: VariableReader): string {
  const currency = reader.textOr("DEFAULT_CURRENCY", "USD").toUpperCase();
  if (!isCurrencyCode(currency))
    reader.problem("DEFAULT_CURRENCY", "must be the code of a currency in ISO 4217, such as USD");
  return currency;
}

/** Stripe's keys say what they are for and of which mode they are: `sk_test_…`, `rk_live_…`, `pk_live_…`. */
export function modeOf(key: string | null): "test" | "live" | null {
  return (/^[a-z]{2}_(test|live)_/.exec(key ?? "")?.[1] as "test" | "live" | undefined) ?? null;
}

function reportKeys(reader: VariableReader, secret: string | null, publishable: string | null): void {
  if (/^(pk|whsec)_/.test(secret ?? ""))
    reader.problem("STRIPE_SECRET_KEY", "is another kind of key; the secret one begins with sk_ or rk_");
  if (/^([sr]k|whsec)_/.test(publishable ?? ""))
    reader.problem(
      "STRIPE_PUBLISHABLE_KEY",
      "is a secret, and browsers would get it; the right one begins with pk_",
    );
  const [ours, theirs] = [modeOf(secret), modeOf(publishable)];
  if (ours !== null && theirs !== null && ours !== theirs) {
    reader.problem(
      "STRIPE_PUBLISHABLE_KEY",
      `is of ${theirs} mode and STRIPE_SECRET_KEY of ${ours} mode; take both from the same mode`,
    );
  }
}

/** A script that stands in for the provider's own; it would see every card, so production refuses it. */
function readStandIn(
  reader: VariableReader,
  isProduction: boolean,
  variable: string,
  provider: string,
): string | null {
  const url = reader.url(variable, ["https:", "http:"]);
  if (url !== null && isProduction)
    reader.problem(variable, `is for development; production loads ${provider}'s own script`);
  return url;
}

function readStripeBase(reader: VariableReader, isProduction: boolean): string | null {
  const url = reader.url("STRIPE_API_BASE", isProduction ? ["https:"] : ["https:", "http:"]);
  if (url !== null && new URL(url).origin !== url)
    reader.problem("STRIPE_API_BASE", "must be an origin such as https://api.stripe.com, without a path");
  return url;
}
