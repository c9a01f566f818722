import { spawn } from "node:child_process";
import { mkdir, readdir, readFile, utimes, writeFile } from "node:fs/promises";
import path from "node:path";
import { expect, test, vi } from "vitest";
import { acquireFolderLock } from "../src/folder-lock.js";
import { identifySelf, livenessOf } from "../src/process-identity.js";
import { afterThisTest, makeFolder, startProgram, useStarter, waitUntil } from "./embedded-fixture.js";

/** What the next listing and the next reading of a file answer instead of the truth. */
const oldView = vi.hoisted(() => ({
  names: undefined as string[] | undefined,
  text: undefined as string | undefined,
}));

vi.mock("node:fs/promises", async (importOriginal) => {
  const real = await importOriginal<typeof import("node:fs/promises")>();
  const once = <Key extends keyof typeof oldView>(key: Key): (typeof oldView)[Key] => {
    const value = oldView[key];
    oldView[key] = undefined;
    return value;
  };
  return {
    ...real,
    readdir: async (folder: string, options?: object) => once("names") ?? real.readdir(folder, options),
    readFile: async (file: string, options?: BufferEncoding) => once("text") ?? real.readFile(file, options),
  };
});

useStarter();

async function plantHolder(folder: string, generation: number, differences: object): Promise<string> {
  await mkdir(folder, { recursive: true });
  const file = path.join(folder, `holder-${generation}`);
  await writeFile(file, JSON.stringify({ ...identifySelf(), released: false, ...differences }));
  return file;
}

async function lock(folder: string): Promise<{ release(): Promise<void> }> {
  const attempt = await acquireFolderLock(folder, 300);
  if (attempt.kind !== "locked") throw new Error(`held by ${attempt.pid}`);
  afterThisTest(attempt.lock.release);
  return attempt.lock;
}

test("one holder at a time; a release lets the next one in", async () => {
  const folder = await makeFolder();
  const first = await lock(folder);
  expect(await acquireFolderLock(folder)).toEqual({ kind: "held", pid: process.pid });
  await first.release();
  const second = await lock(folder);
  expect((await readdir(folder)).sort()).toEqual(["holder-1", "holder-2"]);
  await second.release();
});

test.each([
  ["a process that is no more", { pid: 2 ** 22 + 1 }],
  ["a later process with the same number", { startedAt: "1" }],
  ["a file that a power cut emptied", { pid: "none" }],
])("the lock of %s is free", async (_, differences) => {
  const folder = await makeFolder();
  await plantHolder(folder, 41, differences);
  await lock(folder);
  expect(await readdir(folder)).toContain("holder-42");
});

test.runIf(process.platform === "linux")("a killed process that nobody collected holds nothing", async () => {
  // The shell becomes another program before its child ends; that one never waits, and the child stays a zombie.
  const parent = spawn("/bin/sh", ["-c", "sleep 0.5 & echo $!; exec sleep 60"]);
  afterThisTest(() => parent.kill("SIGKILL"));
  const pid = await new Promise<number>((resolve) =>
    parent.stdout.once("data", (data) => resolve(Number(data))),
  );
  await waitUntil(
    async () => /\) Z /.test(await readFile(`/proc/${pid}/stat`, "utf8")),
    "the child is a zombie",
  );
  expect(livenessOf({ ...identifySelf(), pid, startedAt: "" })).toBe("dead");
});

test("a holder in another container keeps the lock as long as its heart beats", async () => {
  const folder = await makeFolder();
  const file = await plantHolder(folder, 1, { pidSpace: "pid:[1]", pid: 7 });
  const heartbeat = setInterval(() => void utimes(file, new Date(), new Date()), 50);
  afterThisTest(() => clearInterval(heartbeat));
  expect(await acquireFolderLock(folder, 400)).toEqual({ kind: "held", pid: 7 });
  clearInterval(heartbeat);
  await lock(folder);
});

test("a process that comes back with an old view steps behind the present holder", async () => {
  const folder = await makeFolder();
  // It saw the dead holder of generation 5 and slept. Meanwhile others took 6, 7 and 8 and cleaned up behind them.
  const dead = JSON.stringify({ ...identifySelf(), pid: 2 ** 22 + 1, released: false });
  oldView.names = ["holder-5"];
  oldView.text = dead;
  await plantHolder(folder, 8, {});
  expect(await acquireFolderLock(folder)).toEqual({ kind: "held", pid: process.pid });
  expect(oldView).toEqual({ names: undefined, text: undefined });
  expect(await readdir(folder)).toEqual(["holder-8"]);
});

test("of many callers that find the same dead holder, exactly one gets the lock, in every round", async () => {
  const folder = await makeFolder();
  for (let round = 0; round < 40; round++) {
    const attempts = await Promise.all(Array.from({ length: 20 }, () => acquireFolderLock(folder)));
    const winners = attempts.flatMap((attempt) => (attempt.kind === "locked" ? [attempt.lock] : []));
    expect(winners).toHaveLength(1);
    await winners[0]?.release();
  }
});

test("of 10 processes that find the same dead holder, exactly one gets the lock, in every round", async () => {
  const folder = await makeFolder();
  await plantHolder(folder, 1, { pid: 2 ** 22 + 1 });
  for (let round = 0; round < 3; round++) {
    const programs = Array.from({ length: 10 }, () => startProgram({ lockOnly: folder, waitForGo: true }));
    for (const program of programs) expect(await program.nextAnswer()).toEqual({ ready: true });
    for (const program of programs) program.go();
    const answers = await Promise.all(programs.map((program) => program.nextAnswer()));
    expect(answers.filter((answer) => answer.kind === "locked")).toHaveLength(1);
    // The winner never releases: the next round finds a dead holder.
    await Promise.all(programs.map((program) => program.kill()));
  }
}, 240_000);
