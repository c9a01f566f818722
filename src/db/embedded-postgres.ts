import path from "node:path";
import { prepareBinaries, readPackageVersion } from "./embedded/binaries.js";
import {
  choosePlace,
  type DataPlace,
  findDataOwner,
  findHome,
  holdsDatabase,
  openDataDir,
  refuseOtherMajor,
  writeNote,
} from "./embedded/data-folder.js";
import { EmbeddedPostgresError, messageOf } from "./embedded/error.js";
import { acquireFolderLock, type FolderLock } from "./embedded/folder-lock.js";
import {
  initialise,
  keepPassword,
  makePassword,
  readPassword,
  removeDrafts,
  repairOwnership,
  replacePassword,
} from "./embedded/initialise.js";
import { type Machine, thisMachine } from "./embedded/machine.js";
import { stopOrphans } from "./embedded/orphans.js";
import { chooseServerUser, type ServerUser } from "./embedded/run-as.js";
import { type RunningServer, startServer } from "./embedded/server-process.js";

export { EmbeddedPostgresError };

export interface EmbeddedPostgres {
  /** A connection string of a superuser, on 127.0.0.1 and a port that changes with every start. */
  readonly url: string;
  readonly dataFolder: string;
  /** Sentences for the person who starts the program: what lies elsewhere than expected, and why. */
  readonly notes: readonly string[];
  /** Fast shutdown, then the lock on DATA_DIR goes. Close the connections first. May be called twice. */
  stop(): Promise<void>;
  /** Called once when the server ends by itself or by another's signal. stop() must still be called. */
  onUnexpectedExit(listener: (cause: string) => void): void;
}

export interface EmbeddedPostgresOptions {
  readonly dataDir: string;
  /** "tribi" when it is not given; made when it does not exist. */
  readonly database?: string;
  /** PostgreSQL settings for this run, e.g. { max_connections: "300" }. Without any the server is durable. */
  readonly settings?: Readonly<Record<string, string>>;
  readonly log?: (line: string) => void;
}

/**
 * Starts the PostgreSQL of the npm package on DATA_DIR, whatever the last run left there, and answers when it
 * takes connections. One program at a time per DATA_DIR. docs/decisions/0002-embedded-postgresql.md says why
 * each step is needed.
 *
 * @throws EmbeddedPostgresError whose message says what to do next.
 */
export async function startEmbeddedPostgres(
  options: EmbeddedPostgresOptions,
  machine: Machine = thisMachine(),
): Promise<EmbeddedPostgres> {
  // Before anything is made: an unsupported platform leaves no folder behind.
  await readPackageVersion(machine);
  const dataDir = await openDataDir(machine, options.dataDir).catch((error: unknown) => {
    throw notUsable(options.dataDir, error);
  });
  const locks: FolderLock[] = [await lockFolder(dataDir, dataDir)];
  const releaseAll = async (): Promise<void> => {
    for (const lock of locks.splice(0).reverse()) await lock.release();
  };
  try {
    const started = await startLocked(options, machine, dataDir, locks);
    const stop = async (): Promise<void> => {
      try {
        await started.stop();
      } finally {
        await releaseAll();
      }
    };
    return { ...started, stop };
  } catch (error) {
    await releaseAll();
    throw error instanceof EmbeddedPostgresError ? error : notUsable(dataDir, error);
  }
}

async function startLocked(
  options: EmbeddedPostgresOptions,
  machine: Machine,
  dataDir: string,
  locks: FolderLock[],
): Promise<EmbeddedPostgres> {
  const log = options.log ?? (() => undefined);
  const settings = options.settings ?? {};
  const knownHome = await findHome(dataDir);
  const user = await chooseServerUser(machine, await findDataOwner(machine, knownHome));
  const place = await choosePlace(machine, dataDir, knownHome, user);
  // A copy of DATA_DIR carries the note along: two DATA_DIRs, one database, so the files have a lock of their own.
  if (place.home !== dataDir) locks.push(await lockFolder(place.home, dataDir));
  const binaries = await prepareBinaries(machine, user, user.dropTo ? machine.stateRoot : dataDir);
  await removeDrafts(place.home);
  const kept = await readPassword(dataDir);
  const password = kept ?? makePassword();
  if (await holdsDatabase(place.dataFolder)) {
    await refuseOtherMajor(place.dataFolder, binaries.major);
    await repairOwnership(place.dataFolder, user);
    await stopOrphans(place.dataFolder, log);
    // The database first: a kill in between leaves no file, and the next start makes another password.
    if (kept === undefined) {
      await replacePassword(binaries, place.dataFolder, user, password);
      await keepPassword(dataDir, password);
    }
  } else {
    // The file first: a kill in between leaves no database, and the next start uses this password.
    if (kept === undefined) await keepPassword(dataDir, password);
    await initialise({ home: place.home, binaries, user, password, durable: settings.fsync !== "off" });
  }
  await writeNote(dataDir, place.home);
  const server = await startServer({
    binaries,
    dataFolder: place.dataFolder,
    user,
    password,
    database: options.database ?? "tribi",
    settings,
    log,
  });
  return present(server, place, user, binaries.note);
}

function present(
  server: RunningServer,
  place: DataPlace,
  user: ServerUser,
  binariesNote: string | undefined,
): EmbeddedPostgres {
  const userNote = user.dropTo && `PostgreSQL runs as ${user.name}, because it refuses to run as root.`;
  const notes = [userNote, place.note, binariesNote].filter((note) => note !== undefined);
  return { ...server, dataFolder: place.dataFolder, notes };
}

async function lockFolder(folder: string, dataDir: string): Promise<FolderLock> {
  const attempt = await acquireFolderLock(path.join(folder, "postgres.lock")).catch((error: unknown) => {
    throw notUsable(folder, error);
  });
  if (attempt.kind === "locked") return attempt.lock;
  throw new EmbeddedPostgresError(
    "already_running",
    `Another program (process ${attempt.pid}) already runs the embedded database of DATA_DIR ${dataDir}. Stop it, or ` +
      "set DATA_DIR to another folder for a second store, or set DATABASE_URL: any number of programs can share " +
      "a PostgreSQL of yours.",
  );
}

function notUsable(folder: string, error: unknown): EmbeddedPostgresError {
  return new EmbeddedPostgresError(
    "start_failed",
    `The embedded database cannot use ${folder}: ${messageOf(error)}. Check that this user may write there and ` +
      "that the disk has space, or set DATA_DIR or DATABASE_URL.",
    error,
  );
}
