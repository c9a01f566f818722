import { type Db, type Queryable, statement } from "../../db/database.js";
import { amountMajor } from "../../kernel/money.js";
import type { Permission } from "../../kernel/permissions.js";
import { findNamedThings, type HitKind, type NamedThing } from "./named-things.js";
import { findSimilarAddresses } from "./similar-addresses.js";

const HITS_MAX = 20;

/** What a person has to be allowed to be shown a hit of a kind, which is what its page needs. */
const OPENED_BY: Readonly<Record<HitKind, Permission>> = {
  order: "orders.read",
  customer: "customers.read",
  esim: "esims.read",
  top_up: "esims.read",
  payment: "payments.read",
  refund: "payments.read",
  plan: "catalogue.read",
};

/** A label and what tells hits of one kind apart, for a list of (kind, id). */
const LABELS = statement(
  "admin.label_hits",
  `select n.kind, n.id, x.label, x.status, x.currency, x.amount_minor, x.email
   from unnest($1::text[], $2::bigint[]) with ordinality as n(kind, id, place)
   join lateral (
     select o.reference as label, o.status, o.currency, o.amount_minor, u.email
       from orders o join users u on u.id = o.user_id where n.kind = 'order' and o.id = n.id
     union all
     select u.email, case when u.deleted_at is not null then 'deleted' when u.disabled_at is not null then 'disabled' end,
       null, null, u.name from users u where n.kind = 'customer' and u.id = n.id
     union all
     select coalesce(e.iccid, 'eSIM ' || e.id), e.status, null, null, u.email
       from esim_profiles e join users u on u.id = e.user_id where n.kind = 'esim' and e.id = n.id
     union all
     select coalesce(t.supplier_top_up_id, 'Top-up ' || t.id), t.status, null, null, u.email
       from top_ups t join users u on u.id = t.user_id where n.kind = 'top_up' and t.id = n.id
     union all
     select coalesce(p.intent_id, p.reference), p.status, p.currency, p.amount_minor, p.provider
       from payments p where n.kind = 'payment' and p.id = n.id
     union all
     select coalesce(r.provider_refund_id, r.reference), r.status, r.currency, r.amount_minor, r.reason
       from refunds r where n.kind = 'refund' and r.id = n.id
     union all
     select p.sku, case when p.is_active then 'on sale' else 'paused' end, null, null, p.name
       from plans p where n.kind = 'plan' and p.id = n.id
   ) x on true
   order by n.place`,
);

interface LabelRow {
  readonly kind: HitKind;
  readonly id: number;
  readonly label: string;
  readonly status: string | null;
  readonly currency: string | null;
  readonly amount_minor: number | null;
  readonly email: string | null;
}

export interface SearchHit {
  readonly kind: HitKind;
  readonly id: number;
  readonly label: string;
  readonly detail: string;
  readonly matched: string;
  readonly order_id: number | null;
}

/** One box for everything, by indexed columns alone; what the caller may not open is not among the hits. */
export async function searchShop(
  db: Db,
  text: string,
  permissions: ReadonlySet<Permission>,
): Promise<readonly SearchHit[]> {
  if (text.length < 2) return [];
  const mayOpen = ({ kind }: { kind: HitKind }): boolean => permissions.has(OPENED_BY[kind]);
  let things = (await findNamedThings(db, text)).filter(mayOpen);
  if (things.length === 0 && permissions.has("customers.read")) things = await findByTypos(db, text);
  const shown = things.slice(0, HITS_MAX);
  if (shown.length === 0) return [];
  const { rows } = await db.run<LabelRow>(LABELS, [shown.map(({ kind }) => kind), shown.map(({ id }) => id)]);
  return rows.flatMap((row) => {
    const thing = shown.find(({ kind, id }) => kind === row.kind && id === row.id);
    if (thing === undefined) return [];
    return [{ ...thing, label: row.label, detail: detailOf(row) }];
  });
}

async function findByTypos(db: Queryable, text: string): Promise<NamedThing[]> {
  const ids = await findSimilarAddresses(db, text);
  return ids.map((id) => ({ kind: "customer", id, matched: "similar_email", order_id: null }));
}

function detailOf({ status, currency, amount_minor: minor, email }: LabelRow): string {
  const amount = currency === null || minor === null ? null : `${amountMajor(minor, currency)} ${currency}`;
  return [status, amount, email].filter((part) => part !== null && part !== "").join(" · ");
}
