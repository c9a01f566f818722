import { type Queryable, statement, type Tx } from "../../db/database.js";
import { containsPattern, listStatements, readListPage } from "../../db/list-sql.js";
import { PAGE_ROWS, readPages } from "../../db/read-pages.js";
import type { ListPage, ListRequest } from "../../kernel/list-page.js";
import type { UpsertCounts } from "./bulk-plan-store.js";
import type { CarrierInput, CarrierRow, CarrierSortKey } from "./catalog-records.js";

const COLUMNS = `ca.id, ca.name, ca.created_at, ca.updated_at,
  (select count(*) from plans p where p.carrier_id = ca.id) as plan_count`;

const LIST = listStatements<CarrierSortKey>({
  name: "catalog.carriers",
  select: COLUMNS,
  from: "from carriers ca where ca.name ilike $1",
  parameters: 1,
  sortable: {
    id: "ca.id",
    name: "lower(ca.name)",
    created_at: "ca.created_at",
    updated_at: "ca.updated_at",
  },
  id: "ca.id",
});

export function listCarrierRows(
  db: Queryable,
  request: ListRequest<CarrierSortKey>,
): Promise<ListPage<CarrierRow>> {
  return readListPage(db, LIST, request, [containsPattern(request.q)]);
}

const FIND = statement("catalog.find_carrier", `select ${COLUMNS} from carriers ca where ca.id = $1`);

export async function findCarrierRow(db: Queryable, id: number): Promise<CarrierRow | undefined> {
  const { rows } = await db.run<CarrierRow>(FIND, [id]);
  return rows[0];
}

const INSERT = statement("catalog.insert_carrier", "insert into carriers (name) values ($1) returning id");

/** Fails on carriers_one_per_name. */
export async function insertCarrier(tx: Tx, { name }: CarrierInput): Promise<number> {
  const { rows } = await tx.run<{ id: number }>(INSERT, [name]);
  return rows[0]?.id ?? 0;
}

const UPDATE = statement(
  "catalog.update_carrier",
  "update carriers set name = $2, updated_at = now() where id = $1",
);

export async function updateCarrier(tx: Tx, id: number, { name }: CarrierInput): Promise<number> {
  return (await tx.run(UPDATE, [id, name])).count;
}

const DELETE = statement("catalog.delete_carrier", "delete from carriers where id = $1");

/** Fails on plans_carrier_exists while a plan refers to it. */
export async function deleteCarrier(tx: Tx, id: number): Promise<number> {
  return (await tx.run(DELETE, [id])).count;
}

const PAGE = statement(
  "catalog.page_of_carriers",
  "select name from carriers where lower(name) > lower($1) order by lower(name) limit $2",
);

/** Every carrier by its name, for the export. */
export function carriersInPages(db: Queryable): AsyncGenerator<readonly CarrierInput[]> {
  const readPage = async (name: string) => (await db.run<CarrierInput>(PAGE, [name, PAGE_ROWS])).rows;
  return readPages(readPage, "", ({ name }) => name);
}

const UPSERT = statement(
  "catalog.upsert_carriers",
  `insert into carriers as ca (name)
   select distinct on (lower(name)) name from unnest($1::text[]) with ordinality as given (name, position)
   order by lower(name), position
   on conflict (lower(name)) do update set name = excluded.name, updated_at = now()
   where ca.name <> excluded.name
   returning xmax = 0 as is_new`,
);

/** Found by name in any case; the spelling becomes the first one of the file, as PostgreSQL sees upper and lower case. */
export async function upsertCarriers(tx: Tx, rows: readonly CarrierInput[]): Promise<UpsertCounts> {
  const written = await tx.run<{ is_new: boolean }>(UPSERT, [rows.map(({ name }) => name)]);
  const created = written.rows.filter((row) => row.is_new).length;
  return { created, updated: written.count - created, unchanged: rows.length - written.count };
}
