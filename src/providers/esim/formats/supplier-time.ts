/**
 * Suppliers' times into ISO 8601 UTC with Z; null for anything unreadable. A time without a zone is taken as UTC,
 * as Airalo's `2027-03-01 08:30:15`; eSIM Access writes offsets without a colon, eSIM Go epoch milliseconds in one
 * place and ISO text in another.
 */
export function utcTimeOf(text: string | null): string | null {
  if (text === null) return null;
  const trimmed = text.trim();
  if (/^[0-9]{12,14}$/.test(trimmed)) return new Date(Number(trimmed)).toISOString();
  const match = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d)(:\d\d(?:\.\d{1,9})?)?\s*(Z|[+-]\d\d:?\d\d)?$/.exec(
    trimmed,
  );
  if (!match) return null;
  const [, date, minutes, seconds = ":00", zone = "Z"] = match;
  const offset = zone.length === 5 ? `${zone.slice(0, 3)}:${zone.slice(3)}` : zone;
  const millis = Date.parse(`${date}T${minutes}${seconds.slice(0, 7)}${offset}`);
  return Number.isNaN(millis) ? null : new Date(millis).toISOString();
}
