import type { TObject } from "typebox";
import type { SortOrder } from "../../kernel/list-page.js";
import type { Permission } from "../../kernel/permissions.js";
import type { HitKind } from "./named-things.js";

/** Must be true of a row; `%` stands for the value. Of a flag it is what must be true, or must not. */
export interface ListFilter {
  readonly where: string;
  readonly type?: "text" | "integer" | "person" | "flag";
  /**
   * Values that stand in the statement's text, so that a partial index of a rare one can be used; any other value is a
   * parameter like that of every filter.
   */
  readonly inText?: readonly string[];
}

/** A list for operators: what it selects, what may be searched, filtered and sorted. */
export interface ListScreen {
  /** "orders" is served at /admin/orders and names its statements. */
  readonly name: string;
  readonly permission: Permission;
  /** Its name in the OpenAPI document, which begins with "list". */
  readonly operationId: string;
  readonly summary: string;
  /** One member per selected column, under the wire's name. */
  readonly item: TObject;
  /** `expression as wire_name, …` */
  readonly select: string;
  /** `table t join …`, without `from`. */
  readonly from: string;
  /** What `q` looks for. Large tables are searched by indexed columns only. */
  readonly search: {
    /** The row's own id, where `q` names things of this kind. */
    readonly own?: { readonly kind: HitKind; readonly sql: string };
    /** Rows of the orders, people and eSIMs that `q` names; `%` stands for their ids. */
    readonly order?: string;
    readonly user?: string;
    readonly esim?: string;
    /** The text as it is; `%` stands for it. */
    readonly equal?: readonly string[];
    /** Texts of small tables that `q` may be anywhere in. */
    readonly texts?: readonly string[];
  };
  readonly filters?: Readonly<Record<string, ListFilter>>;
  readonly sortable: Readonly<Record<string, string>>;
  readonly sortedBy: string;
  readonly sortOrder?: SortOrder;
  /** The integer column that makes the order total. */
  readonly id: string;
  /** The column of `from` and `to`. */
  readonly time: string;
}

export interface ScreenQuery {
  readonly q?: string;
  readonly from?: string;
  readonly to?: string;
  readonly [filter: string]: string | number | boolean | undefined;
}
