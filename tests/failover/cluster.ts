import { execFile, spawn } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { appendFile, chmod, chown, mkdir, rm } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import { chooseServerUser, thisMachine } from "@tribi/embedded-postgres";
import pg from "pg";
import { eventually } from "../support/eventually.js";
import { OTHER_POSTGRES } from "../support/other-postgres.js";
import { freePort } from "../support/processes.js";
import { temporaryFolder } from "../support/temporary-folder.js";

const run = promisify(execFile);

/** The newest installed PostgreSQL that brings pg_basebackup; undefined where none is. */
export const REPLICATING_POSTGRES = OTHER_POSTGRES.at(-1);

interface Server {
  readonly url: string;
  readonly folder: string;
  readonly pid: number;
  /** SIGKILL of every process of it, as when its machine dies. */
  die(): Promise<void>;
}

/** A primary with a standby that every commit waits for, on this machine. */
export interface Cluster {
  /** The primary of now. */
  url(): string;
  /** The primary dies; returns when the standby is the primary. */
  failOver(): Promise<void>;
  /** Another standby, which every commit waits for from then on. */
  addStandby(): Promise<void>;
  query<Row>(text: string, values?: readonly unknown[]): Promise<Row[]>;
  stop(): Promise<void>;
}

const SETTINGS = [
  "listen_addresses=127.0.0.1",
  "unix_socket_directories=",
  "max_connections=150",
  "wal_level=replica",
  "max_wal_senders=5",
  "max_wal_size=128MB",
  "hot_standby=on",
  "wal_retrieve_retry_interval=200ms",
];
const STANDBY = "standby";

export async function startCluster(programs: string): Promise<Cluster> {
  const { dropTo } = await chooseServerUser(thisMachine());
  const surroundings = { ...dropTo, cwd: "/", env: { PATH: "/usr/bin:/bin", LC_ALL: "C.UTF-8" } };
  const base = temporaryFolder("cluster");
  await chmod(base, 0o711);
  let made = 0;
  const newFolder = async (): Promise<string> => {
    made += 1;
    const folder = path.join(base, `server-${made}`);
    await mkdir(folder, { mode: 0o700 });
    if (dropTo !== undefined) await chown(folder, dropTo.uid, dropTo.gid);
    return folder;
  };

  const start = async (folder: string): Promise<Server> => {
    const port = await freePort();
    const flags = [`port=${port}`, ...SETTINGS].flatMap((one) => ["-c", one]);
    const child = spawn(path.join(programs, "postgres"), ["-D", folder, ...flags], {
      ...surroundings,
      stdio: ["ignore", "ignore", "pipe"],
    });
    let log = "";
    child.stderr.on("data", (chunk) => {
      log += String(chunk);
    });
    const ended = new Promise((resolve) => child.once("exit", resolve));
    const pid = child.pid ?? 0;
    const killAtExit = (): void => killTree(pid);
    process.once("exit", killAtExit);
    const isReady = (): boolean => {
      if (child.exitCode !== null) throw new Error(`The server ended:\n${log}`);
      return /ready to accept (read-only )?connections/.test(log);
    };
    await eventually(isReady, { timeoutMillis: 60_000, what: `PostgreSQL in ${folder}` });
    return {
      url: `postgresql://tribi@127.0.0.1:${port}/postgres`,
      folder,
      pid,
      die: async () => {
        process.off("exit", killAtExit);
        killTree(pid);
        await ended;
      },
    };
  };

  const first = await newFolder();
  const flags = [
    "-D",
    first,
    "-U",
    "tribi",
    "--auth=trust",
    "--encoding=UTF8",
    "--locale=C.UTF-8",
    "--no-sync",
  ];
  await run(path.join(programs, "initdb"), flags, surroundings);
  let primary = await start(first);
  let standby: Server | undefined;

  const query: Cluster["query"] = async (text, values = []) => ask(primary.url, text, values);
  const addStandby = async (): Promise<void> => {
    const folder = await newFolder();
    const { port } = new URL(primary.url);
    const from = ["-h", "127.0.0.1", "-p", port, "-U", "tribi"];
    await run(
      path.join(programs, "pg_basebackup"),
      [...from, "-D", folder, "-X", "stream", "-c", "fast", "--no-sync"],
      surroundings,
    );
    const conninfo = `host=127.0.0.1 port=${port} user=tribi application_name=${STANDBY}`;
    await appendFile(path.join(folder, "postgresql.auto.conf"), `primary_conninfo = '${conninfo}'\n`);
    await run("touch", [path.join(folder, "standby.signal")], surroundings);
    standby = await start(folder);
    await query(`alter system set synchronous_standby_names = '${STANDBY}'`);
    await query("select pg_reload_conf()");
    await eventually(
      async () => (await query("select from pg_stat_replication where sync_state = 'sync'")).length === 1,
      { timeoutMillis: 30_000, what: "A synchronous standby" },
    );
  };
  await addStandby();
  return {
    url: () => primary.url,
    query,
    addStandby,
    failOver: async () => {
      if (standby === undefined) throw new Error("There is no standby");
      const dead = primary;
      await dead.die();
      // What the primary was told to wait for was copied with it, and would hold every commit of the new one.
      await ask(standby.url, "alter system reset synchronous_standby_names");
      await ask(standby.url, "select pg_promote(true, 30)");
      await ask(standby.url, "select pg_reload_conf()");
      primary = standby;
      standby = undefined;
      await rm(dead.folder, { recursive: true, force: true });
    },
    stop: async () => {
      await Promise.all([primary.die(), standby?.die()]);
      await rm(base, { recursive: true, force: true });
    },
  };
}

async function ask<Row>(url: string, text: string, values: readonly unknown[] = []): Promise<Row[]> {
  const client = new pg.Client({ connectionString: url });
  client.on("error", () => undefined);
  await client.connect();
  try {
    return (await client.query(text, [...values])).rows as Row[];
  } finally {
    await client.end();
  }
}

/** The server and its processes: each of them is a group of its own, so a group's signal would not reach them. */
function killTree(pid: number): void {
  const children = childrenOf(pid);
  for (const one of [pid, ...children]) {
    try {
      process.kill(one, "SIGKILL");
    } catch {
      // It has ended already.
    }
  }
}

function childrenOf(pid: number): number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .filter((name) => {
      try {
        // After the name in brackets: state, then the parent.
        const [, , parent] = /\) (\S) (\d+)/.exec(readFileSync(`/proc/${name}/stat`, "utf8")) ?? [];
        return Number(parent) === pid;
      } catch {
        return false;
      }
    })
    .map(Number);
}
