import path from "node:path";
import { prepareBinaries, readPackageVersion } from "./binaries.js";
import {
  choosePlace,
  type DataPlace,
  findDataOwner,
  findHome,
  holdsDatabase,
  openDataDir,
  refuseOtherMajor,
  writeNote,
} from "./data-folder.js";
import { EmbeddedPostgresError, messageOf } from "./error.js";
import { acquireFolderLock, type FolderLock } from "./folder-lock.js";
import {
  initialise,
  keepPassword,
  makePassword,
  readPassword,
  removeDrafts,
  repairOwnership,
  replacePassword,
} from "./initialise.js";
import { type Machine, type Program, stateFolder, thisMachine } from "./machine.js";
import { stopOrphans } from "./orphans.js";
import { chooseServerUser, type ServerUser } from "./run-as.js";
import { type RunningServer, startServer } from "./server-process.js";

export { chooseServerUser, EmbeddedPostgresError, thisMachine };

export interface EmbeddedPostgres {
  /** A connection string of a superuser, on 127.0.0.1 and a port that changes with every start. */
  readonly url: string;
  readonly dataFolder: string;
  /** Sentences for the person who starts the program: what lies elsewhere than expected, and why. */
  readonly notes: readonly string[];
  /** Fast shutdown, then the lock on the data folder goes. Close the connections first. May be called twice. */
  stop(): Promise<void>;
  /** Called once when the server ends by itself or by another's signal. stop() must still be called. */
  onUnexpectedExit(listener: (cause: string) => void): void;
}

export interface EmbeddedPostgresOptions {
  readonly dataDir: string;
  /**
   * Names what this program's server can be told by: the superuser, the marks of its processes, the folder under
   * /var/lib. "app" when it is not given. An existing data folder keeps working under its own name only.
   */
  readonly name?: string;
  /** The program's name when it is not given; made when it does not exist. */
  readonly database?: string;
  /** Beginnings of the names of files that the program keeps in `dataDir` too. */
  readonly ownFiles?: readonly string[];
  /** PostgreSQL settings for this run, e.g. { max_connections: "300" }. Without any the server is durable. */
  readonly settings?: Readonly<Record<string, string>>;
  readonly log?: (line: string) => void;
}

/**
 * Starts the PostgreSQL of the npm package on a data folder, whatever the last run left there, and returns when it
 * takes connections. One program at a time per data folder. The README says why each step is needed.
 *
 * @throws EmbeddedPostgresError whose message says what to do next.
 */
export async function startEmbeddedPostgres(
  options: EmbeddedPostgresOptions,
  machine: Machine = thisMachine(),
): Promise<EmbeddedPostgres> {
  const program = programOf(options);
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
    const started = await startLocked(options, program, machine, dataDir, locks);
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
  program: Program,
  machine: Machine,
  dataDir: string,
  locks: FolderLock[],
): Promise<EmbeddedPostgres> {
  const log = options.log ?? (() => undefined);
  const settings = options.settings ?? {};
  const knownHome = await findHome(dataDir);
  const user = await chooseServerUser(machine, await findDataOwner(machine, knownHome));
  const place = await choosePlace(machine, program, dataDir, knownHome, user);
  // A copy of the data folder carries the note along: two folders, one database, so the files have a lock of their own.
  if (place.home !== dataDir) locks.push(await lockFolder(place.home, dataDir));
  const binaries = await prepareBinaries(
    machine,
    user,
    user.dropTo ? stateFolder(machine, program) : dataDir,
  );
  await removeDrafts(place.home);
  const kept = await readPassword(dataDir);
  const password = kept ?? makePassword();
  if (await holdsDatabase(place.dataFolder)) {
    await refuseOtherMajor(place.dataFolder, binaries.major);
    await repairOwnership(place.dataFolder, user);
    await stopOrphans(program.name, place.dataFolder, log);
    // The database first: a kill in between leaves no file, and the next start makes another password.
    if (kept === undefined) {
      await replacePassword(binaries, program.name, place.dataFolder, user, password);
      await keepPassword(dataDir, password);
    }
  } else {
    // The file first: a kill in between leaves no database, and the next start uses this password.
    if (kept === undefined) await keepPassword(dataDir, password);
    await initialise({
      home: place.home,
      binaries,
      name: program.name,
      user,
      password,
      durable: settings.fsync !== "off",
    });
  }
  await writeNote(dataDir, place.home);
  const server = await startServer({
    binaries,
    dataFolder: place.dataFolder,
    user,
    password,
    name: program.name,
    database: options.database ?? program.name,
    settings,
    log,
  });
  return present(server, place, user, binaries.note);
}

/** The name becomes part of paths, of SQL and of command lines. */
function programOf({ name = "app", ownFiles = [] }: EmbeddedPostgresOptions): Program {
  if (!/^[a-z][a-z0-9_-]{0,30}$/.test(name)) {
    throw new TypeError(`name "${name}": 1 to 31 of a-z, 0-9, _ and -, beginning with a letter`);
  }
  return { name, files: ownFiles };
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
    `Another program (process ${attempt.pid}) already runs the embedded database in ${dataDir}. Stop it, or ` +
      "use another data folder for a second database, or a PostgreSQL server of your own, which any number of " +
      "programs can share.",
  );
}

function notUsable(folder: string, error: unknown): EmbeddedPostgresError {
  return new EmbeddedPostgresError(
    "start_failed",
    `The embedded database cannot use ${folder}: ${messageOf(error)}. Check that this user may write there and ` +
      "that the disk has space, or use another data folder or a PostgreSQL server of your own.",
    error,
  );
}
