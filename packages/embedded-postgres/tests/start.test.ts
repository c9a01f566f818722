import { chmod, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import path from "node:path";
import { expect, test } from "vitest";
import { prepareBinaries } from "../src/binaries.js";
import { startEmbeddedPostgres } from "../src/embedded-postgres.js";
import { thisMachine } from "../src/machine.js";
import { chooseServerUser } from "../src/run-as.js";
import { startServer } from "../src/server-process.js";
import {
  afterThisTest,
  FAST,
  makeFolder,
  makeUsedDataDir,
  modeOf,
  query,
  serverPid,
  serverRuns,
  stopLater,
} from "./embedded-fixture.js";

const onePlainSetting = (name: string): string => `select current_setting('${name}') as value`;

test("a fresh folder gets a durable UTF-8 database that keeps its rows over a restart", async () => {
  const dataDir = path.join(await makeFolder(), "new", "data");
  const first = stopLater(await startEmbeddedPostgres({ dataDir }));
  await query(first.url, "create table kept (text text)");
  await query(first.url, "insert into kept values ('Zürich 東京')");
  for (const [setting, value] of [
    ["server_encoding", "UTF8"],
    ["fsync", "on"],
    ["synchronous_commit", "on"],
    ["full_page_writes", "on"],
    ["TimeZone", "UTC"],
    ["listen_addresses", "127.0.0.1"],
    ["unix_socket_directories", ""],
  ]) {
    expect(await query(first.url, onePlainSetting(setting ?? "")), setting).toEqual([{ value }]);
  }
  expect(await query(first.url, "select 'Z' < 'a' as by_code_point, upper('é') as upper")).toEqual([
    { by_code_point: true, upper: "É" },
  ]);
  await first.stop();

  const second = stopLater(await startEmbeddedPostgres({ dataDir }));
  expect(await query(second.url, "select text from kept")).toEqual([{ text: "Zürich 東京" }]);
  expect(second.dataFolder).toBe(first.dataFolder);
});

test("stop ends the server in order, and may be called twice", async () => {
  const server = await startEmbeddedPostgres({ dataDir: await makeUsedDataDir(), settings: FAST });
  const exits: string[] = [];
  server.onUnexpectedExit((cause) => exits.push(cause));
  await server.stop();
  await server.stop();
  expect(await readdir(server.dataFolder)).not.toContain("postmaster.pid");
  expect(await serverRuns(server.dataFolder)).toBe(false);
  expect(exits).toEqual([]);
});

test("the given database and settings are used, and the log is handed on", async () => {
  const lines: string[] = [];
  const dataDir = await makeUsedDataDir();
  const options = { dataDir, database: 'odd "name"', settings: { ...FAST, max_connections: "17" } };
  const server = stopLater(await startEmbeddedPostgres({ ...options, log: (line) => lines.push(line) }));
  expect(await query(server.url, "select current_database() as name")).toEqual([{ name: 'odd "name"' }]);
  expect(await query(server.url, onePlainSetting("max_connections"))).toEqual([{ value: "17" }]);
  expect(lines.join("\n")).toContain("ready to accept connections");
});

test("only the password opens the database, and nobody else can read it", async () => {
  const dataDir = await makeUsedDataDir();
  const server = stopLater(await startEmbeddedPostgres({ dataDir, settings: FAST }));
  const wrong = new URL(server.url);
  wrong.password = "guess";
  await expect(query(wrong.href, "select 1")).rejects.toThrow(/password authentication failed/);
  wrong.password = "";
  await expect(query(wrong.href, "select 1")).rejects.toThrow();
  expect(await modeOf(path.join(dataDir, "postgres-password"))).toBe(0o600);
  expect(await modeOf(server.dataFolder)).toBe(0o700);
  const names = await readdir(dataDir);
  expect(names.sort()).toEqual(["postgres", "postgres-password", "postgres.lock"]);
});

test("a password file that is not the database's is an error that says what to remove", async () => {
  const dataDir = await makeUsedDataDir();
  await writeFile(path.join(dataDir, "postgres-password"), "guess\n");
  await expect(startEmbeddedPostgres({ dataDir, settings: FAST })).rejects.toMatchObject({
    code: "start_failed",
    message: expect.stringMatching(/Remove that file/),
  });
  await rm(path.join(dataDir, "postgres-password"));
  const server = stopLater(await startEmbeddedPostgres({ dataDir, settings: FAST }));
  expect(await query(server.url, "select 1 as one")).toEqual([{ one: 1 }]);
});

test("a lost password file is replaced, and the data stay", async () => {
  const dataDir = await makeUsedDataDir();
  const first = stopLater(await startEmbeddedPostgres({ dataDir, settings: FAST }));
  await query(first.url, "create table kept ()");
  await first.stop();
  await rm(path.join(dataDir, "postgres-password"));
  const second = stopLater(await startEmbeddedPostgres({ dataDir, settings: FAST }));
  expect(await query(second.url, "select * from kept")).toEqual([]);
  expect(new URL(second.url).password).not.toBe(new URL(first.url).password);
});

test("a long path with blanks, quotes and other letters works", async () => {
  const dataDir = path.join(await makeFolder(), `it's "a" päth `.repeat(8), "x".repeat(100));
  const server = stopLater(await startEmbeddedPostgres({ dataDir, settings: FAST }));
  expect(await query(server.url, "select 1 as one")).toEqual([{ one: 1 }]);
});

test("a data folder with too wide a mode, as a restored backup has it, is closed again", async () => {
  const dataDir = await makeUsedDataDir();
  const first = await startEmbeddedPostgres({ dataDir, settings: FAST });
  await first.stop();
  await chmod(first.dataFolder, 0o755);
  const second = stopLater(await startEmbeddedPostgres({ dataDir, settings: FAST }));
  expect(await modeOf(second.dataFolder)).toBe(0o700);
});

test("a port that another program took meanwhile is passed over", async () => {
  const other = createServer();
  afterThisTest(() => other.close());
  const taken = await new Promise<number>((resolve) => {
    other.listen(0, "127.0.0.1", () => {
      const address = other.address();
      resolve(typeof address === "object" && address !== null ? address.port : 0);
    });
  });
  const dataDir = await makeUsedDataDir();
  const first = await startEmbeddedPostgres({ dataDir, settings: FAST });
  await first.stop();
  const machine = thisMachine();
  const user = await chooseServerUser(machine);
  const free = Number(new URL(first.url).port);
  const proposals = [taken, free];
  const server = await startServer(
    {
      binaries: await prepareBinaries(machine, user, dataDir),
      dataFolder: first.dataFolder,
      user,
      password: new URL(first.url).password,
      name: "app",
      database: "app",
      settings: FAST,
      log: () => undefined,
    },
    async () => proposals.shift() ?? free,
  );
  afterThisTest(() => server.stop());
  expect(new URL(server.url).port).toBe(String(free));
});

test("a setting that the server refuses is an error with its last words, and frees the folder", async () => {
  const dataDir = await makeFolder();
  await expect(
    startEmbeddedPostgres({ dataDir, settings: { shared_buffers: "a lot" } }),
  ).rejects.toMatchObject({
    code: "start_failed",
    message: expect.stringContaining("shared_buffers"),
  });
  const server = stopLater(await startEmbeddedPostgres({ dataDir, settings: FAST }));
  expect(await query(server.url, "select 1 as one")).toEqual([{ one: 1 }]);
});

test("a data folder that holds something else is refused and left as it is", async () => {
  const dataDir = await makeFolder();
  await mkdir(path.join(dataDir, "postgres"));
  await writeFile(path.join(dataDir, "postgres", "thesis.txt"), "mine");
  await expect(startEmbeddedPostgres({ dataDir, settings: FAST })).rejects.toMatchObject({
    code: "start_failed",
  });
  expect(await readFile(path.join(dataDir, "postgres", "thesis.txt"), "utf8")).toBe("mine");
  expect(await readdir(dataDir)).not.toContain("postmaster.pid");
});

test("data of another major version are refused with the ways out, and not touched", async () => {
  const dataDir = await makeUsedDataDir();
  const first = await startEmbeddedPostgres({ dataDir, settings: FAST });
  await first.stop();
  await writeFile(path.join(first.dataFolder, "PG_VERSION"), "15\n");
  const before = await readdir(first.dataFolder);
  await expect(startEmbeddedPostgres({ dataDir, settings: FAST })).rejects.toMatchObject({
    code: "other_major_version",
    message: expect.stringMatching(/PostgreSQL 15[\s\S]*pg_dump[\s\S]*mv /),
  });
  expect(await readdir(first.dataFolder)).toEqual(before);
  expect(await serverPid(first.dataFolder)).toBeUndefined();
});

test("a platform without a package, and a package that is not installed, say so before anything is made", async () => {
  const dataDir = path.join(await makeFolder(), "data");
  const elsewhere = { ...thisMachine(), platform: "sunos", architecture: "sparc", packageFolder: undefined };
  await expect(startEmbeddedPostgres({ dataDir }, elsewhere)).rejects.toMatchObject({
    code: "unsupported_platform",
    message: expect.stringMatching(/sunos-sparc[\s\S]*server of your own/),
  });
  const notInstalled = { ...thisMachine(), packageFolder: undefined };
  await expect(startEmbeddedPostgres({ dataDir }, notInstalled)).rejects.toMatchObject({
    code: "unsupported_platform",
    message: expect.stringMatching(/npm ci[\s\S]*server of your own/),
  });
  expect(await readdir(path.dirname(dataDir))).toEqual([]);
});

test("the program's name is the superuser and the database, and a name that is none is refused", async () => {
  const dataDir = await makeFolder();
  for (const name of ["", "Shop", "9lives", "a'b", "a".repeat(32)]) {
    await expect(startEmbeddedPostgres({ dataDir, name }), name).rejects.toThrow(TypeError);
  }
  expect(await readdir(dataDir)).toEqual([]);
  const server = stopLater(await startEmbeddedPostgres({ dataDir, name: "my-shop", settings: FAST }));
  expect(await query(server.url, "select current_user as user, current_database() as database")).toEqual([
    { user: "my-shop", database: "my-shop" },
  ]);
  await server.stop();
  await rm(path.join(dataDir, "postgres-password"));
  const again = stopLater(await startEmbeddedPostgres({ dataDir, name: "my-shop", settings: FAST }));
  expect(await query(again.url, "select 1 as one")).toEqual([{ one: 1 }]);
});
