/**
 * Reads what mysqldump and mariadb-dump write: CREATE TABLE for the order of columns, and INSERTs, with every line end
 * inside a text escaped. Nothing is run; only the rows of the wanted tables are handed on.
 */
export type DumpValue = string | null;
export type DumpRow = Readonly<Record<string, DumpValue>>;

export class DumpUnreadable extends Error {
  override readonly name = "DumpUnreadable";
}

const CREATE = /^CREATE TABLE `(\w+)` \(/;
const COLUMN = /^\s+`(\w+)` /;
const INSERT = /^INSERT (?:IGNORE )?INTO `(\w+)` (?:\(([^)]*)\) )?VALUES\s*/;

interface Insert {
  readonly table: string;
  readonly columns: readonly string[];
}

export async function readDump(
  lines: AsyncIterable<string>,
  wanted: ReadonlySet<string>,
  take: (table: string, row: DumpRow) => void,
): Promise<ReadonlySet<string>> {
  const columnsOf = new Map<string, string[]>();
  let created: string[] | undefined;
  // MariaDB writes each row on a line of its own, MySQL all of them on one.
  let insert: Insert | undefined;
  let number = 0;
  const broken = (): DumpUnreadable =>
    new DumpUnreadable(`Line ${number}: cut off or not written by mysqldump`);
  for await (const line of lines) {
    number += 1;
    let at = 0;
    if (insert === undefined) {
      created = columnsIn(line, created, columnsOf);
      if (created !== undefined) continue;
      const found = INSERT.exec(line);
      const [head = "", table = "", named] = found ?? [];
      if (found === null || !wanted.has(table)) continue;
      const columns = named?.split(",").map((one) => one.trim().replaceAll("`", "")) ?? columnsOf.get(table);
      if (columns === undefined)
        throw new DumpUnreadable(`Line ${number}: rows of ${table} come before its CREATE TABLE`);
      insert = { table, columns };
      at = head.length;
      if (at === line.length) continue;
    }
    const { rows, isLast } = readTuples(line, at) ?? {};
    if (rows === undefined || rows.some(({ length }) => length !== insert?.columns.length)) throw broken();
    const { table, columns } = insert;
    for (const values of rows)
      take(table, Object.fromEntries(columns.map((column, index) => [column, values[index] ?? null])));
    if (isLast === true) insert = undefined;
  }
  if (insert !== undefined) throw broken();
  return new Set(columnsOf.keys());
}

/** The columns of the table that is being created, while it is. */
function columnsIn(
  line: string,
  created: string[] | undefined,
  columnsOf: Map<string, string[]>,
): string[] | undefined {
  if (created === undefined) {
    const [, table] = CREATE.exec(line) ?? [];
    if (table === undefined) return undefined;
    const columns: string[] = [];
    columnsOf.set(table, columns);
    return columns;
  }
  const [, column] = COLUMN.exec(line) ?? [];
  if (column !== undefined) created.push(column);
  return line.startsWith(")") ? undefined : created;
}

/** `(1,'text',NULL),(2,…);` from `start` on; undefined for anything else. */
function readTuples(
  line: string,
  start: number,
): { readonly rows: readonly DumpValue[][]; readonly isLast: boolean } | undefined {
  const rows: DumpValue[][] = [];
  for (let at = start; ; at += 1) {
    if (line[at] !== "(") return undefined;
    const values: DumpValue[] = [];
    do {
      const value = readValue(line, at + 1);
      if (value === undefined) return undefined;
      values.push(value.value);
      at = value.end;
    } while (line[at] === ",");
    if (line[at] !== ")") return undefined;
    rows.push(values);
    at += 1;
    if (line[at] === ";") return { rows, isLast: true };
    if (line[at] !== ",") return undefined;
    if (at + 1 === line.length) return { rows, isLast: false };
  }
}

const BARE = /[^,)]+/y;

function readValue(line: string, start: number): { value: DumpValue; end: number } | undefined {
  const at = line.startsWith("_binary ", start) ? start + 8 : start;
  if (line[at] === "'") return readQuoted(line, at + 1);
  BARE.lastIndex = at;
  const [text] = BARE.exec(line) ?? [];
  if (text === undefined) return undefined;
  return { value: text === "NULL" ? null : text, end: at + text.length };
}

const ESCAPED: Readonly<Record<string, string>> = {
  n: "\n",
  r: "\r",
  t: "\t",
  "0": "\0",
  b: "\b",
  Z: "\u001a",
};

function readQuoted(line: string, start: number): { value: string; end: number } | undefined {
  let value = "";
  for (let at = start; at < line.length; at += 1) {
    const letter = line[at] ?? "";
    if (letter === "\\") {
      at += 1;
      const next = line[at] ?? "";
      value += ESCAPED[next] ?? next;
    } else if (letter !== "'") value += letter;
    else if (line[at + 1] === "'") {
      value += "'";
      at += 1;
    } else return { value, end: at + 1 };
  }
  return undefined;
}

/** By line feeds alone: a text may hold what other readers of lines take for an end of one. */
export async function* linesOf(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<string, void, undefined> {
  const decoder = new TextDecoder("utf-8");
  let rest = "";
  for await (const chunk of chunks) {
    const pieces = (rest + decoder.decode(chunk, { stream: true })).split("\n");
    rest = pieces.pop() ?? "";
    for (const piece of pieces) yield piece.endsWith("\r") ? piece.slice(0, -1) : piece;
  }
  if (rest !== "") yield rest;
}
