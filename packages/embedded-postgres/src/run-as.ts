import { readFile, stat } from "node:fs/promises";
import path from "node:path";
import { EmbeddedPostgresError } from "./error.js";
import type { Machine } from "./machine.js";

/** The user that runs PostgreSQL's programs. */
export interface ServerUser {
  readonly name: string;
  /** Undefined: the user of this process, nothing to change. */
  readonly dropTo: { readonly uid: number; readonly gid: number } | undefined;
}

/** The overflow user of Linux: owns nothing on a sane machine. */
const OVERFLOW_ID = 65534;

/**
 * PostgreSQL refuses to run as root, so root hands over to the owner of the data if there are data, else to
 * `postgres`, else to `nobody`. The owner comes first because an account that appears later (a `postgres`
 * package installed after the first start) must not lock the program out of its own files.
 */
export async function chooseServerUser(machine: Machine, dataOwner?: OwnerIds): Promise<ServerUser> {
  if (machine.userId !== 0) return { name: "you", dropTo: undefined };
  const accounts = await readAccounts(machine.passwdFile);
  if (dataOwner !== undefined && dataOwner.uid !== 0) {
    const account = accounts.find((candidate) => candidate.uid === dataOwner.uid);
    return { name: account?.name ?? `user ${dataOwner.uid}`, dropTo: dataOwner };
  }
  for (const name of ["postgres", "nobody"]) {
    const account = accounts.find((candidate) => candidate.name === name && candidate.uid !== 0);
    if (account !== undefined) return { name, dropTo: { uid: account.uid, gid: account.gid } };
  }
  return { name: `user ${OVERFLOW_ID}`, dropTo: { uid: OVERFLOW_ID, gid: OVERFLOW_ID } };
}

export interface OwnerIds {
  readonly uid: number;
  readonly gid: number;
}

interface Account extends OwnerIds {
  readonly name: string;
}

async function readAccounts(passwdFile: string): Promise<Account[]> {
  const text = await readFile(passwdFile, "utf8").catch(() => "");
  return text.split("\n").flatMap((line) => {
    const [name, , uid, gid] = line.split(":");
    const account = { name: name ?? "", uid: Number(uid), gid: Number(gid) };
    return Number.isInteger(account.uid) && Number.isInteger(account.gid) && gid !== undefined
      ? [account]
      : [];
  });
}

/**
 * The first folder on the way to `target` (or the target itself) that keeps the user out, or undefined when the
 * user gets there. It reads mode bits: access lists are not considered, and a spawned program has no
 * supplementary groups, because libuv clears them when it changes the user.
 */
export async function findObstacle(target: string, user: ServerUser): Promise<string | undefined> {
  if (user.dropTo === undefined) return undefined;
  for (const step of stepsTo(path.resolve(target))) {
    const info = await stat(step);
    const wanted = info.isDirectory() ? 0o1 : 0o4;
    if (!mayUse(info, user.dropTo, wanted)) return step;
  }
  return undefined;
}

function stepsTo(target: string): string[] {
  const parent = path.dirname(target);
  return parent === target ? [target] : [...stepsTo(parent), target];
}

/** `wanted` is one of the bits 4 (read), 2 (write) and 1 (pass through or execute). */
export function mayUse(
  info: { mode: number; uid: number; gid: number },
  ids: OwnerIds,
  wanted: number,
): boolean {
  if (info.uid === ids.uid) return (info.mode & (wanted << 6)) !== 0;
  if (info.gid === ids.gid) return (info.mode & (wanted << 3)) !== 0;
  return (info.mode & wanted) !== 0;
}

/** PostgreSQL's own words, and Node's, for a user that cannot be had; each becomes advice. */
export function userProblem(user: ServerUser, detail: string): EmbeddedPostgresError | undefined {
  const who = user.dropTo === undefined ? "The user of this process" : `The user "${user.name}"`;
  if (/could not look up effective user ID/.test(detail)) {
    return new EmbeddedPostgresError(
      "no_unprivileged_user",
      `${who} has no name on this machine, and PostgreSQL's set-up asks for one. Add an account ` +
        '(for example "useradd --system postgres" and start as root, or give this user number a line in ' +
        "/etc/passwd), or use a PostgreSQL server of your own.",
    );
  }
  if (user.dropTo !== undefined && /\bspawn \S+ (EPERM|EINVAL)\b/.test(detail)) {
    return new EmbeddedPostgresError(
      "no_unprivileged_user",
      `PostgreSQL refuses to run as root, and this process may not become the user "${user.name}". ` +
        "Start it as an ordinary user, or use a PostgreSQL server of your own.",
    );
  }
  return undefined;
}
