import { type ChildProcess, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { createServer } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import pg from "pg";
import type { Binaries } from "./binaries.js";
import { EmbeddedPostgresError, messageOf, systemErrorCode } from "./error.js";
import { explainSpawnError, PASSWORD_FILE, programSurroundings } from "./initialise.js";
import { type ServerUser, userProblem } from "./run-as.js";

/**
 * The server of a data folder carries this name on its command line and in the titles of its backends, so that a
 * later start can tell them from another's. Command lines can be read where a process's folder cannot (root in a
 * container without the right to trace).
 */
export function clusterNameFor(name: string, dataFolder: string): string {
  return `${name}-${createHash("sha256").update(dataFolder).digest("hex").slice(0, 16)}`;
}

export interface RunningServer {
  readonly url: string;
  stop(): Promise<void>;
  /** Called once when the server ends and stop() was not called; at once if that has already happened. */
  onUnexpectedExit(listener: (cause: string) => void): void;
}

export interface ServerOptions {
  readonly binaries: Binaries;
  /** The program's: the database's superuser, and the beginning of the processes' mark. */
  readonly name: string;
  readonly dataFolder: string;
  readonly user: ServerUser;
  readonly password: string;
  readonly database: string;
  readonly settings: Readonly<Record<string, string>>;
  readonly log: (line: string) => void;
}

/** Crash recovery of a large log comes before the first connection; giving up would only make it begin again. */
const READY_MS = 600_000;
/** How long a start retries while the remains of a killed server go away. */
const REMAINS_MS = 5_000;
/** A fast shutdown writes a checkpoint; after this the server is told to quit without one (recovery follows). */
const FAST_STOP_MS = 10_000;
const QUIT_MS = 3_000;
const PORT_ATTEMPTS = 10;
/** How long the output of an ended server is waited for. */
const LAST_WORDS_MS = 200;
/** Between attempts to connect while the server has not announced itself. */
const POLL_MS = 50;

/**
 * Starts the server and waits until it takes a connection and the database exists.
 * `findPort` proposes a port; when the server cannot have it, the next proposal is tried.
 */
export async function startServer(options: ServerOptions, findPort = findFreePort): Promise<RunningServer> {
  const deadline = Date.now() + REMAINS_MS;
  for (let portsTried = 1; ; ) {
    const port = await findPort();
    const server = spawnServer(options, port);
    const url = urlFor(options, port);
    try {
      await Promise.race([becomeReady(url, options.database, server), server.diedEarly]);
      return { url, stop: server.stop, onUnexpectedExit: server.onUnexpectedExit };
    } catch (error) {
      await server.stop();
      const output = server.output();
      // Between our look and the server's bind another program took the port.
      if (/could not create any TCP\/IP sockets|Address already in use/.test(output)) {
        portsTried += 1;
        if (portsTried <= PORT_ATTEMPTS) continue;
      }
      // Backends of a killed server see its death only at their next wait.
      if (/pre-existing shared memory block|lock file ".*" already exists/.test(output)) {
        if (Date.now() < deadline) {
          await pause(50);
          continue;
        }
      }
      throw startFailed(options, error, output);
    }
  }
}

function startFailed(options: ServerOptions, error: unknown, output: string): EmbeddedPostgresError {
  const detail = `${messageOf(error)}\n${output}`.trim();
  if (systemErrorCode(error) === "28P01") {
    return new EmbeddedPostgresError(
      "start_failed",
      `The password in ${PASSWORD_FILE} is not the database's (was one of the two restored from a backup?). ` +
        `Remove that file and start again: a new one is set. The data stay.`,
      error,
    );
  }
  return (
    userProblem(options.user, detail) ??
    new EmbeddedPostgresError(
      "start_failed",
      `The embedded PostgreSQL on ${options.dataFolder} did not start. Its last words:\n${detail}`,
      error,
    )
  );
}

function urlFor(options: ServerOptions, port: number): string {
  const password = encodeURIComponent(options.password);
  return `postgresql://${options.name}:${password}@127.0.0.1:${port}/${encodeURIComponent(options.database)}`;
}

/** PostgreSQL cannot take port 0, so the system names a free one first. */
async function findFreePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const address = probe.address();
      const port = typeof address === "object" && address !== null ? address.port : 0;
      probe.close(() => resolve(port));
    });
  });
}

function commandLine(options: ServerOptions, port: number): string[] {
  const settings: Record<string, string> = {
    cluster_name: clusterNameFor(options.name, options.dataFolder),
    listen_addresses: "127.0.0.1",
    port: String(port),
    // No socket files: their paths are limited to about 100 bytes, and the data folder's may be longer.
    unix_socket_directories: "",
    timezone: "UTC",
    log_timezone: "UTC",
    log_checkpoints: "off",
    log_line_prefix: "",
    ...options.settings,
  };
  const flags = Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
  return ["-D", options.dataFolder, ...flags];
}

interface SpawnedServer {
  /** Resolves at the log line that announces connections. */
  readonly saysReady: Promise<void>;
  /** Rejects when the server ends; never resolves. */
  readonly diedEarly: Promise<never>;
  hasEnded(): boolean;
  output(): string;
  stop(): Promise<void>;
  onUnexpectedExit(listener: (cause: string) => void): void;
}

function spawnServer(options: ServerOptions, port: number): SpawnedServer {
  const child = spawn(options.binaries.postgres, commandLine(options, port), {
    ...options.user.dropTo,
    ...programSurroundings(),
    stdio: ["ignore", "pipe", "pipe"],
    // A group of its own: Ctrl-C in the terminal must not stop the database before the program has drained.
    detached: process.platform !== "win32",
  });
  const lastLines: string[] = [];
  const saysReady = new Promise<void>((resolve) => {
    readLines(child, (line) => {
      lastLines.push(line);
      if (lastLines.length > 20) lastLines.shift();
      if (line.includes("ready to accept connections")) resolve();
      options.log(line);
    });
  });
  // process.exit() without stop() would leave the server behind.
  const killOnExit = (): void => {
    child.kill("SIGINT");
  };
  process.once("exit", killOnExit);
  let stopping = false;
  let cause: string | undefined;
  const listeners: ((cause: string) => void)[] = [];
  const ended = new Promise<string>((resolve) => {
    child.once("error", (error) => resolve(explainSpawnError(error)));
    child.once("exit", (status, signal) => {
      const how = describeExit(status, signal);
      // The pipes close when the last backend has gone; after a SIGKILL of the server that can take its time.
      child.once("close", () => resolve(how));
      setTimeout(() => resolve(how), LAST_WORDS_MS).unref();
    });
  }).then((how) => {
    process.off("exit", killOnExit);
    cause = [`The embedded PostgreSQL ended ${how}.`, ...lastLines].join("\n");
    if (!stopping) for (const listener of listeners) listener(cause);
    return how;
  });
  const diedEarly = ended.then((how) => {
    throw new Error(`The server ended ${how}`);
  });
  diedEarly.catch(() => undefined);
  return {
    saysReady,
    diedEarly,
    hasEnded: () => cause !== undefined,
    output: () => lastLines.join("\n"),
    stop: async () => {
      stopping = true;
      await stopChild(child, ended);
    },
    onUnexpectedExit: (listener) => {
      listeners.push(listener);
      if (cause !== undefined && !stopping) listener(cause);
    },
  };
}

function describeExit(status: number | null, signal: NodeJS.Signals | null): string {
  return signal === null ? `with exit code ${status}` : `by ${signal}`;
}

function readLines(child: ChildProcess, handle: (line: string) => void): void {
  for (const stream of [child.stdout, child.stderr]) {
    let rest = "";
    stream?.on("data", (chunk: Buffer) => {
      const parts = (rest + chunk.toString("utf8")).split("\n");
      rest = parts.pop() ?? "";
      for (const line of parts) if (line !== "") handle(line);
    });
  }
}

/** SIGINT is PostgreSQL's fast shutdown, SIGQUIT its immediate one; only the process that we started gets them. */
async function stopChild(child: ChildProcess, ended: Promise<string>): Promise<void> {
  const steps = [
    ["SIGINT", FAST_STOP_MS],
    ["SIGQUIT", QUIT_MS],
    ["SIGKILL", QUIT_MS],
  ] as const;
  for (const [signal, patienceMs] of steps) {
    child.kill(signal);
    if (await resolvesWithin(ended, patienceMs)) return;
  }
}

async function resolvesWithin(event: Promise<unknown>, patienceMs: number): Promise<boolean> {
  const impatience = new AbortController();
  const tooLong = pause(patienceMs, false, { signal: impatience.signal }).catch(() => false);
  const hasHappened = await Promise.race([event.then(() => true), tooLong]);
  impatience.abort();
  return hasHappened;
}

/**
 * Ready means: a real connection with our password works. The announcement in the log only ends the wait early,
 * since a setting can send the log elsewhere. Makes the database when it is missing.
 */
async function becomeReady(url: string, database: string, server: SpawnedServer): Promise<void> {
  const deadline = Date.now() + READY_MS;
  // Nobody waits any more once the server has ended, and another program may get its port.
  while (!server.hasEnded()) {
    await resolvesWithin(server.saysReady, POLL_MS);
    const problem = await tryConnection(url, "select 1");
    if (problem === undefined) return;
    const code = systemErrorCode(problem);
    if (code === "3D000") {
      await makeDatabase(url, database);
      return;
    }
    const isStarting = code === "ECONNREFUSED" || code === "57P03" || code === "ECONNRESET";
    if (!isStarting || Date.now() > deadline) throw problem;
  }
  throw new Error("The server ended before it was ready");
}

async function makeDatabase(url: string, database: string): Promise<void> {
  const admin = new URL(url);
  admin.pathname = "/postgres";
  const problem = await tryConnection(admin.href, `create database ${pg.escapeIdentifier(database)}`);
  if (problem !== undefined) throw problem;
}

async function tryConnection(url: string, statement: string): Promise<Error | undefined> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000 });
  // A server that stops under an idle connection emits an error; the query's own error is what we report.
  client.on("error", () => undefined);
  try {
    await client.connect();
    await client.query(statement);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  } finally {
    await client.end().catch(() => undefined);
  }
}
