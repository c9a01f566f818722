import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { Redis } from "ioredis";
import { eventually } from "./eventually.js";
import { freePort } from "./processes.js";

export interface TestRedis {
  readonly url: string;
  readonly client: Redis;
  stop(): Promise<void>;
}

/** Tests that need Redis are skipped without REDIS_URL and without a `redis-server` on the path. */
export const hasRedis =
  process.env.REDIS_URL !== undefined || spawnSync("redis-server", ["--version"]).status === 0;

/** REDIS_URL, or a server of our own without persistence. */
export async function startRedis(): Promise<TestRedis> {
  const given = process.env.REDIS_URL;
  if (given !== undefined) {
    const client = new Redis(given);
    return { url: given, client, stop: async () => client.disconnect() };
  }
  const folder = mkdtempSync(path.join(tmpdir(), "tribi-redis-"));
  const port = await freePort();
  const child = spawn(
    "redis-server",
    ["--port", String(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", folder],
    { stdio: "ignore" },
  );
  const url = `redis://127.0.0.1:${port}`;
  const client = new Redis(url, { retryStrategy: () => 50 });
  client.on("error", () => {});
  await eventually(() => client.status === "ready", { what: "Redis" });
  return {
    url,
    client,
    stop: async () => {
      client.disconnect();
      const ended = new Promise((resolve) => child.once("exit", resolve));
      child.kill("SIGKILL");
      if (child.exitCode === null) await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
