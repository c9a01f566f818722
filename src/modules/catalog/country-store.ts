import { type Queryable, statement, type Tx } from "../../db/database.js";
import { containsPattern, listStatements, readListPage } from "../../db/list-sql.js";
import type { ListPage, ListRequest } from "../../kernel/list-page.js";
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
