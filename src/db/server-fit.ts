import type pg from "pg";

const SERVER_MAJOR_MIN = 15;

interface ServerRow {
  readonly version: string;
  readonly encoding: string;
  readonly isStandby: boolean;
  readonly isReadOnly: boolean;
  readonly role: string;
  readonly mayCreate: boolean | null;
  readonly hasTables: boolean;
  readonly elsewhere: readonly string[];
}

/** `oldest_program` tells our table from another program's of the same name. */
const SERVER = `
  select current_setting('server_version_num') as version, current_setting('server_encoding') as encoding,
    pg_is_in_recovery() as "isStandby", current_setting('transaction_read_only') = 'on' as "isReadOnly",
    current_user as role, has_schema_privilege(to_regnamespace('public')::oid, 'create') as "mayCreate",
    to_regclass('public.schema_migrations') is not null as "hasTables",
    array(select n.nspname::text from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where c.relname = 'schema_migrations' and c.relkind = 'r' and n.nspname <> 'public'
        and exists (select from pg_attribute a where a.attrelid = c.oid and a.attname = 'oldest_program')
      order by 1) as elsewhere`;

/** What keeps the store from working with this database, if anything, and what to do about it. */
export async function findUnfit(
  client: pg.Client,
  log: ((line: string) => void) | undefined,
): Promise<string | undefined> {
  const { rows } = await client.query<ServerRow>(SERVER);
  const [server] = rows;
  if (server === undefined) throw new Error("The database says nothing about itself");
  const problem =
    serverProblem(Number(server.version), server.encoding) ?? writeProblem(server) ?? schemaProblem(server);
  if (problem === undefined && server.elsewhere.length > 0) {
    log?.(
      `The schema ${server.elsewhere.join(", ")} has tables of Tribi as well; the store is the one in public.`,
    );
  }
  return problem;
}

/** What keeps the store from working with this version and encoding, if anything. */
export function serverProblem(versionNumber: number, encoding: string): string | undefined {
  const major = Math.floor(versionNumber / 10_000);
  if (major < SERVER_MAJOR_MIN) {
    return (
      `DATABASE_URL names a PostgreSQL ${major}; Tribi needs ${SERVER_MAJOR_MIN} or later. Upgrade the server, or ` +
      "leave DATABASE_URL unset to use the one that comes with the package."
    );
  }
  if (encoding === "UTF8") return undefined;
  return (
    `The database of DATABASE_URL is encoded in ${encoding}; names and texts need UTF8. Make a new one: ` +
    "create database tribi encoding 'UTF8' template template0"
  );
}

function writeProblem({ isStandby, isReadOnly }: ServerRow): string | undefined {
  if (isStandby) {
    return "DATABASE_URL names a standby (pg_is_in_recovery), which takes no writes. Name the primary server.";
  }
  if (!isReadOnly) return undefined;
  return (
    "The database of DATABASE_URL takes no writes: default_transaction_read_only is on. Somebody or a full disk had " +
    "a reason; when it is gone: alter database … reset default_transaction_read_only, or the same with alter role."
  );
}

function schemaProblem({ hasTables, elsewhere, mayCreate, role }: ServerRow): string | undefined {
  const [schema] = elsewhere;
  if (!hasTables && schema !== undefined) {
    return (
      `The store's tables are in the schema ${schema}; Tribi works in public and would make an empty store there. ` +
      `Move them: alter schema public rename to public_before; alter schema "${schema}" rename to public`
    );
  }
  if (mayCreate === true) return undefined;
  if (mayCreate === null) return "The database has no schema public. Make one: create schema public";
  return `The role ${role} may not make tables in the schema public: grant create on schema public to "${role}"`;
}
