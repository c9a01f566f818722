/**
 * Suppliers' times into ISO 8601 UTC with Z; null for anything unreadable. A time without a zone is taken as UTC,
 * as Airalo's `2027-03-01 08:30:15`; eSIM Access writes offsets without a colon; eSIM Go's samples have ISO text with
 * and without a fraction, seconds and milliseconds since the epoch, and RFC 1123.
 */
export function utcTimeOf(text: string | null): string | null {
  const millis = millisOf((text ?? "").trim());
  return millis === null || Number.isNaN(millis) ? null : new Date(millis).toISOString();
}

const ISO = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d)(:\d\d(?:\.\d{1,9})?)?\s*(Z|[+-]\d\d:?\d\d)?$/i;
const RFC_1123 = /^[A-Z][a-z]{2}, \d\d? [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d (?:GMT|UTC|Z|[+-]\d{4})$/;

function millisOf(text: string): number | null {
  // Ten digits are seconds until the year 2286, and thirteen milliseconds.
  if (/^[0-9]{9,10}(?:\.[0-9]{1,9})?$/.test(text)) return Math.round(Number(text) * 1000);
  if (/^[0-9]{12,14}$/.test(text)) return Number(text);
  if (RFC_1123.test(text)) return Date.parse(text);
  const match = ISO.exec(text);
  if (!match) return null;
  const [, date, minutes, seconds = ":00", zone = "Z"] = match;
  const offset = zone.length === 5 ? `${zone.slice(0, 3)}:${zone.slice(3)}` : zone.toUpperCase();
  return Date.parse(`${date}T${minutes}${seconds.slice(0, 7)}${offset}`);
}
