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
  /** Whom a text of the request named. */
  readonly people: readonly number[];
}

export async function conditionsOf(db: Queryable, screen: ListScreen, query: ScreenQuery): Promise<Where> {
  const conditions: string[] = [];
  const values: unknown[] = [];
  const people: number[] = [];
  const add = (condition: string, value: unknown): void => {
    values.push(value);
    conditions.push(condition.replaceAll("%", `$${values.length}`));
  };
  for (const [name, { where, type, inText }] of Object.entries(screen.filters ?? {})) {
    const value = query[name];
    if (value === undefined) continue;
    if (type === "flag") conditions.push(value === true ? `(${where})` : `not (${where})`);
    else if (type === "person") {
      const named = await findPeople(db, String(value));
      people.push(...named);
      add(where.replaceAll("%", "%::bigint[]"), named);
    } else if (inText?.includes(String(value)) === true) conditions.push(where.replaceAll("%", `'${value}'`));
    else add(where, value);
  }
  const range = rangeOf(query);
  if (range.from !== null) add(`${screen.time} >= %::timestamptz`, range.from);
  if (range.to !== null) add(`${screen.time} < %::timestamptz`, range.to);
  const q = query.q?.trim() ?? "";
  if (q !== "") await addSearch(db, screen, q, { conditions, values, people });
  return { text: conditions.length === 0 ? "true" : conditions.join(" and "), values, people };
}

/**
 * The members of a request for the audit log, which is kept when a person is deleted: of what was typed there is only
 * its length, and whom it named by their numbers.
 */
export function onRecord({ filters = {} }: ListScreen, query: ScreenQuery, { people }: Where): object {
  const isTyped = (name: string, text: string): boolean =>
    name === "q" || filters[name]?.type === "person" || text.includes("@");
  const members = Object.entries(query).map(([name, value]) =>
    isTyped(name, String(value)) ? [name, `${String(value).length} characters`] : [name, value],
  );
  return { ...Object.fromEntries(members), ...(people.length === 0 ? {} : { people: [...new Set(people)] }) };
}

async function addSearch(
  db: Queryable,
  { search }: ListScreen,
  q: string,
  to: { readonly conditions: string[]; readonly values: unknown[]; readonly people: number[] },
): Promise<void> {
  const asks = search.own !== undefined || search.order !== undefined || search.user !== undefined;
  const things = asks ? await findNamedThings(db, q) : [];
  const people = asks && things.length === 0 ? await findPeople(db, q) : peopleAmong(things);
  to.people.push(...people);
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
