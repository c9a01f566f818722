import { spawn } from "node:child_process";
import { readdir, readFile, symlink, writeFile } from "node:fs/promises";
import path from "node:path";
import { expect, test } from "vitest";
import { prepareBinaries } from "../src/binaries.js";
import { startEmbeddedPostgres } from "../src/embedded-postgres.js";
import { programSurroundings } from "../src/initialise.js";
import { thisMachine } from "../src/machine.js";
import { chooseServerUser } from "../src/run-as.js";
import {
  afterThisTest,
  FAST,
  killServer,
  makeFolder,
  makeUsedDataDir,
  query,
  serverPid,
  serverRuns,
  startProgram,
  stopLater,
  useStarter,
  waitUntil,
} from "./embedded-fixture.js";

useStarter();

/** Durable on purpose: what was answered must be there after a kill. */
const options = (dataDir: string): object => ({ dataDir });

async function startAndWrite(dataDir: string) {
  const program = startProgram(options(dataDir));
  const { url = "", dataFolder = "" } = await program.nextAnswer();
  await query(url, "create table kept (id int)");
  await query(url, "insert into kept values (1)");
  return { program, url, dataFolder };
}

async function expectKept(dataDir: string): Promise<void> {
  const server = stopLater(await startEmbeddedPostgres({ dataDir }));
  expect(await query(server.url, "select id from kept")).toEqual([{ id: 1 }]);
}

test("after SIGKILL of the program the next start stops the orphaned server and has the data", async () => {
  const dataDir = await makeUsedDataDir();
  const { program, dataFolder } = await startAndWrite(dataDir);
  const orphan = await serverPid(dataFolder);
  await program.kill();
  expect(await serverRuns(dataFolder)).toBe(true);
  await expectKept(dataDir);
  expect(await serverPid(dataFolder)).not.toBe(orphan);
});

test("after SIGKILL of the server the program is told, and the next start has the data", async () => {
  const dataDir = await makeUsedDataDir();
  const { program, dataFolder } = await startAndWrite(dataDir);
  await killServer(dataFolder);
  expect((await program.nextAnswer()).cause).toContain("SIGKILL");
  expect(await program.finish()).toBe(0);
  await expectKept(dataDir);
});

test("after SIGKILL of both, with connections open, the next start has the data", async () => {
  const dataDir = await makeUsedDataDir();
  const { program, url, dataFolder } = await startAndWrite(dataDir);
  const busy = query(url, "select count(*) from generate_series(1, 1e9)").catch(() => undefined);
  await waitUntil(
    async () =>
      (await query(url, "select from pg_stat_activity where query like '%1e9%' and state = 'active'"))
        .length > 1,
    "the long query runs",
  );
  await program.kill();
  await killServer(dataFolder);
  await expectKept(dataDir);
  await busy;
});

test("the same program can start again after its server was killed", async () => {
  const dataDir = await makeUsedDataDir();
  const first = stopLater(await startEmbeddedPostgres({ dataDir, settings: FAST }));
  const told = new Promise<string>((resolve) => first.onUnexpectedExit(resolve));
  await killServer(first.dataFolder);
  expect(await told).toContain("SIGKILL");
  // Somebody who asks late is told as well.
  expect(await new Promise((resolve) => first.onUnexpectedExit(resolve))).toContain("SIGKILL");
  await first.stop();
  const second = stopLater(await startEmbeddedPostgres({ dataDir, settings: FAST }));
  expect(await query(second.url, "select 1 as one")).toEqual([{ one: 1 }]);
});

test("a program that exits without stop() takes its server along", async () => {
  const dataDir = await makeUsedDataDir();
  const program = startProgram({ dataDir, settings: FAST, exitAtOnce: true });
  const { dataFolder = "" } = await program.nextAnswer();
  await waitUntil(() => program.child.exitCode !== null, "the program has ended");
  await waitUntil(async () => !(await serverRuns(dataFolder)), "the server has ended");
});

test("an initdb that was killed halfway is done again", async () => {
  const dataDir = await makeFolder();
  const program = startProgram({ dataDir });
  const draft = async (): Promise<string | undefined> =>
    (await readdir(dataDir)).find((name) => /^postgres\.new-[^.]+$/.test(name));
  await waitUntil(async () => {
    const name = await draft();
    return name !== undefined && (await readdir(path.join(dataDir, name))).includes("base");
  }, "initdb is at work");
  await program.kill();
  expect(await readdir(dataDir)).not.toContain("postgres");
  const server = stopLater(await startEmbeddedPostgres({ dataDir, settings: FAST }));
  expect(await query(server.url, "select 1 as one")).toEqual([{ one: 1 }]);
  await server.stop();
  // The orphaned initdb may have written a little longer; the start after it leaves nothing of it.
  await (await startEmbeddedPostgres({ dataDir, settings: FAST })).stop();
  expect((await readdir(dataDir)).sort()).toEqual(["postgres", "postgres-password", "postgres.lock"]);
});

test("a stale postmaster.pid whose number another program of the same user has now is no obstacle", async () => {
  const dataDir = await makeUsedDataDir();
  const machine = thisMachine();
  const user = await chooseServerUser(machine);
  const other = spawn("sleep", ["60"], { ...user.dropTo, stdio: "ignore" });
  afterThisTest(() => other.kill("SIGKILL"));
  const dataFolder = path.join(dataDir, "postgres");
  const lines = [
    other.pid,
    dataFolder,
    1_700_000_000,
    5432,
    "",
    "127.0.0.1",
    "  1234567         3",
    "ready   ",
  ];
  await writeFile(path.join(dataFolder, "postmaster.pid"), `${lines.join("\n")}\n`);
  const server = stopLater(await startEmbeddedPostgres({ dataDir, settings: FAST }));
  expect(await query(server.url, "select 1 as one")).toEqual([{ one: 1 }]);
  expect(other.exitCode).toBeNull();
  expect(other.signalCode).toBeNull();
});

test("a server on the folder that no start here began is left alone", async () => {
  const dataDir = await makeUsedDataDir();
  const dataFolder = path.join(dataDir, "postgres");
  const machine = thisMachine();
  const user = await chooseServerUser(machine);
  const { postgres } = await prepareBinaries(machine, user, dataDir);
  const flags = ["-D", dataFolder, "-c", "listen_addresses=", "-c", `unix_socket_directories=${dataFolder}`];
  const other = spawn(postgres, flags, { ...user.dropTo, ...programSurroundings(), stdio: "ignore" });
  const ended = new Promise((resolve) => other.once("exit", resolve));
  afterThisTest(async () => {
    other.kill("SIGINT");
    await ended;
  });
  const status = async (): Promise<string> =>
    readFile(path.join(dataFolder, "postmaster.pid"), "utf8").catch(() => "");
  await waitUntil(async () => (await status()).includes("ready"), "the other server runs");
  await expect(startEmbeddedPostgres({ dataDir, settings: FAST })).rejects.toMatchObject({
    code: "already_running",
    message: expect.stringContaining(String(other.pid)),
  });
  expect(other.exitCode).toBeNull();
});

test("a second start on one data folder says who has it and changes nothing", async () => {
  const dataDir = await makeUsedDataDir();
  const first = stopLater(await startEmbeddedPostgres({ dataDir, settings: FAST }));
  const refusal = {
    code: "already_running",
    message: expect.stringMatching(new RegExp(`process ${process.pid}\\b[\\s\\S]*another data folder`)),
  };
  await expect(startEmbeddedPostgres({ dataDir, settings: FAST })).rejects.toMatchObject(refusal);
  expect(await startProgram({ dataDir, settings: FAST }).nextAnswer()).toMatchObject(refusal);
  // Another name for the same folder is the same folder.
  const alias = path.join(await makeFolder(), "alias");
  await symlink(dataDir, alias);
  await expect(startEmbeddedPostgres({ dataDir: alias, settings: FAST })).rejects.toMatchObject(refusal);
  expect(await query(first.url, "select 1 as one")).toEqual([{ one: 1 }]);
});

test("of 10 programs that start at once on one fresh folder, exactly one gets it, also after a SIGKILL", async () => {
  const dataDir = path.join(await makeFolder(), "data");
  for (let round = 0; round < 2; round++) {
    const programs = Array.from({ length: 10 }, () =>
      startProgram({ dataDir, settings: FAST, waitForGo: true }),
    );
    for (const program of programs) await program.nextAnswer();
    for (const program of programs) program.go();
    const answers = await Promise.all(programs.map((program) => program.nextAnswer()));
    const winners = answers.filter((answer) => answer.url !== undefined);
    expect(winners).toHaveLength(1);
    const others = answers.filter((answer) => answer.url === undefined).map((answer) => answer.code);
    expect(others).toEqual(Array.from({ length: 9 }, () => "already_running"));
    expect(await query(winners[0]?.url ?? "", "select 1 as one")).toEqual([{ one: 1 }]);
    await Promise.all(programs.map((program) => program.kill()));
  }
}, 240_000);
