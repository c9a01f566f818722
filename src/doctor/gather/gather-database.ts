import { statfs } from "node:fs/promises";
import pg from "pg";
import { type CanarySecret, readForeignSecrets } from "../../db/secrets-canary.js";
import { prepareSession, sessionSettings } from "../../db/session.js";
import { type DatabaseFacts, type Facts, type Known, known, type SupplierFacts, unknown } from "../facts.js";
import { SERVER, SUPPLIERS, WORK } from "./database-queries.js";

type DatabasePart = Pick<Facts, "database" | "work" | "suppliers" | "secrets" | "disk">;

const CONNECT_MILLIS = 5_000;
const STATEMENT_MILLIS = 10_000;

const why = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** One fact that cannot be had does not take the others with it. */
async function attempt<Value>(read: () => Promise<Value>): Promise<Known<Value>> {
  try {
    return known(await read());
  } catch (error) {
    return unknown(why(error));
  }
}

/** Reads only. A standby is looked at too: that it is one is what has to be said. */
export async function gatherDatabase(
  url: string,
  options: { readonly dataDir: string | null; readonly secrets: readonly CanarySecret[] },
): Promise<DatabasePart> {
  const client = new pg.Client({
    connectionString: url,
    application_name: "tribi doctor",
    connectionTimeoutMillis: CONNECT_MILLIS,
  });
  client.on("error", () => undefined);
  try {
    await client.connect();
    await prepareSession(client, sessionSettings(STATEMENT_MILLIS));
  } catch (error) {
    await client.end().catch(() => undefined);
    const nothing = unknown("The database does not answer.");
    return {
      database: unknown(why(error)),
      work: nothing,
      suppliers: nothing,
      secrets: nothing,
      disk: nothing,
    };
  }
  try {
    return {
      database: await attempt(() => readServer(client)),
      work: await attempt(async () => (await client.query(WORK)).rows[0]),
      suppliers: await attempt(() => readSuppliers(client)),
      secrets: await attempt(async () => ({ foreign: await readForeignSecrets(client, options.secrets) })),
      disk: await readDisk(client, options.dataDir),
    };
  } finally {
    await client.end();
  }
}

async function readServer(client: pg.Client): Promise<DatabaseFacts> {
  const askedAt = Date.now();
  const { rows } = await client.query(SERVER);
  const answeredAt = Date.now();
  const { clockMillis, archive, ...facts } = rows[0];
  return {
    ...facts,
    // Half of the way there: the answer's own time is not known better.
    clockOffsetSeconds: (Number(clockMillis) - (askedAt + answeredAt) / 2) / 1000,
    archiving: archive,
  };
}

async function readSuppliers(client: pg.Client): Promise<readonly SupplierFacts[]> {
  return (await client.query<SupplierFacts>(SUPPLIERS)).rows;
}

/** The embedded database's disk is ours. Of another one only a server on this machine says where its files are. */
async function readDisk(client: pg.Client, dataDir: string | null): Promise<Facts["disk"]> {
  try {
    const folder = dataDir ?? (await localFolder(client));
    if (folder === null) return unknown("The database is on another machine; watch its disk there.");
    const { bavail, blocks, bsize } = await statfs(folder);
    return known({ freeBytes: bavail * bsize, freeShare: bavail / blocks });
  } catch (error) {
    return unknown(`The disk of the database is not seen from here: ${why(error)}`);
  }
}

async function localFolder(client: pg.Client): Promise<string | null> {
  const { rows } = await client.query<{ folder: string | null; address: string | null }>(
    "select current_setting('data_directory', true) as folder, host(inet_server_addr()) as address",
  );
  const [row] = rows;
  const isHere = row?.address === null || row?.address === "127.0.0.1" || row?.address === "::1";
  return isHere ? (row?.folder ?? null) : null;
}
