import { type ChildProcess, spawn } from "node:child_process";
import { connect, createServer } from "node:net";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { eventually } from "./eventually.js";
import { temporaryFolder } from "./temporary-folder.js";

const MAIN = path.join(path.dirname(fileURLToPath(import.meta.url)), "../../dist/main.js");

export interface ServerProcess {
  readonly url: string;
  readonly pid: number;
  /** All it printed so far. */
  output(): string;
  kill(signal: NodeJS.Signals): void;
  /** The exit code, or the signal's name. */
  readonly ended: Promise<number | string>;
}

export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** A real process of the built program (`node dist/main.js …`, or another `main`); a server is ready when /health/ready says so. */
export async function startProcess(
  args: readonly string[],
  environment: Readonly<Record<string, string>>,
  options: { waitsUntilReady?: boolean; cwd?: string; main?: string } = {},
): Promise<ServerProcess> {
  const port = environment.PORT ?? String(await freePort());
  const url = `http://127.0.0.1:${port}`;
  const child = spawn(process.execPath, [options.main ?? MAIN, ...args], {
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    env: {
      PATH: process.env.PATH ?? "",
      HOME: temporaryFolder("home"),
      ENVIRONMENT: "test",
      HOST: "127.0.0.1",
      PORT: port,
      LOG_FORMAT: "json",
      ...environment,
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  const keep = (chunk: Buffer): void => {
    output += chunk.toString();
  };
  child.stdout.on("data", keep);
  child.stderr.on("data", keep);
  const handle = handleOf(child, url, () => output);
  if (options.waitsUntilReady !== false && args[0] === "serve") {
    await eventually(() => isReady(url, child, () => output), {
      timeoutMillis: 90_000,
      what: `Readiness of ${url}`,
    });
  }
  return handle;
}

async function isReady(url: string, child: ChildProcess, output: () => string): Promise<boolean> {
  if (child.exitCode !== null) throw new Error(`The process ended with ${child.exitCode}:\n${output()}`);
  return (await isListening(Number(new URL(url).port))) && (await fetch(`${url}/health/ready`)).ok;
}

/** A tenth of what a request costs that finds nobody. */
const isListening = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("connect", () => resolve(true)).once("error", () => resolve(false));
    socket.once("connect", () => socket.destroy());
  });

function handleOf(child: ChildProcess, url: string, output: () => string): ServerProcess {
  return {
    url,
    pid: child.pid ?? 0,
    output,
    kill: (signal) => {
      child.kill(signal);
    },
    ended: new Promise((resolve) => child.once("exit", (code, signal) => resolve(code ?? signal ?? 0))),
  };
}
