import { type Queryable, statement, type Tx } from "../../db/database.js";
import { containsPattern, listStatements, readListPage } from "../../db/list-sql.js";
import { PAGE_ROWS, readPages } from "../../db/read-pages.js";
import type { ListPage, ListRequest } from "../../kernel/list-page.js";
import type { UpsertCounts } from "./bulk-plan-store.js";
import type { CountryInput, CountryRow, CountrySortKey } from "./catalog-records.js";

const COLUMNS = `c.id, c.iso2, c.iso3, c.name, c.created_at, c.updated_at,
  (select count(*) from plans p where p.country_id = c.id) as plan_count`;

const LIST = listStatements<CountrySortKey>({
  name: "catalog.countries",
  select: COLUMNS,
  from: "from countries c where c.name ilike $1 or c.iso2 ilike $1 or c.iso3 ilike $1",
  parameters: 1,
  sortable: {
    id: "c.id",
    iso2: "c.iso2",
    name: "lower(c.name)",
    created_at: "c.created_at",
    updated_at: "c.updated_at",
  },
  id: "c.id",
});

export function listCountryRows(
  db: Queryable,
  request: ListRequest<CountrySortKey>,
): Promise<ListPage<CountryRow>> {
  return readListPage(db, LIST, request, [containsPattern(request.q)]);
}

const FIND = statement("catalog.find_country", `select ${COLUMNS} from countries c where c.id = $1`);

export async function findCountryRow(db: Queryable, id: number): Promise<CountryRow | undefined> {
  const { rows } = await db.run<CountryRow>(FIND, [id]);
  return rows[0];
}

const INSERT = statement(
  "catalog.insert_country",
  "insert into countries (iso2, iso3, name) values ($1, $2, $3) returning id",
);

/** Fails on countries_one_per_iso2 and countries_one_per_iso3. */
export async function insertCountry(tx: Tx, { iso2, iso3, name }: CountryInput): Promise<number> {
  const { rows } = await tx.run<{ id: number }>(INSERT, [iso2, iso3, name]);
  return rows[0]?.id ?? 0;
}

const UPDATE = statement(
  "catalog.update_country",
  "update countries set iso2 = $2, iso3 = $3, name = $4, updated_at = now() where id = $1",
);

export async function updateCountry(tx: Tx, id: number, { iso2, iso3, name }: CountryInput): Promise<number> {
  return (await tx.run(UPDATE, [id, iso2, iso3, name])).count;
}

const DELETE = statement("catalog.delete_country", "delete from countries where id = $1");

/** Fails on plans_country_exists and plan_countries_country_exists while a plan refers to it. */
export async function deleteCountry(tx: Tx, id: number): Promise<number> {
  return (await tx.run(DELETE, [id])).count;
}

const PAGE = statement(
  "catalog.page_of_countries",
  "select iso2, iso3, name from countries where iso2 > $1 order by iso2 limit $2",
);

/** Every country by its code, for the export. */
export function countriesInPages(db: Queryable): AsyncGenerator<readonly CountryInput[]> {
  const readPage = async (iso2: string) => (await db.run<CountryInput>(PAGE, [iso2, PAGE_ROWS])).rows;
  return readPages(readPage, "", ({ iso2 }) => iso2);
}

// A country that is already what the row says is not touched; a row without iso3 leaves the one that is there.
const UPSERT = statement(
  "catalog.upsert_countries",
  `insert into countries as c (iso2, iso3, name)
   select iso2, iso3, name from jsonb_to_recordset($1::jsonb) as given (iso2 text, iso3 text, name text)
   on conflict (iso2) do update set
     iso3 = coalesce(excluded.iso3, c.iso3), name = excluded.name, updated_at = now()
   where (c.iso3, c.name) is distinct from (coalesce(excluded.iso3, c.iso3), excluded.name)
   returning xmax = 0 as is_new`,
);

/** Found by iso2. Fails on countries_one_per_iso3. */
export async function upsertCountries(
  tx: Tx,
  rows: readonly { readonly iso2: string; readonly iso3?: string | null; readonly name: string }[],
): Promise<UpsertCounts> {
  const written = await tx.run<{ is_new: boolean }>(UPSERT, [JSON.stringify(rows)]);
  const created = written.rows.filter((row) => row.is_new).length;
  return { created, updated: written.count - created, unchanged: rows.length - written.count };
}
