import { execFileSync, spawn, spawnSync } from "node:child_process";
import path from "node:path";
import { eventually } from "./eventually.js";
import { freePort } from "./processes.js";
import { temporaryFolder } from "./temporary-folder.js";

const environment = { ...process.env, PATH: `${process.env.PATH}${path.delimiter}/usr/sbin` };
const isThere = (program: string): boolean =>
  spawnSync(program, ["--version"], { env: environment, stdio: "ignore" }).status === 0;

const SERVER = "mariadbd";

/** Server, client and the program that dumps, as Debian's mariadb-server brings them. */
export const hasMariadb = [SERVER, "mysql", "mysqldump"].every(isThere);

export interface Mariadb {
  /** As `tribi import-legacy --from` takes it, without the database. */
  readonly url: string;
  run(sql: string, ...more: string[]): void;
  stop(): Promise<void>;
}

/** A server of its own in an empty folder, which lets everybody in: it has no tables of users. */
export async function startMariadb(): Promise<Mariadb> {
  const folder = temporaryFolder("mariadb");
  const port = await freePort();
  const server = spawn(
    SERVER,
    [
      "--no-defaults",
      `--datadir=${folder}`,
      `--socket=${folder}/socket`,
      `--port=${port}`,
      "--bind-address=127.0.0.1",
      "--skip-grant-tables",
      "--innodb-buffer-pool-size=8M",
      ...(process.getuid?.() === 0 ? ["--user=root"] : []),
    ],
    { env: environment, stdio: "ignore" },
  );
  const ended = new Promise<void>((resolve) => server.once("exit", () => resolve()));
  const to = ["-h", "127.0.0.1", "-P", String(port), "-u", "root"];
  const run: Mariadb["run"] = (sql, ...more) => {
    execFileSync("mysql", [...to, ...more], { input: sql, stdio: ["pipe", "ignore", "ignore"] });
  };
  await eventually(() => {
    run("select 1");
    return true;
  });
  return {
    url: `mysql://root@127.0.0.1:${port}`,
    run,
    async stop() {
      server.kill("SIGKILL");
      await ended;
    },
  };
}
