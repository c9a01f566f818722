import type { PriceInfo } from "../page-contract.js";

/**
 * "$6.50", "CA$6.50", "¥980": the digits are the shop's, Intl only adds the currency's sign. Not the narrow one, which
 * American, Canadian and Mexican prices share.
 */
export function priceText(price: PriceInfo, language: string): string {
  const decimals = price.amount_major.split(".")[1]?.length ?? 0;
  return new Intl.NumberFormat(localeOf(language), {
    style: "currency",
    currency: price.currency,
    minimumFractionDigits: decimals,
    maximumFractionDigits: decimals,
  }).format(Number(price.amount_major));
}

/** A part of a price, such as a gigabyte's share or the tax in it, in the same currency. */
export function shareText(price: PriceInfo, share: number, language: string): string {
  const decimals = price.amount_major.split(".")[1]?.length ?? 0;
  const amount_major = (Number(price.amount_major) * share).toFixed(decimals);
  return priceText({ ...price, amount_major }, language);
}

export const dateText = (iso: string, language: string): string =>
  new Intl.DateTimeFormat(localeOf(language), { dateStyle: "long", timeZone: "UTC" }).format(new Date(iso));

export const momentText = (iso: string, language: string): string =>
  new Intl.DateTimeFormat(localeOf(language), { dateStyle: "medium", timeStyle: "short" }).format(
    new Date(iso),
  );

export const countryText = (iso2: string, language: string): string => {
  try {
    return new Intl.DisplayNames(localeOf(language), { type: "region" }).of(iso2) ?? iso2;
  } catch {
    return iso2;
  }
};

/** 0.5, in Spanish 0,5. */
export const numberText = (value: number, language: string): string =>
  new Intl.NumberFormat(localeOf(language)).format(value);

/** 1.5 GB of 5 GB. */
export function bytesText(bytes: number, base: number, language: string): string {
  const gigabytes = bytes / base ** 3;
  const [value, unit] = gigabytes >= 1 ? [gigabytes, "GB"] : [bytes / base ** 2, "MB"];
  const digits = new Intl.NumberFormat(localeOf(language), { maximumFractionDigits: value >= 100 ? 0 : 1 });
  return `${digits.format(value)} ${unit}`;
}

const localeOf = (language: string): string => (language === "es" ? "es" : "en");
