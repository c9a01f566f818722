import type { FakeBooks } from "./fake-books.js";
import { invalidRequest } from "./fake-error.js";
import { integerParam, listParam, type Params, textParam } from "./fake-form.js";
import type { FakeEvent, FakeIntent, FakeObject } from "./fake-types.js";

type Listed = FakeObject | FakeEvent;

/** One page, newest first, with Stripe's cursors (docs.stripe.com/api/pagination). */
export function listPage<Item extends Listed>(
  items: Iterable<Item>,
  params: Params,
  url: string,
  isWanted: (item: Item) => boolean = () => true,
): { object: "list"; data: Item[]; has_more: boolean; url: string } {
  const limit = integerParam(params, "limit") ?? 10;
  if (limit < 1 || limit > 100)
    throw invalidRequest("This value must be between 1 and 100.", { param: "limit" });
  const isInRange = createdFilter(params);
  const all = [...items].reverse().filter((item) => isInRange(item.created) && isWanted(item));
  const after = textParam(params, "starting_after");
  const start = after === null ? 0 : all.findIndex((item) => item.id === after) + 1;
  if (after !== null && start === 0)
    throw invalidRequest(`No such object: '${after}'`, { param: "starting_after" });
  const data = all.slice(start, start + limit);
  return { object: "list", data, has_more: start + limit < all.length, url };
}

function createdFilter(params: Params): (created: number) => boolean {
  const range = params.created;
  if (range === undefined) return () => true;
  if (typeof range === "string") return (created) => created === Number(range);
  if (Array.isArray(range)) throw invalidRequest("Invalid object", { param: "created" });
  const bound = (name: string) => integerParam(range, name);
  const [gt, gte, lt, lte] = [bound("gt"), bound("gte"), bound("lt"), bound("lte")];
  return (created) =>
    (gt === null || created > gt) &&
    (gte === null || created >= gte) &&
    (lt === null || created < lt) &&
    (lte === null || created <= lte);
}

const CLAUSE = /^metadata\['([^']+)'\]:'((?:[^'\\]|\\.)*)'$/;

/**
 * `metadata['a']:'b' AND metadata['c']:'d'`. The index lags: what was created within `lagSeconds` is not found,
 * which is why a search that finds nothing proves nothing (docs.stripe.com/search#data-freshness).
 */
export function searchIntents(books: FakeBooks, params: Params, lagSeconds: number) {
  const query = textParam(params, "query");
  if (query === null) throw invalidRequest("Missing required param: query.", { param: "query" });
  const clauses = query.split(/ and /i).map((clause) => {
    const match = CLAUSE.exec(clause.trim());
    if (!match) throw invalidRequest(`Cannot parse the search query: ${query}`, { param: "query" });
    return [match[1] ?? "", (match[2] ?? "").replace(/\\(.)/g, "$1")] as const;
  });
  const until = books.now() - lagSeconds;
  const isHit = (intent: FakeIntent) =>
    intent.created <= until && clauses.every(([key, value]) => intent.metadata[key] === value);
  const data = [...books.intents.values()].reverse().filter(isHit);
  return {
    object: "search_result",
    data,
    has_more: false,
    next_page: null,
    url: "/v1/payment_intents/search",
  };
}

/** Replaces ids by the objects they name: `latest_charge`, `data.latest_charge`, `data.source`. */
export function expand(books: FakeBooks, answer: object, params: Params): object {
  const copy: unknown = structuredClone(answer);
  for (const path of listParam(params, "expand")) expandPath(books, copy, path.split("."));
  return copy as object;
}

function expandPath(books: FakeBooks, node: unknown, path: readonly string[]): void {
  if (Array.isArray(node)) {
    for (const item of node) expandPath(books, item, path);
    return;
  }
  const [name, ...rest] = path;
  if (typeof node !== "object" || node === null || name === undefined) return;
  const value: unknown = Reflect.get(node, name);
  const found = typeof value === "string" ? findAny(books, value) : null;
  if (found) Reflect.set(node, name, structuredClone(found));
  expandPath(books, Reflect.get(node, name), rest);
}

function findAny(books: FakeBooks, id: string): FakeObject | null {
  const { intents, charges, refunds, disputes, balance } = books;
  return intents.get(id) ?? charges.get(id) ?? refunds.get(id) ?? disputes.get(id) ?? balance.get(id) ?? null;
}
