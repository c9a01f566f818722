import { readActivationCode } from "./activation-code.js";

/**
 * One-tap install links: an extra beside QR and typed data, never instead of them. They hold the matching id, so
 * they never go through a click tracker or a redirector.
 */
const APPLE = "https://esimsetup.apple.com/esim_qrcode_provisioning";
const ANDROID = "https://esimsetup.android.com/esim_qrcode_provisioning";
const PLATFORM_BY_HOST: ReadonlyMap<string, "apple" | "android"> = new Map([
  ["esimsetup.apple.com", "apple"],
  ["esimsetup.android.com", "android"],
]);

/** The raw form, as Airalo and 1GLOBAL publish it: `:` and `$` are legal in a query (RFC 3986 3.4). */
export function installLinks(qrPayload: string): { readonly apple: string; readonly android: string } {
  return { apple: `${APPLE}?carddata=${qrPayload}`, android: `${ANDROID}?carddata=${qrPayload}` };
}

/** The LPA string of an install link, raw or percent-encoded; null when it is no such link. */
export function qrPayloadOfLink(link: string): string | null {
  const url = installUrl(link);
  const carried = url?.searchParams.get("carddata");
  if (!carried) return null;
  const reading = readActivationCode(carried, "supplier");
  return reading.valid ? reading.asGiven : null;
}

/**
 * A supplier's own link, unchanged and never encoded again, if it is an https link to the platform's setup page;
 * otherwise null. A customer's page shows no other address that a supplier may send.
 */
export function passInstallLink(link: unknown, platform: "apple" | "android"): string | null {
  if (typeof link !== "string") return null;
  const url = installUrl(link.trim());
  return url && PLATFORM_BY_HOST.get(url.hostname) === platform ? link.trim() : null;
}

function installUrl(link: string): URL | null {
  if (!URL.canParse(link)) return null;
  const url = new URL(link);
  const isSetupPage =
    url.protocol === "https:" && url.port === "" && url.username === "" && url.password === "";
  return isSetupPage && PLATFORM_BY_HOST.has(url.hostname) ? url : null;
}
