import type { DumpRow } from "./read-dump.js";

/** The tables of the earlier backend that are read. */
export const LEGACY_TABLES = [
  "countries",
  "carriers",
  "plans",
  "users",
  "orders",
  "payments",
  "esim_profiles",
  "esim_inventory",
] as const;
export type LegacyTable = (typeof LEGACY_TABLES)[number];

export type LegacyRows = Readonly<Record<LegacyTable, readonly DumpRow[]>>;

/** By id; a foreign key that is null, or leads nowhere, finds nothing. */
export const byId = (rows: readonly DumpRow[]): ReadonlyMap<string, DumpRow> =>
  new Map(rows.map((row) => [row.id ?? "", row]));

/** Enums are stored by their names in some tables and by their values in others: `PAID`, `pending_activation`. */
export const wordOf = (value: string | null | undefined): string => (value ?? "").toLowerCase();

/** `2026-01-31 08:30:15`, which the earlier backend means in UTC. */
export function timeOf(value: string | null | undefined): string | null {
  const text = value ?? "";
  if (!/^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}(\.\d{1,6})?$/.test(text)) return null;
  const time = new Date(`${text.replace(" ", "T")}Z`);
  return Number.isNaN(time.getTime()) ? null : time.toISOString();
}

export function objectOf(json: string | null | undefined): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(json ?? "{}");
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
