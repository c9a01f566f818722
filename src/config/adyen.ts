import { splitSecrets } from "./secrets.js";
import type { VariableReader } from "./variables.js";

export interface AdyenSettings {
  readonly apiKey: string;
  readonly merchantAccount: string;
  readonly clientKey: string | null;
  readonly hmacKeys: readonly string[];
  /** Null is the test environment, in which no money moves. */
  readonly liveUrlPrefix: string | null;
  readonly apiBase: string | null;
  readonly reportKey: string | null;
  readonly reportBase: string | null;
}

/** What ties a notification to our rows stands in a reference of 80 characters, beside a UUID and an order's number. */
const SHOP_ID_MAX = 26;

/** Null when Adyen is not configured. */
export function readAdyen(
  reader: VariableReader,
  { isProduction, isHosted, shopId }: { isProduction: boolean; isHosted: boolean; shopId: string },
): AdyenSettings | null {
  const text = (name: string): string | null => reader.text(name) || null;
  const apiKey = text("ADYEN_API_KEY");
  const settings = {
    merchantAccount: text("ADYEN_MERCHANT_ACCOUNT"),
    clientKey: text("ADYEN_CLIENT_KEY"),
    hmacKeys: splitSecrets(text("ADYEN_HMAC_KEY") ?? "").filter(
      (key, _index, all) => all.length > 1 || key !== "",
    ),
    liveUrlPrefix: readPrefix(reader),
    apiBase: readOrigin(reader, "ADYEN_API_BASE", isProduction),
    reportKey: text("ADYEN_REPORT_KEY"),
    reportBase: readOrigin(reader, "ADYEN_REPORT_BASE", isProduction),
  };
  if (apiKey === null) return null;
  const { merchantAccount } = settings;
  if (merchantAccount === null)
    reader.problem("ADYEN_MERCHANT_ACCOUNT", "is missing although ADYEN_API_KEY is set");
  reportHmacKeys(reader, settings.hmacKeys);
  if (settings.clientKey !== null || !isHosted) reportClientKey(reader, settings);
  if (shopId.length > SHOP_ID_MAX || shopId.includes(":"))
    reader.problem(
      "SHOP_ID",
      `must have at most ${SHOP_ID_MAX} characters and no colon: it is a part of the references at Adyen`,
    );
  return { ...settings, apiKey, merchantAccount: merchantAccount ?? "" };
}

function reportHmacKeys(reader: VariableReader, keys: readonly string[]): void {
  if (keys.length === 0)
    reader.problem(
      "ADYEN_HMAC_KEY",
      "is missing although ADYEN_API_KEY is set; generate it on the webhook's page in the Customer Area",
    );
  else if (keys.includes(""))
    reader.problem(
      "ADYEN_HMAC_KEY",
      "has an empty item between its commas; remove it, an empty key would accept anything",
    );
  else if (!keys.every((key) => /^([0-9A-Fa-f]{2}){16,64}$/.test(key)))
    reader.problem("ADYEN_HMAC_KEY", "must be hexadecimal, as the Customer Area shows it");
}

function reportClientKey(
  reader: VariableReader,
  { clientKey, liveUrlPrefix }: Pick<AdyenSettings, "clientKey" | "liveUrlPrefix">,
): void {
  const mode = /^(test|live)_/.exec(clientKey ?? "")?.[1];
  if (clientKey === null)
    reader.problem("ADYEN_CLIENT_KEY", "is missing; Drop-in needs it, or set PAYMENT_UI=hosted");
  else if (mode === undefined)
    reader.problem(
      "ADYEN_CLIENT_KEY",
      "is another kind of key, and browsers would get it; it begins with test_ or live_",
    );
  else if ((mode === "live") !== (liveUrlPrefix !== null))
    reader.problem(
      "ADYEN_CLIENT_KEY",
      `is of ${mode} mode; ${mode === "live" ? "set ADYEN_LIVE_URL_PREFIX as well" : "with ADYEN_LIVE_URL_PREFIX take the live one"}`,
    );
}

/** The live environment has an address for each company: `1797a841fbb37ca7-AdyenDemo`. */
function readPrefix(reader: VariableReader): string | null {
  const prefix = reader.text("ADYEN_LIVE_URL_PREFIX") || null;
  if (prefix !== null && !/^[A-Za-z0-9-]{1,100}$/.test(prefix))
    reader.problem("ADYEN_LIVE_URL_PREFIX", "must be the prefix alone, such as 1797a841fbb37ca7-AdyenDemo");
  return prefix;
}

function readOrigin(reader: VariableReader, name: string, isProduction: boolean): string | null {
  const url = reader.url(name, isProduction ? ["https:"] : ["https:", "http:"]);
  if (url !== null && new URL(url).origin !== url)
    reader.problem(name, "must be an origin such as https://ca-test.adyen.com, without a path");
  return url;
}
