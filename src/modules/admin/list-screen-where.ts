import type { Queryable } from "../../db/database.js";
import { containsPattern } from "../../db/list-sql.js";
import { rangeOf } from "../../http/time-range.js";
import type { ListScreen, ScreenQuery } from "./list-screen-definition.js";
import { findNamedThings, findPeople, idsOf, ordersAmong, peopleAmong } from "./named-things.js";

/**
 * The conditions that a request asked for, and no others: the plans of statements do not look at their values
 * (db/session.ts), so an optional condition in the text would keep every index from being used.
 */
export interface Where {
  /** Of the table itself, joined by `and`; its parameters are $1, $2, … */
  readonly text: string;
  readonly values: readonly unknown[];
}

export async function conditionsOf(db: Queryable, screen: ListScreen, query: ScreenQuery): Promise<Where> {
  const conditions: string[] = [];
  const values: unknown[] = [];
  const add = (condition: string, value: unknown): void => {
    values.push(value);
    conditions.push(condition.replaceAll("%", `$${values.length}`));
  };
  for (const [name, { where, type, inText }] of Object.entries(screen.filters ?? {})) {
    const value = query[name];
    if (value === undefined) continue;
    if (type === "flag") conditions.push(value === true ? `(${where})` : `not (${where})`);
    else if (type === "person")
      add(where.replaceAll("%", "%::bigint[]"), await findPeople(db, String(value)));
    else if (inText?.includes(String(value)) === true) conditions.push(where.replaceAll("%", `'${value}'`));
    else add(where, value);
  }
  const range = rangeOf(query);
  if (range.from !== null) add(`${screen.time} >= %::timestamptz`, range.from);
  if (range.to !== null) add(`${screen.time} < %::timestamptz`, range.to);
  const q = query.q?.trim() ?? "";
  if (q !== "") await addSearch(db, screen, q, { conditions, values });
  return { text: conditions.length === 0 ? "true" : conditions.join(" and "), values };
}

async function addSearch(
  db: Queryable,
  { search }: ListScreen,
  q: string,
  to: { readonly conditions: string[]; readonly values: unknown[] },
): Promise<void> {
  const asks = search.own !== undefined || search.order !== undefined || search.user !== undefined;
  const things = asks ? await findNamedThings(db, q) : [];
  const people = asks && things.length === 0 ? await findPeople(db, q) : peopleAmong(things);
  const found: string[] = [];
  const add = (condition: string | undefined, value: unknown): void => {
    if (condition === undefined) return;
    to.values.push(value);
    found.push(condition.replaceAll("%", `$${to.values.length}`));
  };
  const { own } = search;
  if (own !== undefined) {
    const named =
      own.kind === "customer" ? [...people, ...idsOf(things, "customer")] : idsOf(things, own.kind);
    add(`${own.sql} = any (%::bigint[])`, named);
  }
  add(search.order, ordersAmong(things));
  add(search.user, people);
  add(search.esim, idsOf(things, "esim"));
  for (const equal of search.equal ?? []) add(equal, q);
  for (const text of search.texts ?? []) add(`${text} ilike %`, containsPattern(q));
  to.conditions.push(`(${found.join(" or ")})`);
}
