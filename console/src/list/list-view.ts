import { type ListSchema, listSchemas } from "virtual:list-schemas";
import type { ReactNode } from "react";
import type { TextKey } from "../text/text.js";

export type Row = Readonly<Record<string, unknown>>;

export interface Column {
  /** A member of the route's items. */
  readonly name: string;
  /** Otherwise by the member's kind and name. */
  readonly show?: (row: Row) => ReactNode;
  /** The column's name in `sort_by`, where it differs. */
  readonly sortBy?: string;
}

/** How a route's list is shown; all else comes from the route's own schema. */
export interface ListView {
  readonly operation: string;
  readonly title: TextKey;
  readonly columns: readonly (string | Column)[];
  /** The words that a filter knows, where the schema does not name them. */
  readonly options?: Readonly<Record<string, readonly string[]>>;
  /** The row's own acts. */
  readonly acts?: (row: Row) => ReactNode;
}

export function schemaOf(operation: string): ListSchema {
  const schema = listSchemas[operation];
  if (schema === undefined) throw new Error(`The API has no list ${operation}`);
  return schema;
}

export const columnsOf = ({ columns }: ListView): readonly Column[] =>
  columns.map((column) => (typeof column === "string" ? { name: column } : column));
