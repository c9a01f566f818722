import type { Queryable } from "../../db/database.js";
import { mapPages, PAGE_ROWS, readPages } from "../../db/read-pages.js";
import type { CsvValue } from "../../kernel/csv/csv-cell.js";
import { writeCsv } from "../../kernel/csv/write-csv.js";
import type { ListScreen } from "./list-screen-definition.js";
import { type ScreenRow, screenStatement } from "./list-screen-read.js";
import type { Where } from "./list-screen-where.js";

/** What is filtered as CSV, the newest first, read a page at a time while it is sent. */
export function exportScreen(db: Queryable, screen: ListScreen, where: Where): AsyncGenerator<string> {
  const { id, from, select } = screen;
  const columns = Object.keys(screen.item.properties);
  const page = screenStatement(
    screen,
    "export",
    `select ${select} from ${from} where ${where.text} and ${id} < $${where.values.length + 1}
     order by ${id} desc limit ${PAGE_ROWS}`,
  );
  const readPage = async (after: number) => (await db.run<ScreenRow>(page, [...where.values, after])).rows;
  const pages = readPages(readPage, Number.MAX_SAFE_INTEGER, (row) => Number(row.id));
  return writeCsv(
    columns,
    mapPages(pages, (row) => columns.map((column) => cellOf(row[column]))),
  );
}

function cellOf(value: unknown): CsvValue {
  if (value === null || value === undefined) return null;
  if (typeof value === "string" || typeof value === "number" || typeof value === "boolean") return value;
  return JSON.stringify(value);
}
