import { Type } from "typebox";
import { AppError } from "../kernel/errors.js";
import { readMoment } from "../kernel/moment.js";

export const rangeMembers = {
  from: Type.Optional(Type.String({ maxLength: 40, description: "A date (UTC) or a date-time; inclusive" })),
  to: Type.Optional(Type.String({ maxLength: 40, description: "A date (UTC) or a date-time; exclusive" })),
};

function timeOf(name: "from" | "to", text: string | undefined): Date | null {
  if (text === undefined) return null;
  const moment = readMoment(text);
  if (moment !== undefined) return moment;
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
