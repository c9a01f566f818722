import { randomUUID } from "node:crypto";
import { link, mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from "node:fs/promises";
import path from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { systemErrorCode } from "./error.js";
import { identifySelf, livenessOf, type ProcessIdentity } from "./process-identity.js";

/**
 * One holder per folder, and a SIGKILL releases it. Node has no flock, so the lock is a row of generations:
 * `holder-7` names the process that took the lock after the holder of `holder-6` was dead.
 *
 * - A generation is taken by link(2), which fails when the name exists: of any number of processes that saw the
 *   same dead holder, exactly one gets the next generation. The file is complete before it gets its name.
 * - The highest generation is never deleted, only replaced by one that says "released". So a process that read
 *   the row long ago and now takes a number that others have used and cleaned up finds a higher one when it
 *   looks again, and steps back.
 * - Dead means: no process with that number, or one with another start time (numbers are used again).
 * - A holder of another container or machine cannot be seen, so it is judged by its heartbeat.
 */
export interface FolderLock {
  release(): Promise<void>;
}

export type LockAttempt =
  | { readonly kind: "locked"; readonly lock: FolderLock }
  | { readonly kind: "held"; readonly pid: number };

interface Holder extends ProcessIdentity {
  readonly released: boolean;
}

const HEARTBEAT_MS = 5_000;
/** Three missed heartbeats: a holder that we cannot see is taken for dead. */
const SILENCE_MS = 15_000;

/** Takes the lock in `folder` (made if missing), or says which process has it. */
export async function acquireFolderLock(folder: string, silenceMs = SILENCE_MS): Promise<LockAttempt> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  for (;;) {
    const highest = await highestGeneration(folder);
    const holder = await readHolder(folder, highest);
    // The file went while we looked: somebody holds a higher generation by now.
    if (holder === undefined && highest > 0) continue;
    if (holder !== undefined && (await isHeld(holderFile(folder, highest), holder, silenceMs))) {
      return { kind: "held", pid: holder.pid };
    }
    const own = highest + 1;
    if (!(await takeGeneration(folder, own))) continue;
    if ((await highestGeneration(folder)) > own) {
      await rm(holderFile(folder, own), { force: true });
      continue;
    }
    await removeOldFiles(folder, own);
    return { kind: "locked", lock: keepLock(folder, own) };
  }
}

const holderFile = (folder: string, generation: number): string => path.join(folder, `holder-${generation}`);

async function highestGeneration(folder: string): Promise<number> {
  const numbers = (await readdir(folder)).map((name) => Number(/^holder-(\d+)$/.exec(name)?.[1] ?? 0));
  return Math.max(0, ...numbers);
}

async function readHolder(folder: string, generation: number): Promise<Holder | undefined> {
  if (generation === 0) return undefined;
  try {
    const value: unknown = JSON.parse(await readFile(holderFile(folder, generation), "utf8"));
    return isHolder(value) ? value : DAMAGED;
  } catch (error) {
    if (systemErrorCode(error) === "ENOENT") return undefined;
    if (error instanceof SyntaxError) return DAMAGED;
    throw error;
  }
}

/** Files appear complete, so a damaged one lost its content in a power cut, and its holder with it. */
const DAMAGED: Holder = { pid: 0, startedAt: "", bootId: "", pidSpace: "", released: true };

function isHolder(value: unknown): value is Holder {
  if (typeof value !== "object" || value === null) return false;
  return "pid" in value && Number.isInteger(value.pid) && "released" in value && "startedAt" in value;
}

async function isHeld(file: string, holder: Holder, silenceMs: number): Promise<boolean> {
  if (holder.released) return false;
  const liveness = livenessOf(holder);
  if (liveness !== "elsewhere") return liveness === "alive";
  return showsHeartbeat(file, silenceMs);
}

/** Waits until the file is touched (true) or has been silent for `silenceMs` (false). */
async function showsHeartbeat(file: string, silenceMs: number): Promise<boolean> {
  const touched = async (): Promise<number> => (await stat(file).catch(() => undefined))?.mtimeMs ?? 0;
  const before = await touched();
  // A clock that runs ahead elsewhere must not make the wait longer than one whole silence.
  const deadline = Math.min(before, Date.now()) + silenceMs;
  while (Date.now() < deadline) {
    await pause(Math.min(250, silenceMs / 4));
    if ((await touched()) !== before) return true;
  }
  return false;
}

async function takeGeneration(folder: string, generation: number): Promise<boolean> {
  const draft = await writeDraft(folder, { ...identifySelf(), released: false });
  try {
    await link(draft, holderFile(folder, generation));
    return true;
  } catch (error) {
    // EEXIST: somebody else took it. ENOENT: the new holder cleaned our draft away.
    if (["EEXIST", "ENOENT"].includes(systemErrorCode(error) ?? "")) return false;
    throw error;
  } finally {
    await rm(draft, { force: true });
  }
}

async function writeDraft(folder: string, holder: Holder): Promise<string> {
  const draft = path.join(folder, `draft-${randomUUID()}`);
  // Nothing secret: after a start by root, the folder's owner must still be able to read who held it.
  await writeFile(draft, JSON.stringify(holder), { mode: 0o644, flag: "wx" });
  return draft;
}

/** The generation before ours stays: whoever lists the folder while it changes sees at least one of the two. */
async function removeOldFiles(folder: string, own: number): Promise<void> {
  for (const name of await readdir(folder)) {
    const generation = Number(/^holder-(\d+)$/.exec(name)?.[1] ?? own);
    if (generation < own - 1 || name.startsWith("draft-")) {
      await rm(path.join(folder, name), { force: true });
    }
  }
}

function keepLock(folder: string, generation: number): FolderLock {
  const file = holderFile(folder, generation);
  const heartbeat = setInterval(() => {
    const now = new Date();
    // A failed heartbeat harms only the judgement of another container; the next one tries again.
    utimes(file, now, now).catch(() => undefined);
  }, HEARTBEAT_MS);
  heartbeat.unref();
  return {
    release: async () => {
      clearInterval(heartbeat);
      try {
        await rename(await writeDraft(folder, { ...identifySelf(), released: true }), file);
      } catch (error) {
        // The folder may be gone (a test's folder, an operator's rm): then there is nothing to release.
        if (systemErrorCode(error) !== "ENOENT") throw error;
      }
    },
  };
}
