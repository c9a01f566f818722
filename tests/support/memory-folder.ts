import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statfsSync } from "node:fs";
import path from "node:path";

const MEMORY = "/dev/shm";
const PREFIX = "tribi-tests-";
/** What the suite writes at most at one time, twice. */
const BYTES_MIN = 3 * 1024 ** 3;

/**
 * From now on the temporary files of this process, and of those that it starts, lie in memory where Linux offers enough
 * of it: a new database costs a tenth of the processor time there. TMPDIR names another folder. They go when the
 * process ends; those of a process that was killed go at the next call.
 */
export function useMemoryForTemporaryFiles(): void {
  if (process.env.TMPDIR !== undefined || !isRoomy()) return;
  for (const name of readdirSync(MEMORY).filter((one) => one.startsWith(PREFIX)))
    if (!existsSync(`/proc/${name.slice(PREFIX.length)}`)) remove(path.join(MEMORY, name));
  const folder = path.join(MEMORY, `${PREFIX}${process.pid}`);
  mkdirSync(folder, { recursive: true });
  // Tests that run as root start programs of other users.
  chmodSync(folder, 0o1777);
  process.env.TMPDIR = folder;
  process.once("exit", () => remove(folder));
}

const remove = (folder: string): void => {
  try {
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  } catch {
    // Another user's: left to them.
  }
};

/** Programs are started from temporary folders too, which containers forbid there by default. */
function isRoomy(): boolean {
  try {
    const mounted = readFileSync("/proc/mounts", "utf8")
      .split("\n")
      .findLast((line) => line.split(" ")[1] === MEMORY);
    if (mounted === undefined || mounted.split(" ")[3]?.split(",").includes("noexec") !== false) return false;
    const { bavail, bsize } = statfsSync(MEMORY);
    return bavail * bsize > BYTES_MIN;
  } catch {
    return false;
  }
}
