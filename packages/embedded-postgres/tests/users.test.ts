/** Who runs the server, and what that user can reach. As root these try the hand-over; CI runs them as root. */
import { execFile } from "node:child_process";
import {
  chmod,
  chown,
  cp,
  lstat,
  mkdir,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  writeFile,
} from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import { makeLibraryLinks } from "../src/binaries.js";
import { startEmbeddedPostgres } from "../src/embedded-postgres.js";
import { type Machine, thisMachine } from "../src/machine.js";
import { chooseServerUser, findObstacle, mayUse } from "../src/run-as.js";
import {
  copyPackage,
  FAST,
  isRoot,
  makeFolder,
  makeUsedDataDir,
  modeOf,
  PACKAGE,
  query,
  startProgram,
  stopLater,
  useStarter,
} from "./embedded-fixture.js";

useStarter();

const NOBODY = { uid: 65534, gid: 65534 };
const repositoryIsOpen =
  isRoot &&
  (await findObstacle(path.join(PACKAGE, "package.json"), { name: "nobody", dropTo: NOBODY })) === undefined;

async function passwdWith(...lines: string[]): Promise<string> {
  const file = path.join(await makeFolder(), "passwd");
  await writeFile(file, ["root:x:0:0:root:/root:/bin/bash", ...lines, ""].join("\n"));
  return file;
}

describe("the choice of the server's user", () => {
  const asRoot = { ...thisMachine(), userId: 0 };
  const postgres = "postgres:x:101:104:PostgreSQL administrator,,,:/var/lib/postgresql:/bin/bash";
  const nobody = "nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin";

  test("an ordinary user stays who they are", async () => {
    expect(await chooseServerUser({ ...asRoot, userId: 1000 })).toEqual({ name: "you", dropTo: undefined });
  });

  test("root hands over to postgres, without it to nobody, without it to the overflow user", async () => {
    const both = await passwdWith(nobody, postgres);
    expect(await chooseServerUser({ ...asRoot, passwdFile: both })).toEqual({
      name: "postgres",
      dropTo: { uid: 101, gid: 104 },
    });
    const one = await passwdWith(nobody);
    expect(await chooseServerUser({ ...asRoot, passwdFile: one })).toEqual({
      name: "nobody",
      dropTo: NOBODY,
    });
    const none = "/no/such/passwd";
    expect(await chooseServerUser({ ...asRoot, passwdFile: none })).toMatchObject({ dropTo: NOBODY });
  });

  test("an account that is root under another name is not taken", async () => {
    const passwdFile = await passwdWith("postgres:x:0:0::/:/bin/sh", nobody);
    expect(await chooseServerUser({ ...asRoot, passwdFile })).toMatchObject({ name: "nobody" });
  });

  test("existing data keep their owner, unless that is root", async () => {
    const passwdFile = await passwdWith(postgres);
    expect(await chooseServerUser({ ...asRoot, passwdFile }, { uid: 1000, gid: 1000 })).toEqual({
      name: "user 1000",
      dropTo: { uid: 1000, gid: 1000 },
    });
    expect(await chooseServerUser({ ...asRoot, passwdFile }, { uid: 0, gid: 0 })).toMatchObject({
      name: "postgres",
    });
  });
});

test("the first class of mode bits that fits a user decides, as in the kernel", () => {
  const info = { mode: 0o40_705, uid: 5, gid: 6 };
  expect(mayUse(info, { uid: 5, gid: 1 }, 0o1)).toBe(true);
  expect(mayUse(info, { uid: 1, gid: 6 }, 0o1)).toBe(false);
  expect(mayUse(info, { uid: 1, gid: 1 }, 0o1)).toBe(true);
  expect(mayUse(info, { uid: 1, gid: 1 }, 0o2)).toBe(false);
});

test.runIf(isRoot)("the obstacle named is the first folder that keeps the user out", async () => {
  const folder = await makeFolder();
  await mkdir(path.join(folder, "open", "closed", "inner"), { recursive: true });
  await chmod(path.join(folder, "open", "closed"), 0o700);
  const user = { name: "nobody", dropTo: NOBODY };
  expect(await findObstacle(path.join(folder, "open"), user)).toBeUndefined();
  expect(await findObstacle(path.join(folder, "open", "closed", "inner"), user)).toBe(
    path.join(folder, "open", "closed"),
  );
});

test("library links are made, and making them again or at once changes nothing", async () => {
  const native = path.join(await makeFolder(), "native");
  await mkdir(path.join(native, "lib"), { recursive: true });
  await writeFile(path.join(native, "lib", "libpq.so.5.18"), "library");
  const list = [{ source: "native/lib/libpq.so.5.18", target: "native/lib/libpq.so.5" }];
  await writeFile(path.join(native, "pg-symlinks.json"), JSON.stringify(list));
  await Promise.all(Array.from({ length: 5 }, () => makeLibraryLinks(native)));
  await makeLibraryLinks(native);
  expect(await readFile(path.join(native, "lib", "libpq.so.5"), "utf8")).toBe("library");
  expect((await lstat(path.join(native, "lib", "libpq.so.5"))).isSymbolicLink()).toBe(true);
});

async function packageWithoutLinks(target: string): Promise<void> {
  await copyPackage(thisMachine().packageFolder ?? "", target);
  const lib = path.join(target, "native", "lib");
  for (const entry of await readdir(lib, { withFileTypes: true })) {
    if (entry.isSymbolicLink()) await rm(path.join(lib, entry.name));
  }
}

test("a package whose install script never ran gets its links at the first start", async () => {
  const folder = await makeFolder();
  await packageWithoutLinks(path.join(folder, "package"));
  const machine: Machine = { ...thisMachine(), packageFolder: path.join(folder, "package") };
  const server = stopLater(
    await startEmbeddedPostgres({ dataDir: path.join(folder, "data"), settings: FAST }, machine),
  );
  expect(await query(server.url, "select 1 as one")).toEqual([{ one: 1 }]);
  expect(server.notes.join()).not.toContain("copy");
});

describe.runIf(repositoryIsOpen)("as an ordinary user", () => {
  test("the server runs as that user, in a folder that is closed to others", async () => {
    const dataDir = path.join(await makeFolder(), "closed");
    await mkdir(dataDir, { mode: 0o700 });
    await chown(dataDir, NOBODY.uid, NOBODY.gid);
    const program = startProgram({ dataDir, settings: FAST }, NOBODY);
    const answer = await program.nextAnswer();
    expect(answer).toMatchObject({ dataFolder: path.join(dataDir, "postgres"), notes: [] });
    expect((await stat(path.join(dataDir, "postgres"))).uid).toBe(NOBODY.uid);
    expect(await modeOf(dataDir)).toBe(0o700);
    expect(await program.finish()).toBe(0);

    // Then root, who serves the data as their owner, and then the owner again.
    const asRoot = await startEmbeddedPostgres({ dataDir, settings: FAST });
    expect(asRoot.notes.join()).toContain("nobody");
    await asRoot.stop();
    const again = startProgram({ dataDir, settings: FAST }, NOBODY);
    expect(await again.nextAnswer()).toMatchObject({ dataFolder: asRoot.dataFolder });
  });

  test("a package that cannot be written and lacks its links is copied into the data folder", async () => {
    const folder = await makeFolder();
    await packageWithoutLinks(path.join(folder, "package"));
    const dataDir = path.join(folder, "data");
    await mkdir(dataDir);
    await chown(dataDir, NOBODY.uid, NOBODY.gid);
    const machine = { packageFolder: path.join(folder, "package") };
    const answer = await startProgram({ dataDir, settings: FAST, machine }, NOBODY).nextAnswer();
    expect(answer.notes?.join()).toContain("copy");
    expect(await query(answer.url ?? "", "select 1 as one")).toEqual([{ one: 1 }]);
  });

  test("a folder that the user may not write is an error that says so", async () => {
    const dataDir = await makeFolder();
    expect(await startProgram({ dataDir }, NOBODY).nextAnswer()).toMatchObject({
      code: "start_failed",
      message: expect.stringContaining(dataDir),
    });
  });

  test("data of somebody else are refused with the owner's number", async () => {
    const dataDir = await makeUsedDataDir();
    for (const name of [".", "postgres.lock", "postgres-password"]) {
      await chown(path.join(dataDir, name), NOBODY.uid, NOBODY.gid);
    }
    await chown(path.join(dataDir, "postgres"), 12_345, 12_345);
    expect(await startProgram({ dataDir }, NOBODY).nextAnswer()).toMatchObject({
      code: "start_failed",
      message: expect.stringContaining("belong to user 12345"),
    });
  });

  test("a user number without a name is told to get one", async () => {
    const dataDir = await makeFolder();
    await chown(dataDir, 54_321, 54_321);
    expect(await startProgram({ dataDir }, { uid: 54_321, gid: 54_321 }).nextAnswer()).toMatchObject({
      code: "no_unprivileged_user",
      message: expect.stringMatching(/useradd|passwd/),
    });
  });
});

describe.runIf(isRoot)("as root", () => {
  async function rootMachine(differences: Partial<Machine> = {}): Promise<Machine> {
    return { ...thisMachine(), stateRoot: path.join(await makeFolder(), "state"), ...differences };
  }

  test("without a postgres account the server runs as nobody", async () => {
    const passwdFile = await passwdWith("nobody:x:65534:65534:nobody:/:/usr/sbin/nologin");
    const dataDir = await makeFolder();
    const machine = await rootMachine({ passwdFile });
    const server = stopLater(await startEmbeddedPostgres({ dataDir, settings: FAST }, machine));
    expect(server.notes.join()).toContain("nobody");
    expect((await stat(server.dataFolder)).uid).toBe(65_534);
  });

  test("with no account at all the error says how to make one", async () => {
    const passwdFile = await passwdWith("postgres:x:54321:54321::/:/bin/false");
    const dataDir = await makeFolder();
    await expect(
      startEmbeddedPostgres({ dataDir, settings: FAST }, await rootMachine({ passwdFile })),
    ).rejects.toMatchObject({ code: "no_unprivileged_user", message: expect.stringContaining("useradd") });
    expect(await readdir(dataDir)).not.toContain("postgres");
  });

  test("a private data folder of ours lets the server's user pass, and its files stay closed", async () => {
    const dataDir = await makeFolder(0o700);
    await writeFile(path.join(dataDir, "secrets.json"), "{}", { mode: 0o600 });
    const machine = await rootMachine();
    const options = { dataDir, ownFiles: ["secrets.json"], settings: FAST };
    const server = stopLater(await startEmbeddedPostgres(options, machine));
    expect(server.dataFolder).toBe(path.join(dataDir, "postgres"));
    expect(await modeOf(dataDir)).toBe(0o701);
    expect(await modeOf(path.join(dataDir, "secrets.json"))).toBe(0o600);
  });

  test("a private folder with other people's files is not opened", async () => {
    const dataDir = await makeFolder(0o700);
    await writeFile(path.join(dataDir, "diary.txt"), "", { mode: 0o644 });
    const machine = await rootMachine();
    const server = stopLater(await startEmbeddedPostgres({ dataDir, settings: FAST }, machine));
    expect(server.dataFolder.startsWith(machine.stateRoot)).toBe(true);
    expect(await modeOf(dataDir)).toBe(0o700);
  });

  test("under a mode-700 folder the data go to the state folder, are noted, and are found again", async () => {
    const closed = await makeFolder(0o700);
    const dataDir = path.join(closed, "shop", ".data");
    const machine = await rootMachine();
    const first = stopLater(await startEmbeddedPostgres({ dataDir, settings: FAST }, machine));
    expect(path.dirname(path.dirname(first.dataFolder))).toBe(path.join(machine.stateRoot, "app"));
    expect(first.notes.join()).toContain(first.dataFolder);
    expect(await modeOf(closed)).toBe(0o700);
    await query(first.url, "create table kept ()");
    await first.stop();

    const second = stopLater(await startEmbeddedPostgres({ dataDir, settings: FAST }, machine));
    expect(second.dataFolder).toBe(first.dataFolder);
    expect(second.notes.join()).toContain(first.dataFolder);
    expect(await query(second.url, "select * from kept")).toEqual([]);

    // A copy of the data folder carries the note along: it must not run on the same files at the same time.
    const copy = path.join(closed, "copy");
    await cp(dataDir, copy, { recursive: true });
    await expect(startEmbeddedPostgres({ dataDir: copy, settings: FAST }, machine)).rejects.toMatchObject({
      code: "already_running",
    });
    await second.stop();

    // The data folder may move.
    await rename(dataDir, path.join(closed, "moved"));
    const moved = await startEmbeddedPostgres(
      { dataDir: path.join(closed, "moved"), settings: FAST },
      machine,
    );
    expect(moved.dataFolder).toBe(first.dataFolder);
    await moved.stop();

    // A new, empty data folder at the old path is a new database, and the old files stay.
    const fresh = stopLater(await startEmbeddedPostgres({ dataDir, settings: FAST }, machine));
    expect(fresh.dataFolder).not.toBe(first.dataFolder);
    expect(await readdir(first.dataFolder)).toContain("PG_VERSION");
    await fresh.stop();

    // A note whose folder is gone is not an empty database.
    await rm(fresh.dataFolder, { recursive: true });
    await expect(startEmbeddedPostgres({ dataDir, settings: FAST }, machine)).rejects.toMatchObject({
      code: "start_failed",
      message: expect.stringContaining(path.dirname(fresh.dataFolder)),
    });
  });

  test("programs under a mode-700 folder are copied once, to where the server's user gets", async () => {
    const closed = await makeFolder(0o700);
    await packageWithoutLinks(path.join(closed, "package"));
    const machine = await rootMachine({ packageFolder: path.join(closed, "package") });
    const dataDir = path.join(closed, "data");
    const first = await startEmbeddedPostgres({ dataDir, settings: FAST }, machine);
    expect(first.notes.join("\n")).toContain("copy of its programs");
    await first.stop();
    const state = path.join(machine.stateRoot, "app");
    const programs = (await readdir(state)).filter((name) => name.startsWith("postgresql-"));
    expect(programs).toHaveLength(1);
    const before = await stat(path.join(state, programs[0] ?? ""));
    const second = stopLater(await startEmbeddedPostgres({ dataDir, settings: FAST }, machine));
    const after = await stat(path.join(state, programs[0] ?? ""));
    expect([after.ino, after.uid, after.mode & 0o777]).toEqual([before.ino, 0, 0o755]);
    expect(await query(second.url, "select 1 as one")).toEqual([{ one: 1 }]);
  });

  test("data that their user cannot reach any more are not replaced by an empty database", async () => {
    const dataDir = await makeUsedDataDir();
    await writeFile(path.join(dataDir, "diary.txt"), "");
    await chmod(dataDir, 0o700);
    await expect(
      startEmbeddedPostgres({ dataDir, settings: FAST }, await rootMachine()),
    ).rejects.toMatchObject({
      code: "start_failed",
      message: expect.stringContaining(`chmod o+x ${dataDir}`),
    });
  });

  test("data whose owner has no name on this machine are served as that number", async () => {
    const dataDir = await makeUsedDataDir();
    await promisify(execFile)("chown", ["-R", "54321:54321", path.join(dataDir, "postgres")]);
    const server = stopLater(await startEmbeddedPostgres({ dataDir, settings: FAST }, await rootMachine()));
    expect(server.notes.join()).toContain("user 54321");
    expect(await query(server.url, "select 1 as one")).toEqual([{ one: 1 }]);
  });

  test("data that root copied are handed to the server's user", async () => {
    const dataDir = await makeUsedDataDir();
    const copy = path.join(await makeFolder(), "copy");
    await cp(dataDir, copy, { recursive: true });
    expect((await stat(path.join(copy, "postgres"))).uid).toBe(0);
    const server = stopLater(
      await startEmbeddedPostgres({ dataDir: copy, settings: FAST }, await rootMachine()),
    );
    expect(await query(server.url, "select 1 as one")).toEqual([{ one: 1 }]);
  });

  test("a strict umask does not shut the server's user out", async () => {
    const before = process.umask(0o077);
    try {
      const dataDir = path.join(await makeFolder(), "a", "b");
      const machine = await rootMachine();
      const server = stopLater(await startEmbeddedPostgres({ dataDir, settings: FAST }, machine));
      expect(server.dataFolder).toBe(path.join(dataDir, "postgres"));
    } finally {
      process.umask(before);
    }
  });
});
