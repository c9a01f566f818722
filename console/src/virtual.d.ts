declare module "virtual:list-schemas" {
  export type ColumnKind = "time" | "number" | "flag" | "text";

  export interface ListSchema {
    readonly path: `/admin/${string}`;
    readonly sortable: readonly string[];
    readonly filters: readonly {
      readonly name: string;
      readonly kind: ColumnKind;
      readonly options: readonly string[];
    }[];
    readonly columns: Readonly<Record<string, ColumnKind>>;
    readonly csvPath: string | null;
    /** The filters that the export understands as the list does. */
    readonly csvTakes: readonly string[];
  }

  export const listSchemas: Readonly<Record<string, ListSchema>>;
}
