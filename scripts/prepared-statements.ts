import path from "node:path";
import { fileURLToPath } from "node:url";
import pg from "pg";
import { type Statement, watchStatements } from "../src/db/database.js";

const ROOT = path.dirname(path.dirname(fileURLToPath(import.meta.url)));

/** A statement of the program, and the file that puts its text together. */
export interface MadeStatement extends Statement {
  readonly file: string;
}

/** What PostgreSQL says of a statement: the types of its parameters, and the columns of its rows. */
export interface PreparedStatement extends MadeStatement {
  readonly parameters: readonly string[];
  readonly columns: readonly { readonly name: string; readonly type: string }[];
}

/**
 * Every statement with a name that the program makes when it is put together, sorted by name. Lists that a request
 * filters or orders have more, which are made of the same parts when they are asked for.
 */
export async function statementsOfTheProgram(): Promise<readonly MadeStatement[]> {
  const made = new Map<string, MadeStatement>();
  watchStatements((one) => {
    if (one.name !== "") made.set(one.name, { ...one, file: callerOf(new Error().stack ?? "") });
  });
  try {
    const { openApiText } = await import("../src/commands/openapi.js");
    await openApiText();
  } finally {
    watchStatements(undefined);
  }
  return [...made.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** The first file of the program on the stack that is not the one in which statements are made. */
function callerOf(stack: string): string {
  const files = [...stack.matchAll(/(?:file:\/\/)?(\/[^\s()]+\.ts):\d+/g)].map(([, file = ""]) =>
    path.relative(ROOT, file).replaceAll(path.sep, "/"),
  );
  return files.find((file) => file.startsWith("src/") && file !== "src/db/database.ts") ?? "?";
}

/** Has PostgreSQL prepare each; the second list says which it refuses, and why. */
export async function prepareAll(
  url: string,
  statements: readonly MadeStatement[],
): Promise<{ readonly prepared: readonly PreparedStatement[]; readonly refused: readonly string[] }> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const types = new Map<number, string>();
    const { rows } = await client.query(
      "select oid::int as oid, format_type(oid, null) as name from pg_type",
    );
    for (const { oid, name } of rows) types.set(Number(oid), name);
    const typeOf = (oid: number): string => types.get(oid) ?? String(oid);
    const prepared: PreparedStatement[] = [];
    const refused: string[] = [];
    for (const one of statements) {
      try {
        const { parameters, fields } = await describe(client, one.text);
        const columns = fields.map(({ name, dataTypeID }) => ({ name, type: typeOf(dataTypeID) }));
        prepared.push({ ...one, parameters: parameters.map(typeOf), columns });
      } catch (error) {
        refused.push(`${one.name} (${one.file}): ${(error as Error).message}`);
      }
    }
    return { prepared, refused };
  } finally {
    await client.end();
  }
}

interface Described {
  readonly parameters: readonly number[];
  readonly fields: readonly pg.FieldDef[];
}

/** The wire of PostgreSQL as `pg` has it, of which it publishes no types. */
interface Wire {
  parse(query: { text: string; name: string }): void;
  describe(what: { type: "S"; name: string }): void;
  sync(): void;
  once(event: "parameterDescription", listener: (message: { dataTypeIDs: number[] }) => void): void;
}

/** Parses and describes without running anything. */
function describe(client: pg.Client, text: string): Promise<Described> {
  return new Promise((resolve, reject) => {
    let parameters: readonly number[] = [];
    let fields: readonly pg.FieldDef[] = [];
    client.query({
      submit(wire: Wire) {
        wire.once("parameterDescription", ({ dataTypeIDs }) => {
          parameters = dataTypeIDs;
        });
        wire.parse({ text, name: "" });
        wire.describe({ type: "S", name: "" });
        wire.sync();
      },
      handleRowDescription(message: { fields: readonly pg.FieldDef[] }) {
        fields = message.fields;
      },
      // After an error `pg` waits for the server by itself and tells the query no more.
      handleError: reject,
      handleReadyForQuery: () => resolve({ parameters, fields }),
    } as unknown as pg.Submittable);
  });
}

/** As people read it: each statement whole, with its name, its file, and what goes in and comes out. */
export function statementsText(prepared: readonly PreparedStatement[]): string {
  const one = ({ name, file, text, parameters, columns }: PreparedStatement): string =>
    [
      `-- ${name}`,
      `-- ${file}`,
      ...(parameters.length > 0
        ? [`-- takes ${parameters.map((type, index) => `$${index + 1} ${type}`).join(", ")}`]
        : []),
      ...(columns.length > 0
        ? [`-- returns ${columns.map((column) => `${column.name} ${column.type}`).join(", ")}`]
        : []),
      `${text.trim()};`,
    ].join("\n");
  return `-- Every statement of the program, whole. Made by npm run schema.\n\n${prepared.map(one).join("\n\n")}\n`;
}
