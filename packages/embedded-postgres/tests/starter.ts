/**
 * A program of its own that runs the embedded server, so that tests can kill it. Arguments: the options as JSON
 * (EmbeddedPostgresOptions and `machine`, what differs from this machine; with `waitForGo` it waits for a line of
 * input). It prints one line of JSON: what
 * came of the start. It stops at the end of its input.
 */

import { EmbeddedPostgresError, startEmbeddedPostgres } from "../src/embedded-postgres.js";
import { acquireFolderLock } from "../src/folder-lock.js";
import { thisMachine } from "../src/machine.js";

const { machine, waitForGo, lockOnly, exitAtOnce, ...options } = JSON.parse(process.argv[2] ?? "{}");
const say = (value: object): void => {
  process.stdout.write(`${JSON.stringify(value)}\n`);
};

if (waitForGo === true) {
  say({ ready: true });
  await new Promise((resolve) => process.stdin.once("data", resolve));
}
if (typeof lockOnly === "string") {
  // Only the lock, for races of many processes. Stays alive until it is killed.
  say({ kind: (await acquireFolderLock(lockOnly)).kind });
  await new Promise((resolve) => process.stdin.once("end", resolve));
}
try {
  const server = await startEmbeddedPostgres(options, { ...thisMachine(), ...machine });
  server.onUnexpectedExit((cause) => say({ cause }));
  say({ url: server.url, dataFolder: server.dataFolder, notes: server.notes });
  if (exitAtOnce === true) process.exit(3);
  process.stdin.resume();
  await new Promise((resolve) => process.stdin.once("end", resolve));
  await server.stop();
} catch (error) {
  say({
    code: error instanceof EmbeddedPostgresError ? error.code : "unexpected",
    message: error instanceof Error ? error.message : String(error),
  });
  process.exitCode = 1;
  process.stdin.destroy();
}
