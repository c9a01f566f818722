const FORM = /^(\d{4}-\d{2}-\d{2})(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,6})?)?(?:Z|[+-]\d{2}:\d{2}))?$/;

/** In UTC, where an offset may lead out of them: the database has no year 0 and reads no more than four digits. */
const YEAR = /^(?!0000)\d{4}-/;

/**
 * A date, which is its first moment in UTC, or a date-time with its zone (ISO 8601); undefined for everything else.
 * V8 alone would take 11.02.2026 for the 2nd of November, a time without a zone for the machine's own, and the 31st of
 * February for the 3rd of March.
 */
export function readMoment(text: string): Date | undefined {
  const [, day = ""] = FORM.exec(text) ?? [];
  const moment = new Date(text);
  const isDay = day !== "" && new Date(`${day}T00:00:00Z`).toJSON()?.startsWith(day) === true;
  return isDay && YEAR.test(moment.toJSON() ?? "") ? moment : undefined;
}
