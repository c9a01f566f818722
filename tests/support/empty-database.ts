import { randomBytes } from "node:crypto";
import pg from "pg";
import { inject } from "vitest";

export interface EmptyDatabase {
  readonly url: string;
  query<Row = Record<string, unknown>>(text: string): Promise<Row[]>;
  drop(): Promise<void>;
}

/** A database that was never migrated. */
export async function makeEmptyDatabase(): Promise<EmptyDatabase> {
  const name = `tribi_empty_${randomBytes(6).toString("hex")}`;
  const url = new URL(inject("adminDatabaseUrl"));
  url.pathname = `/${name}`;
  await runOn(inject("adminDatabaseUrl"), `create database ${name}`);
  return {
    url: url.toString(),
    query: (text) => runOn(url.toString(), text),
    drop: async () => {
      await runOn(inject("adminDatabaseUrl"), `drop database ${name} with (force)`);
    },
  };
}

async function runOn<Row>(url: string, text: string): Promise<Row[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(text)).rows as Row[];
  } finally {
    await client.end();
  }
}
