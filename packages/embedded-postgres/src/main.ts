#!/usr/bin/env node
/**
 * `embedded-postgres [--data-dir FOLDER] [--name NAME] [-- COMMAND ARGS…]`: runs PostgreSQL on a folder. Without a
 * command it prints the connection string and runs until it is told to stop; with one it runs the command with the
 * connection string in DATABASE_URL and ends with its exit code.
 */
import { spawn } from "node:child_process";
import { parseArgs } from "node:util";
import { type EmbeddedPostgres, startEmbeddedPostgres } from "./embedded-postgres.js";

const USAGE = "embedded-postgres [--data-dir FOLDER] [--name NAME] [-- COMMAND ARGS…]";

function readArguments() {
  const words = process.argv.slice(2);
  const separator = words.includes("--") ? words.indexOf("--") : words.length;
  const { values } = parseArgs({
    args: words.slice(0, separator),
    options: {
      "data-dir": { type: "string", default: ".postgres" },
      name: { type: "string", default: "app" },
      help: { type: "boolean", default: false },
    },
  });
  return { ...values, command: words.slice(separator + 1) };
}

/** Returns the exit code. */
async function run(): Promise<number> {
  const { "data-dir": dataDir, name, help, command } = readArguments();
  if (help) {
    process.stdout.write(`${USAGE}\n`);
    return 0;
  }
  const server = await startEmbeddedPostgres({ dataDir, name });
  for (const note of server.notes) process.stderr.write(`${note}\n`);
  const died = new Promise<number>((resolve) =>
    server.onUnexpectedExit((cause) => {
      process.stderr.write(`${cause}\n`);
      resolve(1);
    }),
  );
  try {
    return await Promise.race([
      died,
      command.length > 0 ? runCommand(command, server) : runUntilTold(server),
    ]);
  } finally {
    await server.stop();
  }
}

async function runUntilTold(server: EmbeddedPostgres): Promise<number> {
  process.stdout.write(`${server.url}\n`);
  await new Promise<void>((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(signal, () => resolve());
  });
  return 0;
}

function runCommand([program = "", ...args]: string[], { url }: EmbeddedPostgres): Promise<number> {
  // A terminal sends Ctrl-C to the command as well: its end decides when the server stops.
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => child.kill(signal));
  const child = spawn(program, args, { stdio: "inherit", env: { ...process.env, DATABASE_URL: url } });
  return new Promise((resolve) => {
    child.once("error", (error) => {
      process.stderr.write(`${error.message}\n`);
      resolve(127);
    });
    child.once("close", (code) => resolve(code ?? 1));
  });
}

try {
  process.exitCode = await run();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
