/** A page that is written and sent at once: small enough that nothing else waits for it. */
export const PAGE_ROWS = 200;

/**
 * All rows of an ordered list, a page at a time: no transaction stays open and no more than a page is in memory,
 * however long the list is and however slowly it is read. A row that changes its place meanwhile can be missed or met
 * twice. `readPage` returns the first `PAGE_ROWS` rows behind the key.
 */
export async function* readPages<Row, Key>(
  readPage: (after: Key) => Promise<readonly Row[]>,
  first: Key,
  keyOf: (row: Row) => Key,
): AsyncGenerator<readonly Row[], void, undefined> {
  for (let after = first; ; ) {
    const rows = await readPage(after);
    yield rows;
    const last = rows.at(-1);
    if (rows.length < PAGE_ROWS || last === undefined) return;
    after = keyOf(last);
  }
}

/** Each page with its rows as something else, such as cells of a file. */
export async function* mapPages<Row, Item>(
  pages: AsyncIterable<readonly Row[]>,
  itemOf: (row: Row) => Item,
): AsyncGenerator<readonly Item[], void, undefined> {
  for await (const page of pages) yield page.map(itemOf);
}
