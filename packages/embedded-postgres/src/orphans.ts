import { open, readFile, rm } from "node:fs/promises";
import path from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { EmbeddedPostgresError, systemErrorCode } from "./error.js";
import { listProcesses, numberIsTaken, readCommandLine } from "./process-identity.js";
import { clusterNameFor } from "./server-process.js";

/** How long each kind of stop may take before the next, harder one. */
const FAST_STOP_MS = 10_000;
const QUIT_MS = 5_000;
const BACKEND_STOP_MS = 2_000;

/**
 * Ends what outlived its program: a server after a SIGKILL of Node, busy backends after a SIGKILL of the server.
 * The caller holds the lock of the data folder, so a server of ours on it has no owner. A server that we did not
 * start is left alone.
 */
export async function stopOrphans(
  name: string,
  dataFolder: string,
  log: (line: string) => void,
): Promise<void> {
  const pidFile = path.join(dataFolder, "postmaster.pid");
  const pid = await readPid(pidFile);
  // A server that ended in order has removed its file.
  if (pid === undefined) return;
  if (numberIsTaken(pid)) await stopServer(pid, pidFile, clusterNameFor(name, dataFolder), dataFolder, log);
  await stopBackends(clusterNameFor(name, dataFolder), dataFolder, log);
}

async function stopServer(
  pid: number,
  pidFile: string,
  mark: string,
  dataFolder: string,
  log: (line: string) => void,
): Promise<void> {
  const command = readCommandLine(pid);
  if (command === undefined || !isServerOn(command, dataFolder)) {
    await disownPidFile(pidFile);
    return;
  }
  if (!command.includes(`cluster_name=${mark}`)) {
    throw new EmbeddedPostgresError(
      "already_running",
      `A PostgreSQL that an earlier start here did not begin (process ${pid}) runs on ${dataFolder}. Stop it and start again.`,
    );
  }
  log(`stopping the server that an earlier run left behind (process ${pid})`);
  await stopByPid(pid, dataFolder, [
    ["SIGINT", FAST_STOP_MS],
    ["SIGQUIT", QUIT_MS],
  ]);
}

/**
 * An idle backend notices the death of its server at once, one that computes may go on for hours, and PostgreSQL
 * does not start beside it. Recovery replays the log in any case, so they may be killed.
 */
async function stopBackends(mark: string, dataFolder: string, log: (line: string) => void): Promise<void> {
  const title = `postgres: ${mark}: `;
  const pids = listProcesses().filter((pid) => readCommandLine(pid)?.startsWith(title));
  for (const pid of pids) {
    log(`stopping a backend that an earlier run left behind (process ${pid})`);
    await stopByPid(pid, dataFolder, [
      ["SIGTERM", BACKEND_STOP_MS],
      ["SIGKILL", BACKEND_STOP_MS],
    ]);
  }
}

async function readPid(pidFile: string): Promise<number | undefined> {
  const text = await readFile(pidFile, "utf8").catch((error: unknown) => {
    if (systemErrorCode(error) === "ENOENT") return undefined;
    throw error;
  });
  if (text === undefined) return undefined;
  const pid = Number.parseInt(text, 10);
  if (Number.isInteger(pid) && pid > 0) return pid;
  // PostgreSQL refuses an empty or broken file; a power cut can leave one, and such a server is gone.
  await rm(pidFile, { force: true });
  return undefined;
}

function isServerOn(command: string, dataFolder: string): boolean {
  const words = command.split("\0");
  const program = path.basename(words[0] ?? "");
  if (words.length > 1) return /^postgres/.test(program) && words.includes(dataFolder);
  return command.includes("postgres") && command.includes(dataFolder);
}

/**
 * The number in postmaster.pid belongs to another program now, and PostgreSQL would take that program for the
 * old server. It ignores the number of its own parent, so we put ours there; deleting the file instead would
 * also switch off its check for backends of the old server that still live (the shared memory on line 7).
 */
async function disownPidFile(pidFile: string): Promise<void> {
  const lines = (await readFile(pidFile, "utf8")).split("\n");
  const text = [String(process.pid), ...lines.slice(1)].join("\n");
  // In place, so that the file keeps its owner.
  const file = await open(pidFile, "r+");
  try {
    await file.truncate(0);
    await file.write(text, 0);
  } finally {
    await file.close();
  }
}

async function stopByPid(
  pid: number,
  dataFolder: string,
  steps: readonly (readonly [signal: NodeJS.Signals, patienceMs: number])[],
): Promise<void> {
  for (const [signal, patienceMs] of steps) {
    try {
      process.kill(pid, signal);
    } catch (error) {
      if (systemErrorCode(error) === "ESRCH") return;
      throw new EmbeddedPostgresError(
        "already_running",
        `A server that an earlier run left behind (process ${pid}) runs on ${dataFolder}, and this user may not ` +
          `stop it. Stop it as its owner or as root: kill -INT ${pid}`,
        error,
      );
    }
    const deadline = Date.now() + patienceMs;
    while (Date.now() < deadline) {
      if (!numberIsTaken(pid)) return;
      await pause(10);
    }
  }
  throw new EmbeddedPostgresError(
    "already_running",
    `A server that an earlier run left behind (process ${pid}) on ${dataFolder} does not stop. End it and start again.`,
  );
}
