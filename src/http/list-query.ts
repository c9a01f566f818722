import { type TObject, type TProperties, type TSchema, Type } from "typebox";
import type { ListPage, ListRequest, SortOrder } from "../kernel/list-page.js";

const PAGE_SIZE_DEFAULT = 20;
const PAGE_SIZE_MAX = 200;
/** A page behind the last one is empty; a number that is no page number is 422. */
const PAGE_MAX = 1_000_000_000;

const SortOrderSchema = Type.Unsafe<SortOrder>({ type: "string", enum: ["asc", "desc"] });

interface ListQuery<SortKey extends string> {
  readonly page?: number;
  readonly page_size?: number;
  readonly q?: string;
  readonly sort_by?: SortKey;
  readonly sort_order?: SortOrder;
}

/**
 * The query of every list: `page`, `page_size`, `q`, `sort_by` from the allow-list, `sort_order`, and
 * the list's own filters. Closed: an unknown member is 422.
 */
export function listQuery<const SortKey extends string, Filters extends TProperties = TProperties>(
  sortable: readonly SortKey[],
  filters?: Filters,
) {
  return Type.Object(
    {
      page: Type.Optional(Type.Integer({ minimum: 1, maximum: PAGE_MAX, description: "From 1" })),
      page_size: Type.Optional(Type.Integer({ minimum: 1, maximum: PAGE_SIZE_MAX })),
      q: Type.Optional(
        Type.String({ maxLength: 200, description: "Finds this text, without regard to case" }),
      ),
      sort_by: Type.Optional(Type.Unsafe<SortKey>({ type: "string", enum: [...sortable] })),
      sort_order: Type.Optional(SortOrderSchema),
      ...(filters ?? ({} as Filters)),
    },
    { additionalProperties: false },
  );
}

/** The query with its defaults. */
export function listRequestOf<SortKey extends string>(
  query: ListQuery<SortKey>,
  defaults: { readonly sortBy: SortKey; readonly sortOrder: SortOrder },
): ListRequest<SortKey> {
  return {
    page: query.page ?? 1,
    pageSize: query.page_size ?? PAGE_SIZE_DEFAULT,
    q: query.q ?? "",
    sortBy: query.sort_by ?? defaults.sortBy,
    sortOrder: query.sort_order ?? defaults.sortOrder,
  };
}

/** The schema of a list's answer. */
export function listOf<Item extends TSchema>(item: Item): TObject<ListAnswerProperties<Item>> {
  return Type.Object({
    items: Type.Array(item),
    total: Type.Integer(),
    page: Type.Integer(),
    page_size: Type.Integer(),
    total_pages: Type.Integer(),
  }) as TObject<ListAnswerProperties<Item>>;
}

type ListAnswerProperties<Item extends TSchema> = {
  items: ReturnType<typeof Type.Array<Item>>;
  total: ReturnType<typeof Type.Integer>;
  page: ReturnType<typeof Type.Integer>;
  page_size: ReturnType<typeof Type.Integer>;
  total_pages: ReturnType<typeof Type.Integer>;
};

/** `total_pages` is 0 for an empty list. */
export function listAnswer<Row, Item>(
  page: ListPage<Row>,
  request: Pick<ListRequest, "page" | "pageSize">,
  itemOf: (row: Row) => Item,
) {
  return {
    items: page.rows.map(itemOf),
    total: page.total,
    page: request.page,
    page_size: request.pageSize,
    total_pages: Math.ceil(page.total / request.pageSize),
  };
}
