import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, openSync, readFileSync } from "node:fs";
import { createServer } from "node:net";
import path from "node:path";
import { fileURLToPath } from "node:url";

export const ROOT = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const mainOf = (root: string): string => path.join(root, "dist", "main.js");

export interface BenchProcess {
  readonly url: string;
  readonly pid: number;
  /** Seconds from the start of the process to the first "ready". */
  readonly readySeconds: number;
  stop(): Promise<void>;
}

export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** A process of the built program, with a clean environment; its log goes to a file, as in production. */
export async function startTribi(
  args: readonly string[],
  environment: Readonly<Record<string, string>>,
  options: { logFile: string; script?: string; root?: string },
): Promise<BenchProcess> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const log = openSync(options.logFile, "a");
  const startedAt = performance.now();
  const child = spawn(process.execPath, [options.script ?? mainOf(options.root ?? ROOT), ...args], {
    cwd: path.dirname(options.logFile),
    env: { PATH: process.env.PATH ?? "", LOG_FORMAT: "json", PORT: String(port), ...environment },
    stdio: ["ignore", log, log],
  });
  closeSync(log);
  if (args[0] === "serve") await ready(url, child, options.logFile);
  return {
    url,
    pid: child.pid ?? 0,
    readySeconds: (performance.now() - startedAt) / 1000,
    stop: () => stop(child),
  };
}

/** Runs one command to its end. */
export async function runTribi(
  args: readonly string[],
  environment: Readonly<Record<string, string>>,
  logFile: string,
  root: string = ROOT,
): Promise<void> {
  const log = openSync(logFile, "a");
  const child = spawn(process.execPath, [mainOf(root), ...args], {
    cwd: path.dirname(logFile),
    env: { PATH: process.env.PATH ?? "", LOG_FORMAT: "json", ...environment },
    stdio: ["ignore", log, log],
  });
  closeSync(log);
  const code = await new Promise((resolve) => child.once("exit", resolve));
  if (code !== 0)
    throw new Error(
      `tribi ${args.join(" ")} ended with ${String(code)}:\n${readFileSync(logFile, "utf8").slice(-2000)}`,
    );
}

async function ready(url: string, child: ChildProcess, logFile: string): Promise<void> {
  const deadline = performance.now() + 60_000;
  for (;;) {
    const answer = await fetch(`${url}/health/ready`).catch(() => undefined);
    if (answer?.ok === true) return;
    if (child.exitCode !== null || performance.now() > deadline)
      throw new Error(`The server did not become ready:\n${readFileSync(logFile, "utf8").slice(-3000)}`);
    await new Promise((resolve) => setTimeout(resolve, 15));
  }
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  const ended = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGTERM");
  await ended;
}

/** Resident memory of the Node process, in MB. Linux only; NaN elsewhere. */
export function residentMegabytes(pid: number): number {
  try {
    const [, kilobytes] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
    return Number(kilobytes) / 1024;
  } catch {
    return Number.NaN;
  }
}
