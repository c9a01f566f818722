import { execFile, spawn } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { chmod, chown, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { chooseServerUser, thisMachine } from "@tribi/embedded-postgres";
import { eventually } from "./eventually.js";
import { freePort } from "./processes.js";

const DEBIANS_FOLDER = "/usr/lib/postgresql";

/** Installed PostgreSQL servers of majors that Tribi works with and does not bring along: the folders of their programs. */
export const OTHER_POSTGRES: readonly { readonly major: number; readonly programs: string }[] = (
  existsSync(DEBIANS_FOLDER) ? readdirSync(DEBIANS_FOLDER) : []
)
  .map((name) => ({ major: Number(name), programs: path.join(DEBIANS_FOLDER, name, "bin") }))
  .filter(({ major, programs }) => major >= 15 && major < 18 && existsSync(path.join(programs, "initdb")));

/** A server of its own in a temporary folder, in place of any that may run on this machine. */
export async function startOtherPostgres(
  programs: string,
  options: { isStandby?: boolean } = {},
): Promise<{ readonly url: string; stop(): Promise<void> }> {
  const { dropTo } = await chooseServerUser(thisMachine());
  const folder = await mkdtemp(path.join(tmpdir(), "tribi-other-postgres-"));
  if (dropTo !== undefined) await chown(folder, dropTo.uid, dropTo.gid);
  await chmod(folder, 0o700);
  const surroundings = { ...dropTo, cwd: "/", env: { PATH: "/usr/bin:/bin", LC_ALL: "C.UTF-8" } };
  const initdb = path.join(programs, "initdb");
  const flags = [
    "-D",
    folder,
    "-U",
    "tribi",
    "--auth=trust",
    "--encoding=UTF8",
    "--locale=C.UTF-8",
    "--no-sync",
  ];
  await promisify(execFile)(initdb, flags, surroundings);
  // With this file a server stays in recovery and takes no writes, as one that became a standby in a failover.
  if (options.isStandby === true) await writeFile(path.join(folder, "standby.signal"), "");
  const port = await freePort();
  const settings = [`port=${port}`, "listen_addresses=127.0.0.1", "unix_socket_directories=", "fsync=off"];
  const server = spawn(
    path.join(programs, "postgres"),
    ["-D", folder, ...settings.flatMap((setting) => ["-c", setting])],
    { ...surroundings, stdio: ["ignore", "ignore", "pipe"] },
  );
  const ended = new Promise((resolve) => server.once("exit", resolve));
  let log = "";
  server.stderr.on("data", (chunk) => {
    log += String(chunk);
  });
  await eventually(() => /ready to accept (read-only )?connections/.test(log), {
    what: `PostgreSQL in ${programs}`,
  });
  return {
    url: `postgresql://tribi@127.0.0.1:${port}/postgres`,
    stop: async () => {
      server.kill("SIGINT");
      await ended;
      await rm(folder, { recursive: true, force: true });
    },
  };
}
