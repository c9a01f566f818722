import { Type } from "typebox";
import { AppError } from "../kernel/errors.js";

export const rangeMembers = {
  from: Type.Optional(Type.String({ maxLength: 40, description: "A date (UTC) or a date-time; inclusive" })),
  to: Type.Optional(Type.String({ maxLength: 40, description: "A date (UTC) or a date-time; exclusive" })),
};

const TIME = /^(\d{4}-\d{2}-\d{2})(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,6})?)?(?:Z|[+-]\d{2}:\d{2}))?$/;

/** In UTC, where an offset may lead out of them: the database has no year 0 and reads no more than four digits. */
const YEAR = /^(?!0000)\d{4}-/;

/** A date is its first moment in UTC. */
function timeOf(name: "from" | "to", text: string | undefined): Date | null {
  if (text === undefined) return null;
  const [, day = ""] = TIME.exec(text) ?? [];
  const time = new Date(text);
  // V8 takes the 31st of February for the 3rd of March.
  const isDay = day !== "" && new Date(`${day}T00:00:00Z`).toJSON()?.startsWith(day) === true;
  if (isDay && YEAR.test(time.toJSON() ?? "")) return time;
  throw new AppError("validation_failed", "A range is given by dates or date-times with their zone.", {
    errors: [
      { pointer: `/query/${name}`, message: "must be a date such as 2026-01-31 or 2026-01-31T08:30:00Z" },
    ],
  });
}

export interface TimeRange {
  readonly from: string | null;
  readonly to: string | null;
}

/** The members `from` and `to` of a query as ISO 8601 in UTC; throws validation_failed for what is no range. */
export function rangeOf(query: {
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}): TimeRange {
  const [from, to] = [timeOf("from", query.from), timeOf("to", query.to)];
  if (from !== null && to !== null && from >= to) {
    throw new AppError("validation_failed", "The range is empty: `from` has to be before `to`.", {
      errors: [{ pointer: "/query/to", message: "must be later than from, and is not part of the range" }],
    });
  }
  return { from: from?.toISOString() ?? null, to: to?.toISOString() ?? null };
}
