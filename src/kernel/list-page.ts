export type SortOrder = "asc" | "desc";

/** One page of a list, as a route read it: every member is checked and has its default. */
export interface ListRequest<SortKey extends string = string> {
  /** From 1. */
  readonly page: number;
  readonly pageSize: number;
  /** What the person searched for; empty means everything. */
  readonly q: string;
  readonly sortBy: SortKey;
  readonly sortOrder: SortOrder;
}

export interface ListPage<Row> {
  readonly rows: readonly Row[];
  /** Rows of all pages. */
  readonly total: number;
}
