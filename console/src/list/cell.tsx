import type { ColumnKind } from "virtual:list-schemas";
import { Anchor, Code } from "@mantine/core";
import type { ReactNode } from "react";
import { Link } from "../parts/link.js";
import { Moment, Money, Nothing, State } from "../parts/values.js";
import { useLanguage } from "../text/text.js";
import type { Column, Row } from "./list-view.js";

/** Members that lead somewhere: to which page. */
const PAGES: Readonly<Record<string, (value: string) => string>> = {
  order_id: (value) => `/orders/${value}`,
  user_id: (value) => `/customers/${value}`,
  esim_id: (value) => `/esims/${value}`,
  payment_id: (value) => `/payments/${value}`,
};

/** Members whose values are words of the API. */
const WORDS = new Set([
  "kind",
  "origin",
  "surplus_reason",
  "parked_reason",
  "failure_reason",
  "profile_state",
  "plan_state",
  "class",
  "limit",
  "matched",
  "held_reason",
]);

/** Some routes say of a moment only that it is text. */
const TIME_NAME = /_at$/;

/** A value as people read it, by its kind and its name. */
export function Cell({
  column,
  kind,
  row,
}: {
  readonly column: Column;
  readonly kind: ColumnKind;
  readonly row: Row;
}): ReactNode {
  const { text, word } = useLanguage();
  if (column.show !== undefined) return column.show(row);
  const { name } = column;
  const value = row[name];
  if (value === null || value === undefined || value === "") return <Nothing />;
  if (kind === "time" || TIME_NAME.test(name)) return <Moment at={String(value)} />;
  if (typeof value === "boolean") return text(value ? "list.yes" : "list.no");
  if (name.endsWith("_minor_units")) return <Money minor={Number(value)} currency={String(row.currency)} />;
  if (name === "status" || name.endsWith("_status") || name === "outcome")
    return <State value={String(value)} />;
  const page = PAGES[name];
  if (page !== undefined)
    return (
      <Anchor component={Link} to={page(String(value))} size="sm">
        {String(value)}
      </Anchor>
    );
  if (Array.isArray(value) && value.every((one) => typeof one === "string")) return value.join(", ");
  if (typeof value === "object") return <Code className="wide-code">{JSON.stringify(value)}</Code>;
  return WORDS.has(name) ? word(String(value)) : String(value);
}
