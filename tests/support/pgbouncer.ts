import { spawn, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { chown, mkdtemp, rm, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { chooseServerUser, thisMachine } from "@tribi/embedded-postgres";
import { eventually } from "./eventually.js";
import { freePort } from "./processes.js";

const PROGRAM = "/usr/sbin/pgbouncer";

/** Where Debian's package puts it; undefined where it is not installed. */
export const PGBOUNCER: { readonly version: string } | undefined = existsSync(PROGRAM)
  ? { version: /PgBouncer ([\d.]+)/.exec(String(spawnSync(PROGRAM, ["--version"]).stdout))?.[1] ?? "" }
  : undefined;

export interface PgBouncer {
  readonly url: string;
  /** Leads to another server from now on, as an operator does it: the file and a reload. */
  aim(url: string): Promise<void>;
  stop(): Promise<void>;
}

/** A pooler in front of the server of `url`, with these lines in its configuration. */
export async function startPgBouncer(
  url: string,
  settings: Readonly<Record<string, string>>,
): Promise<PgBouncer> {
  const { dropTo } = await chooseServerUser(thisMachine());
  const folder = await mkdtemp(path.join(tmpdir(), "tribi-pgbouncer-"));
  const server = new URL(url);
  const port = await freePort();
  const lines = {
    listen_addr: "127.0.0.1",
    listen_port: String(port),
    unix_socket_dir: "",
    auth_type: "trust",
    auth_file: path.join(folder, "users.txt"),
    default_pool_size: "40",
    ...settings,
  };
  const ini = path.join(folder, "pgbouncer.ini");
  const configure = (to: URL): Promise<void> =>
    writeFile(
      ini,
      `[databases]\n* = host=${to.hostname} port=${to.port || 5432}\n[pgbouncer]\n` +
        Object.entries(lines)
          .map(([name, value]) => `${name} = ${value}\n`)
          .join(""),
    );
  await configure(server);
  await writeFile(
    lines.auth_file,
    `"${decodeURIComponent(server.username)}" "${decodeURIComponent(server.password)}"\n`,
  );
  if (dropTo !== undefined) {
    for (const one of [folder, ini, lines.auth_file]) await chown(one, dropTo.uid, dropTo.gid);
  }
  const child = spawn(PROGRAM, [ini], { ...dropTo, cwd: "/", stdio: ["ignore", "ignore", "pipe"] });
  let log = "";
  child.stderr.on("data", (chunk) => {
    log += String(chunk);
  });
  const ended = new Promise((resolve) => child.once("exit", resolve));
  await eventually(() => takesConnections(port), { what: "PgBouncer" }).catch((error: Error) => {
    throw new Error(`${error.message}\n${log}`);
  });
  server.hostname = "127.0.0.1";
  server.port = String(port);
  return {
    url: server.toString(),
    aim: async (next) => {
      await configure(new URL(next));
      child.kill("SIGHUP");
    },
    stop: async () => {
      child.kill("SIGTERM");
      await ended;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

const takesConnections = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });
