import { spawn } from "node:child_process";
import { randomBytes, randomUUID } from "node:crypto";
import {
  chmod,
  chown,
  lchown,
  mkdir,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  writeFile,
} from "node:fs/promises";
import path from "node:path";
import pg from "pg";
import type { Binaries } from "./binaries.js";
import { dataFolderIn, syncFolder, writeFileDurably } from "./data-folder.js";
import { EmbeddedPostgresError, systemErrorCode } from "./error.js";
import { type ServerUser, userProblem } from "./run-as.js";

export const PASSWORD_FILE = "postgres-password";
const DRAFT_PREFIX = "postgres.new-";

/** The database user's password as kept in the data folder (mode 600), or undefined when the file is missing. */
export async function readPassword(dataDir: string): Promise<string | undefined> {
  const text = await readFile(path.join(dataDir, PASSWORD_FILE), "utf8").catch((error: unknown) => {
    if (systemErrorCode(error) === "ENOENT") return "";
    throw error;
  });
  return text.trim() || undefined;
}

export const makePassword = (): string => randomBytes(24).toString("base64url");

export async function keepPassword(dataDir: string, password: string): Promise<void> {
  await writeFileDurably(path.join(dataDir, PASSWORD_FILE), `${password}\n`);
}

export interface InitialiseOptions {
  readonly home: string;
  readonly binaries: Binaries;
  /** The database's superuser. */
  readonly name: string;
  readonly user: ServerUser;
  readonly password: string;
  /** False only where durability is switched off altogether (tests). */
  readonly durable: boolean;
}

/**
 * Makes a new database cluster in `home`/postgres. initdb works in a sibling folder that gets the final name
 * when it is complete, so an interrupted one leaves a draft, which the next start removes, and never half a
 * database.
 */
export async function initialise(options: InitialiseOptions): Promise<void> {
  const { home, user } = options;
  const draft = path.join(home, `${DRAFT_PREFIX}${randomUUID()}`);
  const passwordFile = `${draft}.password`;
  try {
    await mkdir(draft, { mode: 0o700 });
    await giveTo(user, draft);
    // Readable by the server's user alone, and only while initdb runs.
    await writeFile(passwordFile, options.password, { mode: 0o600, flag: "wx" });
    await giveTo(user, passwordFile);
    await runInitdb(options, draft, passwordFile);
    await rename(draft, dataFolderIn(home));
    await syncFolder(home);
  } catch (error) {
    await rm(draft, { recursive: true, force: true });
    throw error;
  } finally {
    await rm(passwordFile, { force: true });
  }
}

/** What an interrupted start left behind. The caller holds the lock, so no live start is using a draft. */
export async function removeDrafts(home: string): Promise<void> {
  for (const name of await readdir(home)) {
    // An initdb whose parent was killed may still write into its draft for a moment: then the next start cleans up.
    if (name.startsWith(DRAFT_PREFIX)) {
      await rm(path.join(home, name), { recursive: true, force: true }).catch(() => undefined);
    }
  }
}

async function runInitdb(options: InitialiseOptions, draft: string, passwordFile: string): Promise<void> {
  const { binaries, name, user } = options;
  // The built-in C.UTF-8 is the same on every machine and release; the C library's may be missing or differ.
  const locale = ["--encoding=UTF8", "--locale=C.UTF-8", "--locale-provider=builtin"];
  const portable = ["--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"];
  const rest = ["--auth=scram-sha-256", `--pwfile=${passwordFile}`, `--username=${name}`];
  if (!options.durable) rest.push("--no-sync");
  let result = await run(binaries.initdb, ["-D", draft, ...locale, ...rest], user);
  if (result.status !== 0 && /invalid locale name/.test(result.output)) {
    result = await run(binaries.initdb, ["-D", draft, ...portable, ...rest], user);
  }
  if (result.status === 0) return;
  throw (
    userProblem(user, result.output) ??
    new EmbeddedPostgresError(
      "start_failed",
      `PostgreSQL could not set up its files in ${options.home}: ${result.output.trim() || "no output"}`,
    )
  );
}

/** Tells existing data a new password, through PostgreSQL's single-user mode, which asks for none. */
export async function replacePassword(
  binaries: Binaries,
  name: string,
  dataFolder: string,
  user: ServerUser,
  password: string,
): Promise<void> {
  const statement = `alter role ${pg.escapeIdentifier(name)} password '${password}'\n`;
  const result = await run(binaries.postgres, ["--single", "-D", dataFolder, "postgres"], user, statement);
  if (result.status === 0 && !/ERROR|FATAL/.test(result.output)) return;
  throw (
    userProblem(user, result.output) ??
    new EmbeddedPostgresError(
      "start_failed",
      `The file ${PASSWORD_FILE} was missing, and the database did not take a new password: ${result.output.trim()}`,
    )
  );
}

interface RunResult {
  readonly status: number | null;
  readonly output: string;
}

async function run(program: string, args: string[], user: ServerUser, input = ""): Promise<RunResult> {
  return new Promise((resolve) => {
    const child = spawn(program, args, { ...user.dropTo, ...programSurroundings(), stdio: "pipe" });
    let output = "";
    const collect = (chunk: Buffer): void => {
      output = (output + chunk.toString("utf8")).slice(-8_000);
    };
    child.stdout.on("data", collect);
    child.stderr.on("data", collect);
    child.stdin.on("error", () => undefined);
    child.on("error", (error) => resolve({ status: null, output: explainSpawnError(error) }));
    child.on("close", (status) => resolve({ status, output }));
    child.stdin.end(input);
  });
}

/** A file that is there and still "not found" lacks its loader: the programs are made for glibc. */
export function explainSpawnError(error: Error): string {
  const hint =
    systemErrorCode(error) === "ENOENT"
      ? " (PostgreSQL's programs need glibc; on Alpine Linux use an image with glibc, or a PostgreSQL server of your own)"
      : "";
  return `${error.message}${hint}`;
}

/**
 * PostgreSQL gets no variable of ours (they hold secrets, and PG* ones would steer it) and English messages,
 * which we read. Windows cannot start a program without its own variables. The working folder is one that every
 * user can enter.
 */
export function programSurroundings(): { env?: NodeJS.ProcessEnv; cwd: string } {
  if (process.platform === "win32") return { cwd: "." };
  return { env: { LC_ALL: "C", PATH: "/usr/bin:/bin" }, cwd: "/" };
}

async function giveTo(user: ServerUser, file: string): Promise<void> {
  if (user.dropTo !== undefined) await chown(file, user.dropTo.uid, user.dropTo.gid);
}

/**
 * PostgreSQL insists that its files belong to its user and are closed to others; a copy or a restored backup
 * often is neither. Only root's own files change hands: another owner's are served as that owner.
 */
export async function repairOwnership(dataFolder: string, user: ServerUser): Promise<void> {
  const info = await stat(dataFolder);
  if (user.dropTo !== undefined && info.uid === 0) {
    await giveTreeTo(user.dropTo, dataFolder);
  }
  if ((info.mode & 0o027) !== 0) await chmod(dataFolder, 0o700);
}

async function giveTreeTo(ids: { uid: number; gid: number }, folder: string): Promise<void> {
  await lchown(folder, ids.uid, ids.gid);
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const name = path.join(folder, entry.name);
    if (entry.isDirectory()) await giveTreeTo(ids, name);
    else await lchown(name, ids.uid, ids.gid);
  }
}
