import { type Db, type Queryable, statement, type Tx } from "../../../db/database.js";

const PLANS_BY_SKU = statement(
  "esims.plans_by_sku",
  "select id, sku from plans where sku = any ($1::text[])",
);

export async function findPlanIdsBySku(
  db: Queryable,
  skus: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  const { rows } = await db.run<{ id: number; sku: string }>(PLANS_BY_SKU, [skus]);
  return new Map(rows.map(({ id, sku }) => [sku, id]));
}

const NEXT_IDS = statement(
  "esims.next_stock_ids",
  "select nextval(pg_get_serial_sequence('stock_items', 'id')) as id from generate_series(1, $1::integer)",
);

/** A code is sealed for its row, so the row's id comes first. */
export async function nextStockIds(tx: Tx, count: number): Promise<readonly number[]> {
  return (await tx.run<{ id: number }>(NEXT_IDS, [count])).rows.map(({ id }) => id);
}

export interface NewStockItem {
  readonly id: number;
  readonly planId: number;
  readonly sealed: Buffer;
  readonly fingerprint: Buffer;
  readonly iccid: string | null;
}

// A number that a phone may have, or that another code for sale has, is not taken for a second code: the supplier
// would reach the wrong eSIM by it. Suppliers do give the number of an ended eSIM to a new one.
const INSERT = statement(
  "esims.insert_stock",
  `insert into stock_items (id, plan_id, sealed, code_fingerprint, iccid, batch)
   select n.id, n.plan_id, n.sealed, n.fingerprint, n.iccid, $6
   from unnest($1::bigint[], $2::bigint[], $3::bytea[], $4::bytea[], $5::text[])
     as n(id, plan_id, sealed, fingerprint, iccid)
   where not exists (select from esim_profiles p where p.code_fingerprint = n.fingerprint)
     and not exists (select from esim_profiles p where p.iccid = n.iccid and p.status in ('ready', 'active'))
     and not exists (select from stock_items i where i.iccid = n.iccid and i.status = 'assigned' and i.revealed_at is null)
   on conflict do nothing
   returning code_fingerprint`,
);

const KNOWN = statement(
  "esims.known_codes",
  `select code_fingerprint from stock_items where code_fingerprint = any ($1::bytea[])
   union select code_fingerprint from esim_profiles where code_fingerprint = any ($1::bytea[])`,
);

export interface InsertedStock {
  readonly inserted: readonly Buffer[];
  /** Fingerprints of codes that the shop has had before. The others have the number of another eSIM. */
  readonly known: readonly Buffer[];
}

export async function insertStock(
  tx: Tx,
  items: readonly NewStockItem[],
  batch: string,
): Promise<InsertedStock> {
  const values = [
    items.map(({ id }) => id),
    items.map(({ planId }) => planId),
    items.map(({ sealed }) => sealed),
    items.map(({ fingerprint }) => fingerprint),
    items.map(({ iccid }) => iccid),
    batch,
  ];
  const { rows } = await tx.run<FingerprintRow>(INSERT, values);
  const inserted = rows.map((row) => row.code_fingerprint);
  const others = items.filter(({ fingerprint }) => !inserted.some((one) => one.equals(fingerprint)));
  if (others.length === 0) return { inserted, known: [] };
  const found = await tx.run<FingerprintRow>(KNOWN, [others.map(({ fingerprint }) => fingerprint)]);
  return { inserted, known: found.rows.map((row) => row.code_fingerprint) };
}

interface FingerprintRow {
  readonly code_fingerprint: Buffer;
}

export interface StockLevel {
  readonly plan_id: number;
  readonly sku: string;
  readonly name: string;
  readonly available: number;
  readonly held: number;
  readonly assigned: number;
}

/** What is left is counted up to the threshold, by the index of what is left: a plan that sells well has had many codes. */
const LEVELS = statement(
  "esims.stock_levels",
  `select p.id as plan_id, p.sku, p.name, left_over.available,
     (select count(*) from stock_items s where s.plan_id = p.id and s.status = 'held') as held,
     (select count(*) from stock_items s where s.plan_id = p.id and s.status = 'assigned') as assigned
   from plans p cross join lateral (
     select count(*) as available from (
       select from stock_items i where i.plan_id = p.id and i.status = 'available' limit $1 + 1) counted
   ) left_over
   where p.is_active and left_over.available <= $1 and (
     exists (select from plan_suppliers ps where ps.plan_id = p.id and ps.supplier = 'stock')
     or ($2 and not exists (select from plan_suppliers ps where ps.plan_id = p.id))
     or exists (select from stock_items s where s.plan_id = p.id))
   order by left_over.available, p.id limit 1000`,
);

/** Plans that are sold from stock and have this many codes left or fewer: those with none first. */
export async function listLowStock(
  db: Db,
  threshold: number,
  stockIsDefault: boolean,
): Promise<readonly StockLevel[]> {
  return (await db.run<StockLevel>(LEVELS, [threshold, stockIsDefault])).rows;
}
