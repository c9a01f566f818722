/**
 * `npm run rest`: starts the built program on an empty folder and then on the same one again, and says each time how
 * long it took until it was ready and what memory it holds at rest. Exits 1 when the second start or the memory is above
 * what is promised. Linux only.
 */
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { freePort } from "../tests/support/processes.js";

const READY_MILLIS_MAX = 2_000;
const MEGABYTES_MAX = 200;
const REST_MILLIS = 5_000;

const folder = mkdtempSync(path.join(tmpdir(), "tribi-rest-"));
const pause = (millis: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, millis));

async function start(): Promise<{ millis: number; megabytes: number }> {
  const port = await freePort();
  const startedAt = performance.now();
  const child = spawn(process.execPath, ["dist/main.js", "serve"], {
    env: {
      PATH: process.env.PATH ?? "",
      HOME: folder,
      PORT: String(port),
      DATA_DIR: path.join(folder, "data"),
    },
    stdio: "ignore",
  });
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  while ((await fetch(`http://127.0.0.1:${port}/health/ready`).catch(() => null))?.ok !== true) {
    if (child.exitCode !== null) throw new Error(`The program ended with ${child.exitCode}`);
    await pause(10);
  }
  const millis = performance.now() - startedAt;
  await pause(REST_MILLIS);
  const kilobytes = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, "utf8"))?.[1];
  child.kill("SIGTERM");
  await ended;
  return { millis, megabytes: Number(kilobytes) / 1024 };
}

for (const name of ["first start", "second start"]) {
  const { millis, megabytes } = await start();
  console.log(`${name}: ready after ${millis.toFixed(0)} ms, ${megabytes.toFixed(0)} MB at rest`);
  if (megabytes > MEGABYTES_MAX || (name === "second start" && millis > READY_MILLIS_MAX))
    process.exitCode = 1;
}
rmSync(folder, { recursive: true, force: true });
