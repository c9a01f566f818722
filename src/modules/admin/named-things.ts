import { type Queryable, statement } from "../../db/database.js";
import { containsPattern } from "../../db/list-sql.js";

/** What a text can name. An order stands for all that belongs to it, a customer for all that is theirs. */
export type HitKind = "order" | "customer" | "esim" | "top_up" | "payment" | "refund" | "plan";

export interface NamedThing {
  readonly kind: HitKind;
  readonly id: number;
  /** By what it was found: "reference", "email", "iccid", … */
  readonly matched: string;
  /** The order that it belongs to. */
  readonly order_id: number | null;
}

/** No single name has more; a beginning that fits more people is no search yet. */
const PEOPLE_MAX = 200;
const END_OF_PREFIX = "\u{10FFFF}";

/**
 * What a text names exactly, by indexed columns only: an id, a reference, an e-mail (or its beginning), an ICCID, what a
 * provider or supplier calls it, a plan's SKU. The operators of patterns (~>=~) compare by bytes, which the index is
 * made for whatever the database's language.
 */
const NAMED = statement(
  "admin.find_named_things",
  `select kind, id, matched, order_id from (
     select 1 as rank, 'order' as kind, id, 'reference' as matched, id as order_id from orders
       where reference = any (array[$1, upper($1)])
     union all select 2, 'order', id, 'id', id from orders where id = $3
     union all select 2, 'customer', id, 'id', null from users where id = $3
     union all select 3, 'payment', id, 'id', order_id from payments where id = $3
     union all select 3, 'refund', id, 'id', order_id from refunds where id = $3
     union all select 3, 'esim', id, 'id', order_id from esim_profiles where id = $3
     union all select 3, 'top_up', id, 'id', order_id from top_ups where id = $3
     union all select 3, 'plan', id, 'id', null from plans where id = $3
     union all select 1, 'customer', id, 'email', null from users where email = $2
     union all (select 2, 'customer', id, 'email', null from users
       where mailbox_of(email) = mailbox_of($2) and email <> $2 limit ${PEOPLE_MAX})
     union all (select 4, 'customer', id, 'email', null from users
       where length($2) >= 3 and email ~>=~ $2 and email ~<~ $4 and email <> $2
       order by email using ~<~ limit ${PEOPLE_MAX})
     union all (select 1, 'esim', id, 'iccid', order_id from esim_profiles
       where iccid = any (array[$1, $2]) order by id desc limit 20)
     union all select 1, 'payment', id, 'intent', order_id from payments where intent_id = $1
     union all select 1, 'payment', id, 'reference', order_id from payments where reference = $1
     union all select 1, 'refund', id, 'provider_refund', order_id from refunds where provider_refund_id = $1
     union all select 1, 'refund', id, 'reference', order_id from refunds where reference = $1
     union all (select 1, case when a.top_up_id is null then 'esim' else 'top_up' end, coalesce(a.top_up_id, a.profile_id),
         'supplier_order', coalesce(t.order_id, e.order_id)
       from provisioning_attempts a left join esim_profiles e on e.id = a.profile_id left join top_ups t on t.id = a.top_up_id
       where a.supplier_order_id = $1 or a.reference = $1 limit 20)
     union all (select 1, 'esim', id, 'supplier_order', order_id from esim_profiles where supplier_reference = $1 limit 20)
     union all select 1, 'plan', id, 'sku', null from plans where sku = any (array[$1, upper($1)])
   ) named order by rank, kind, id desc`,
);

export async function findNamedThings(db: Queryable, text: string): Promise<readonly NamedThing[]> {
  const lower = text.toLowerCase();
  const number = /^\d{1,15}$/.test(text) ? Number(text) : null;
  const { rows } = await db.run<NamedThing>(NAMED, [text, lower, number, `${lower}${END_OF_PREFIX}`]);
  const found = new Map<string, NamedThing>();
  for (const row of rows) if (!found.has(`${row.kind}:${row.id}`)) found.set(`${row.kind}:${row.id}`, row);
  return [...found.values()];
}

/** The orders that were named, by their own number or by anything of theirs that is no mere number. */
export const ordersAmong = (things: readonly NamedThing[]): readonly number[] =>
  distinct(things.filter(isOwnOrName("order")).flatMap(({ order_id: id }) => (id === null ? [] : [id])));

/** The people that were named by more than their number. */
export const peopleAmong = (things: readonly NamedThing[]): readonly number[] =>
  distinct(things.filter(({ kind, matched }) => kind === "customer" && matched !== "id").map(({ id }) => id));

export const idsOf = (things: readonly NamedThing[], kind: HitKind): readonly number[] =>
  distinct(things.filter((thing) => thing.kind === kind).map(({ id }) => id));

const isOwnOrName =
  (kind: HitKind) =>
  (thing: NamedThing): boolean =>
    thing.kind === kind || thing.matched !== "id";
const distinct = (ids: readonly number[]): readonly number[] => [...new Set(ids)];

/** No index finds a part of a name, so only so many are looked through. */
const NEWEST = 20_000;
const BY_PREFIX = statement(
  "admin.find_people_by_prefix",
  `select id from users where email ~>=~ $1 and email ~<~ $2 order by email using ~<~ limit ${PEOPLE_MAX}`,
);
const BY_PART = statement(
  "admin.find_people_by_part",
  `select id from (select id, email, name from users order by id desc limit ${NEWEST}) newest
   where email ilike $1 or name ilike $1 limit ${PEOPLE_MAX}`,
);

/** People by the beginning of their e-mail; where nobody has it, the newest by a part of e-mail or name. */
export async function findPeople(db: Queryable, text: string): Promise<readonly number[]> {
  const lower = text.trim().toLowerCase();
  if (lower === "") return [];
  const begins = await db.run<{ id: number }>(BY_PREFIX, [lower, `${lower}${END_OF_PREFIX}`]);
  const { rows } =
    begins.count > 0 ? begins : await db.run<{ id: number }>(BY_PART, [containsPattern(lower)]);
  return rows.map(({ id }) => id);
}
