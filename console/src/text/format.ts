/** Digits after the point, by currency: 2 for EUR, 0 for JPY. */
const digitsOf = (currency: string): number =>
  new Intl.NumberFormat("en", { style: "currency", currency }).resolvedOptions().maximumFractionDigits ?? 2;

export function formatMoney(amountMinor: number, currency: string, language: string): string {
  try {
    const digits = digitsOf(currency);
    return new Intl.NumberFormat(language, { style: "currency", currency }).format(
      amountMinor / 10 ** digits,
    );
  } catch {
    // Not a currency that this browser knows.
    return `${amountMinor} ${currency}`;
  }
}

/** "12.50" in EUR is 1250; null when it is no amount of that currency. */
export function minorOf(typed: string, currency: string): number | null {
  const digits = digitsOf(currency);
  const match = /^(\d{1,12})(?:[.,](\d+))?$/.exec(typed.trim());
  if (match === null) return null;
  const [, whole = "", part = ""] = match;
  if (part.length > digits) return null;
  return Number(whole + part.padEnd(digits, "0"));
}

export const majorOf = (amountMinor: number, currency: string): string =>
  (amountMinor / 10 ** digitsOf(currency)).toFixed(digitsOf(currency));

/** In the operator's own zone. */
export const formatTime = (at: string, language: string): string =>
  new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "short" }).format(new Date(at));

export const formatUtc = (at: string): string =>
  `${new Date(at).toISOString().slice(0, 19).replace("T", " ")} UTC`;

const UNITS: readonly (readonly [Intl.RelativeTimeFormatUnit, number])[] = [
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
];

export function formatAge(at: string, language: string, now = Date.now()): string {
  const seconds = (Date.parse(at) - now) / 1_000;
  const relative = new Intl.RelativeTimeFormat(language, { numeric: "auto" });
  for (const [unit, size] of UNITS)
    if (Math.abs(seconds) >= size) return relative.format(Math.round(seconds / size), unit);
  return relative.format(0, "minute");
}
