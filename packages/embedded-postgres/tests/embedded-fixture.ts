/** Folders and programs for the tests of the embedded server; everything is gone after each test. */
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { readdirSync } from "node:fs";
import { chmod, cp, mkdir, mkdtemp, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { build } from "esbuild";
import pg from "pg";
import { afterAll, afterEach, beforeAll } from "vitest";
import { type EmbeddedPostgres, startEmbeddedPostgres } from "../src/embedded-postgres.js";
import { readCommandLine } from "../src/process-identity.js";

export const PACKAGE = path.dirname(path.dirname(fileURLToPath(import.meta.url)));

export const isRoot = process.getuid?.() === 0;

/** Tests write no byte that must survive a power cut. */
export const FAST = { fsync: "off" };

type Cleanup = () => Promise<unknown> | unknown;
const cleanups: Cleanup[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

export function afterThisTest(cleanup: Cleanup): void {
  cleanups.push(cleanup);
}

/** A folder that any user can pass; servers that still run in it are killed before it goes. */
export async function makeFolder(mode = 0o755): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), "embedded-postgres-"));
  await chmod(folder, mode);
  cleanups.push(async () => {
    await killServersUnder(folder);
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  });
  return folder;
}

let seed: string | undefined;

afterAll(async () => {
  if (seed !== undefined) await rm(seed, { recursive: true, force: true });
});

/** A data folder in which the embedded server ran before: copied, because initdb takes a second each time. */
export async function makeUsedDataDir(): Promise<string> {
  if (seed === undefined) {
    seed = await mkdtemp(path.join(tmpdir(), "embedded-postgres-seed-"));
    await chmod(seed, 0o755);
    await (await startEmbeddedPostgres({ dataDir: seed, settings: FAST })).stop();
  }
  const folder = await makeFolder();
  await promisify(execFile)("cp", ["-a", `${seed}/.`, folder]);
  return folder;
}

async function killServersUnder(folder: string): Promise<void> {
  const stack = [folder];
  for (let current = stack.pop(); current !== undefined; current = stack.pop()) {
    for (const entry of readdirSync(current, { withFileTypes: true })) {
      if (entry.isDirectory() && !/^(base|pg_.*|global|lib|share)$/.test(entry.name)) {
        stack.push(path.join(current, entry.name));
      }
      if (entry.name === "postmaster.pid") await killServer(current);
    }
  }
}

/** Kills the server on this data folder, if one runs, and waits until it is gone. */
export async function killServer(dataFolder: string): Promise<void> {
  const pid = await serverPid(dataFolder);
  if (pid === undefined || !isServer(pid, dataFolder)) return;
  process.kill(pid, "SIGKILL");
  await waitUntil(() => !isServer(pid, dataFolder), "the killed server is gone");
}

const isServer = (pid: number, dataFolder: string): boolean =>
  readCommandLine(pid)?.includes(dataFolder) === true;

export async function serverPid(dataFolder: string): Promise<number | undefined> {
  const text = await readFile(path.join(dataFolder, "postmaster.pid"), "utf8").catch(() => undefined);
  return text === undefined ? undefined : Number.parseInt(text, 10);
}

export const serverRuns = async (dataFolder: string): Promise<boolean> => {
  const pid = await serverPid(dataFolder);
  return pid !== undefined && isServer(pid, dataFolder);
};

export async function waitUntil(
  condition: () => boolean | Promise<boolean>,
  what: string,
  patienceMs = 20_000,
): Promise<void> {
  const deadline = Date.now() + patienceMs;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error(`Waited ${patienceMs} ms in vain until ${what}`);
    await pause(10);
  }
}

export async function query(url: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url });
  client.on("error", () => undefined);
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

/** Stops a server of this process after the test, also when the test fails. */
export function stopLater<Server extends EmbeddedPostgres>(server: Server): Server {
  cleanups.push(() => server.stop());
  return server;
}

let starterFile = "";

/** Call once in a test file that starts programs: bundles the starter, so that a start costs no compilation. */
export function useStarter(): void {
  const folder = path.join(PACKAGE, "node_modules/.cache");
  beforeAll(async () => {
    await mkdir(folder, { recursive: true });
    starterFile = path.join(await mkdtemp(path.join(folder, "starter-")), "starter.mjs");
    await chmod(path.dirname(starterFile), 0o755);
    await build({
      entryPoints: [path.join(PACKAGE, "tests/starter.ts")],
      outfile: starterFile,
      bundle: true,
      packages: "external",
      platform: "node",
      format: "esm",
      target: "node20",
      logLevel: "warning",
    });
  });
  afterAll(async () => rm(path.dirname(starterFile), { recursive: true, force: true }));
}

export interface Answer {
  readonly ready?: true;
  readonly kind?: string;
  readonly url?: string;
  readonly dataFolder?: string;
  readonly notes?: string[];
  readonly code?: string;
  readonly message?: string;
  readonly cause?: string;
}

export interface Program {
  readonly child: ChildProcess;
  /** The next line that it prints; rejects when it ends before. */
  nextAnswer(): Promise<Answer>;
  go(): void;
  /** SIGKILL, and waits until it is gone. */
  kill(): Promise<void>;
  /** Ends its input, on which it stops its server and ends. */
  finish(): Promise<number | null>;
}

export function startProgram(options: object, ids: { uid?: number; gid?: number } = {}): Program {
  const child = spawn(process.execPath, [starterFile, JSON.stringify(options)], {
    ...ids,
    cwd: "/",
    stdio: ["pipe", "pipe", "inherit"],
  });
  const lines: string[] = [];
  let rest = "";
  child.stdout.on("data", (chunk: Buffer) => {
    const parts = (rest + chunk.toString("utf8")).split("\n");
    rest = parts.pop() ?? "";
    lines.push(...parts);
  });
  child.stdin.on("error", () => undefined);
  const ended = new Promise<number | null>((resolve) => child.once("close", resolve));
  const kill = async (): Promise<void> => {
    child.kill("SIGKILL");
    await ended;
  };
  cleanups.push(kill);
  return {
    child,
    nextAnswer: async () => {
      await waitUntil(() => lines.length > 0 || child.exitCode !== null, "the program answers", 60_000);
      const line = lines.shift();
      if (line === undefined) throw new Error(`The program ended with ${child.exitCode} and said nothing`);
      return JSON.parse(line) as Answer;
    },
    go: () => child.stdin.write("go\n"),
    kill,
    finish: async () => {
      child.stdin.end();
      return ended;
    },
  };
}

/** A copy of the installed package, to take links out of or to lock away. */
export async function copyPackage(packageFolder: string, target: string): Promise<void> {
  await cp(packageFolder, target, { recursive: true, verbatimSymlinks: true });
}

export const modeOf = async (file: string): Promise<number> => (await stat(file)).mode & 0o777;
