/** What the console asks the shop for. Of lists every order and every filter, from the API's own document. */
export interface ConsoleRead {
  readonly path: string;
  /** At a million orders, at the server. */
  readonly millisMax: number;
}

interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly schema?: {
    readonly type?: string;
    readonly format?: string;
    readonly enum?: readonly string[];
    readonly anyOf?: readonly object[];
  };
}

interface ApiDocument {
  readonly paths?: Readonly<Record<string, unknown>>;
}

const SCREEN_MILLIS = 200;
const SEARCH_MILLIS = 50;
const HOME_MILLIS = 300;

/** Rows of bench/large-shop.ts whose pages are opened: somewhere in the middle. */
export interface Opened {
  readonly orders: number;
  /** Without each list in each of its orders, whose statements differ in nothing else. */
  readonly skipsSorting?: boolean;
}

/** One of each screen that is more than a list. */
const screenReads = ({ orders }: Opened): readonly string[] => {
  const middle = Math.floor(orders / 200) * 100;
  const person = middle / 2;
  return [
    "/admin/me",
    `/admin/orders/${middle + 1}`,
    `/admin/orders/${middle + 1}/refund-preview`,
    `/admin/orders/${middle + 4}/refund-preview`,
    `/admin/users/${person}`,
    `/admin/users/${person}/logins`,
    `/admin/esims/${middle + 2}`,
    `/admin/payments/${middle + 4}`,
    "/admin/plans/1",
    "/admin/plans/1/suppliers",
    "/admin/suppliers",
    "/admin/suppliers/history",
    "/admin/suppliers/history?days=90",
    "/admin/previews",
    "/admin/inventory/low-stock",
    "/admin/price-rules",
    "/admin/exchange-rates",
    "/admin/rate-limits/addresses",
    `/admin/rate-limits?q=person-${person}@example.com`,
    "/admin/team",
    "/admin/sessions",
    "/admin/api-keys",
    "/admin/settings",
    "/admin/settings/order_ttl_minutes/history",
    "/admin/webhook-endpoints",
    "/admin/me/alarms",
    "/admin/second-factor",
    "/admin/esims?is_parked=true&page_size=200",
    "/admin/top-ups?is_parked=true&page_size=200",
    "/admin/webhook-events?outcome=parked&page_size=200",
    "/admin/refunds?status=parked&page_size=200",
    "/admin/jobs?status=failed&page_size=200",
    "/admin/orders?status=created",
    "/admin/orders?status=failed",
    "/admin/orders?status=paid",
    "/admin/orders?status=refunded",
    "/admin/esims?status=pending",
    "/admin/esims?status=ready",
    "/admin/disputes?status=open",
    "/admin/payments?status=succeeded",
    "/admin/payments?provider=STRIPE",
    `/admin/audit-log?subject=order:${middle}`,
    `/admin/orders?user_id=${person}`,
  ];
};

const searches = ({ orders }: Opened): readonly string[] => {
  const middle = Math.floor(orders / 200) * 100;
  return [
    `B${String(middle).padStart(9, "0")}`,
    "person-77@example.com",
    "person-77",
    "persno-777@example.com",
    `8900${String(middle).padStart(15, "0")}`,
    `pi_${middle}`,
    `re_${middle + 1}`,
    `so-${middle}`,
    `attempt-${middle}`,
    "BENCH-7",
    "77",
    "nothing-is-called-so",
  ];
};

/** Every read of every screen, and of every list each order, each filter, the last days and a page in its middle. */
export function consoleReads(document: ApiDocument, opened: Opened): readonly ConsoleRead[] {
  const lists = Object.entries(document.paths ?? {}).flatMap(([path, item]) => {
    const { get } = item as { get?: { parameters?: readonly Parameter[] } };
    const isList = path.startsWith("/admin/") && get?.parameters?.some(({ name }) => name === "sort_by");
    const parameters = get?.parameters ?? [];
    return isList === true && !path.includes("{") ? listReads(path, parameters, opened.skipsSorting) : [];
  });
  return [
    { path: "/admin/summary", millisMax: HOME_MILLIS },
    ...searches(opened).map((text) => ({
      path: `/admin/search?q=${encodeURIComponent(text)}`,
      millisMax: SEARCH_MILLIS,
    })),
    ...[...new Set([...screenReads(opened), ...lists])].map((path) => ({ path, millisMax: SCREEN_MILLIS })),
  ];
}

const DAY_MILLIS = 86_400_000;
const dayBefore = (days: number): string =>
  new Date(Date.now() - days * DAY_MILLIS).toISOString().slice(0, 10);

function listReads(path: string, parameters: readonly Parameter[], skipsSorting = false): readonly string[] {
  const query = parameters.filter((one) => one.in === "query");
  const has = (wanted: string): boolean => query.some(({ name }) => name === wanted);
  const orders = skipsSorting ? [] : (query.find(({ name }) => name === "sort_by")?.schema?.enum ?? []);
  const own = query.filter(({ name }) => !NOT_FILTERS.has(name));
  return [
    path,
    ...orders.flatMap((by) => ["asc", "desc"].map((way) => `${path}?sort_by=${by}&sort_order=${way}`)),
    ...own.map(({ name, schema }) => `${path}?${name}=${RARE[name] ?? absentValueOf(schema)}`),
    ...(has("q") ? [`${path}?q=person-77@example.com`, `${path}?q=nothing-is-called-so`] : []),
    ...(has("from")
      ? [`${path}?from=${dayBefore(31)}`, `${path}?from=${dayBefore(400)}&to=${dayBefore(399)}`]
      : []),
    ...(has("page") ? [`${path}?page=50`] : []),
    ...(has("cursor") ? [`${path}?cursor=5000`] : []),
  ];
}

const NOT_FILTERS: ReadonlySet<string> = new Set([
  "page",
  "page_size",
  "q",
  "sort_by",
  "sort_order",
  "from",
  "to",
  "cursor",
]);

/** Words that the console offers, by the filter: the rarest of each. */
const RARE: Readonly<Record<string, string>> = {
  status: "failed",
  order_status: "created",
  esim_status: "expired",
  top_up_status: "failed",
  payment_status: "requires_action",
  inventory_status: "available",
  kind: "top_up",
  outcome: "parked",
  currency: "EUR",
};

/** A value that no row has, which is the longest to look for. */
function absentValueOf(schema: Parameter["schema"]): string {
  if (schema?.enum !== undefined) return schema.enum[0] ?? "";
  if (schema?.type === "integer" || schema?.type === "number") return "999999999";
  if (schema?.type === "boolean") return "true";
  return "nothing";
}
