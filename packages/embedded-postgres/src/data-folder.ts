import { createHash, randomUUID } from "node:crypto";
import {
  chmod,
  mkdir,
  open,
  readdir,
  readFile,
  realpath,
  rename,
  rm,
  stat,
  writeFile,
} from "node:fs/promises";
import { homedir } from "node:os";
import path from "node:path";
import { EmbeddedPostgresError, systemErrorCode } from "./error.js";
import { type Machine, type Program, stateFolder } from "./machine.js";
import { findObstacle, mayUse, type OwnerIds, type ServerUser } from "./run-as.js";

/**
 * Where things lie. `home` is the data folder, or a folder under the machine's state root when the server's user cannot
 * reach it; PostgreSQL's files are in `home`/postgres.
 */
export interface DataPlace {
  readonly home: string;
  readonly dataFolder: string;
  /** Said at every start while the files are elsewhere. */
  readonly note: string | undefined;
}

const NOTE_FILE = "postgres-location.json";
const FOLDER = "postgres";

export const dataFolderIn = (home: string): string => path.join(home, FOLDER);

/** Makes the data folder when it is missing and returns its real path, so that one folder has one name. */
export async function openDataDir(machine: Machine, dataDir: string): Promise<string> {
  const folder = path.resolve(dataDir);
  if (machine.userId === 0) await makePassableFolder(folder);
  else await mkdir(folder, { recursive: true, mode: 0o700 });
  return realpath(folder);
}

/**
 * Folders that root makes let others pass (not list), whatever the umask: the server's user must get through.
 * Folders that were there stay as they are.
 */
export async function makePassableFolder(folder: string): Promise<void> {
  const first = await mkdir(folder, { recursive: true, mode: 0o711 });
  if (first === undefined) return;
  await chmod(first, 0o711);
  let made = first;
  for (const part of path.relative(first, folder).split(path.sep).filter(Boolean)) {
    made = path.join(made, part);
    await chmod(made, 0o711);
  }
}

/** The folder that the data folder's note names, or the data folder itself. Refuses a note whose folder is gone. */
export async function findHome(dataDir: string): Promise<string> {
  const noted = await readNote(dataDir);
  if (noted === undefined) return dataDir;
  if (await holdsDatabase(dataFolderIn(noted))) return noted;
  throw new EmbeddedPostgresError(
    "start_failed",
    `${path.join(dataDir, NOTE_FILE)} says that the database's files are in ${noted}, and they are not there. ` +
      "Bring that folder back; or, to begin with an empty database, remove the note.",
  );
}

async function readNote(dataDir: string): Promise<string | undefined> {
  const text = await readFile(path.join(dataDir, NOTE_FILE), "utf8").catch((error: unknown) => {
    if (systemErrorCode(error) === "ENOENT") return undefined;
    throw error;
  });
  if (text === undefined) return undefined;
  const value: unknown = JSON.parse(text);
  const folder = typeof value === "object" && value !== null && "folder" in value ? value.folder : undefined;
  return typeof folder === "string" ? folder : undefined;
}

export async function holdsDatabase(dataFolder: string): Promise<boolean> {
  return stat(path.join(dataFolder, "PG_VERSION")).then(
    () => true,
    (error: unknown) => {
      if (systemErrorCode(error) === "ENOENT") return false;
      throw error;
    },
  );
}

/**
 * The owner of existing data, who must also be the one to run the server on them. An ordinary user who is not
 * their owner is refused here, because PostgreSQL would refuse with less to go on.
 */
export async function findDataOwner(machine: Machine, home: string): Promise<OwnerIds | undefined> {
  const dataFolder = dataFolderIn(home);
  const info = await stat(dataFolder).catch((error: unknown) => {
    if (systemErrorCode(error) === "ENOENT") return undefined;
    throw error;
  });
  if (info === undefined) return undefined;
  if (machine.userId !== undefined && machine.userId !== 0 && info.uid !== machine.userId) {
    throw new EmbeddedPostgresError(
      "start_failed",
      `The database's files in ${dataFolder} belong to user ${info.uid}, and this process runs as user ` +
        `${machine.userId}. Start it as the user that made them or as root, or hand them over: ` +
        `chown -R ${machine.userId} ${dataFolder}`,
    );
  }
  return (await holdsDatabase(dataFolder)) ? { uid: info.uid, gid: info.gid } : undefined;
}

/**
 * Decides where the files are or will be. Existing data stay where they are: when their user cannot reach them
 * any more the start is refused, because an empty database elsewhere would look like a loss of all data.
 */
export async function choosePlace(
  machine: Machine,
  program: Program,
  dataDir: string,
  home: string,
  user: ServerUser,
): Promise<DataPlace> {
  const dataFolder = dataFolderIn(home);
  if (home === dataDir) await letPass(dataDir, user, program.files);
  const obstacle = await findObstacle(home, user);
  if (obstacle === undefined) {
    return { home, dataFolder, note: home === dataDir ? undefined : awayNote(dataDir, home) };
  }
  if (await holdsDatabase(dataFolder)) {
    throw new EmbeddedPostgresError(
      "start_failed",
      `The database's files are in ${dataFolder}, and their user "${user.name}" cannot pass ${obstacle}. ` +
        `Let others pass it: chmod o+x ${obstacle}`,
    );
  }
  // The name is new each time: an empty data folder at a path that had one before means an empty database.
  const name = createHash("sha256").update(`${dataDir}\0${randomUUID()}`).digest("hex").slice(0, 16);
  const away = path.join(stateFolder(machine, program), name);
  await makePassableFolder(away);
  const stillInTheWay = await findObstacle(away, user);
  if (stillInTheWay !== undefined) throw unreachable(dataDir, obstacle, stillInTheWay, user);
  return { home: away, dataFolder: dataFolderIn(away), note: awayNote(dataDir, away) };
}

function unreachable(
  dataDir: string,
  first: string,
  second: string,
  user: ServerUser,
): EmbeddedPostgresError {
  return new EmbeddedPostgresError(
    "start_failed",
    `PostgreSQL must run as "${user.name}", who can pass neither ${first} (on the way to ${dataDir}) nor ${second}. ` +
      "Use a data folder that other users may pass, for example one under /srv, or a PostgreSQL server of your own.",
  );
}

const awayNote = (dataDir: string, home: string): string =>
  `The database's files are in ${dataFolderIn(home)}, because PostgreSQL does not run as root and its user ` +
  `cannot reach ${dataDir}. Back up both folders.`;

/**
 * A private data folder that holds nothing but ours gets the bit to pass through (not to list); its files keep
 * their own modes. A folder with other content, or a home, is somebody's and stays as it is.
 */
async function letPass(dataDir: string, user: ServerUser, files: readonly string[]): Promise<void> {
  if (user.dropTo === undefined) return;
  const info = await stat(dataDir);
  if (mayUse(info, user.dropTo, 0o1) || dataDir === homedir()) return;
  const names = await readdir(dataDir);
  const ours = ["postgres", ...files];
  if (!names.every((name) => ours.some((prefix) => name.startsWith(prefix)))) return;
  await chmod(dataDir, (info.mode & 0o7777) | 0o001);
}

/** Written once the files are complete, so a note always names a database that was there. */
export async function writeNote(dataDir: string, home: string): Promise<void> {
  if (home === dataDir) return;
  const text = {
    folder: home,
    why: "The embedded PostgreSQL does not run as root, and its user cannot reach this folder.",
  };
  await writeFileDurably(path.join(home, "belongs-to.txt"), `${dataDir}\n`);
  await writeFileDurably(path.join(dataDir, NOTE_FILE), `${JSON.stringify(text, null, 2)}\n`);
}

/** Complete or absent, also after a power cut; mode 600. */
export async function writeFileDurably(file: string, text: string): Promise<void> {
  const draft = `${file}.new-${randomUUID()}`;
  try {
    await writeFile(draft, text, { mode: 0o600, flush: true });
    await rename(draft, file);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
  await syncFolder(path.dirname(file));
}

/** Makes a rename in this folder survive a power cut. */
export async function syncFolder(folder: string): Promise<void> {
  if (process.platform === "win32") return;
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Refuses files that these programs cannot read, with the ways out. */
export async function refuseOtherMajor(dataFolder: string, major: number): Promise<void> {
  const found = Number.parseInt(await readFile(path.join(dataFolder, "PG_VERSION"), "utf8"), 10);
  if (found === major) return;
  throw new EmbeddedPostgresError(
    "other_major_version",
    [
      `${dataFolder} was written by PostgreSQL ${found}; this release brings PostgreSQL ${major}, which cannot read it.`,
      "Nothing was changed. Either",
      `  - keep the data: run a PostgreSQL ${found} on that folder, copy the database with its "pg_dump" into a ` +
        'PostgreSQL server of your own with "psql", and use that one;',
      `  - or go back to the release that brings PostgreSQL ${found};`,
      `  - or begin with an empty database: mv ${dataFolder} ${dataFolder}-${found}`,
    ].join("\n"),
  );
}
