import type { Db } from "../../../db/database.js";
import { mapPages, readPages } from "../../../db/read-pages.js";
import { journalRow, listMoves, MOVE_KINDS, type Range, sumMoves, summaryRow } from "./money-moves.js";

export type ExportedRow = Readonly<Record<string, string | number | null>>;
type Pages = AsyncIterable<readonly ExportedRow[]>;

/** Kind after kind, a page at a time. */
export async function* readJournal(db: Db, range: Range): Pages {
  for (const kind of MOVE_KINDS) {
    const pages = readPages(
      (after: number) => listMoves(db, kind, range, after),
      0,
      ({ id }) => id,
    );
    yield* mapPages(pages, (move) => journalRow(kind, move));
  }
}

export async function* readSummary(db: Db, range: Range): Pages {
  yield (await sumMoves(db, range)).map(summaryRow);
}

export const cellsOf = (pages: Pages, columns: readonly string[]) =>
  mapPages(pages, (row) => columns.map((column) => row[column]));
