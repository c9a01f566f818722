/** A line of the payments accounting report by its columns' names. */
export type ReportRow = Readonly<Record<string, string>>;

/** Adyen's pages have the first spelling, clients of its users the others. */
export const modificationOf = (row: ReportRow): string =>
  row["Modification Psp Reference"] ??
  row["Modification PSP Reference"] ??
  row["Psp Modification Reference"] ??
  row["Modification Reference"] ??
  "";

/** Only for the order of entries and their age: of a zone that is not known here an hour or two are of no account. */
const HOURS_BY_ZONE: Readonly<Record<string, number>> = {
  UTC: 0,
  GMT: 0,
  CET: 1,
  BST: 1,
  CEST: 2,
  EST: -5,
  EDT: -4,
  PST: -8,
  PDT: -7,
};

export function timeOf(row: ReportRow): Date {
  const millis = Date.parse(`${(row["Booking Date"] ?? "").replace(" ", "T")}Z`);
  const hours = HOURS_BY_ZONE[row.TimeZone ?? ""] ?? 0;
  return new Date(Number.isNaN(millis) ? 0 : millis - hours * 3_600_000);
}
