import { type ChildProcess, fork } from "node:child_process";
import path from "node:path";
import { fileURLToPath } from "node:url";
import pg from "pg";
import type { BatchOutcome, BatchPlan } from "./batch.js";
import type { Order, Report, WorkerOptions } from "./protocol.js";

const WORKER = path.join(path.dirname(fileURLToPath(import.meta.url)), "worker.ts");

export interface Player {
  readonly edgesKnown: readonly string[];
  play(plan: Omit<BatchPlan, "onStep">): Promise<BatchOutcome>;
  end(): Promise<void>;
}

/** Starts a process that plays, with a database of its own. */
export async function startPlayer(
  serverUrl: string,
  number: number,
  options: Omit<WorkerOptions, "databaseUrl">,
): Promise<Player> {
  const name = `simulate_${number}`;
  const admin = new pg.Client({ connectionString: serverUrl });
  await admin.connect();
  await admin.query(`create database ${name}`);
  await admin.end();
  const databaseUrl = new URL(serverUrl);
  databaseUrl.pathname = `/${name}`;
  const all: WorkerOptions = { ...options, databaseUrl: databaseUrl.toString() };
  const child = fork(WORKER, [JSON.stringify(all)], {
    stdio: ["ignore", "ignore", "inherit", "ipc"],
    // What a step leaves behind is garbage soon: with more room it is never moved.
    execArgv: [...process.execArgv, "--max-semi-space-size=64"],
  });
  const ready = await nextReport(child);
  if (ready.kind !== "ready")
    throw new Error(ready.kind === "broken" ? ready.error : "The worker did not begin");
  return {
    edgesKnown: ready.edgesKnown,
    async play(plan) {
      const played = nextReport(child);
      child.send({ kind: "play", plan } satisfies Order);
      const report = await played;
      if (report.kind === "played") return report.outcome;
      throw new Error(`Batch ${plan.batch}: ${report.kind === "broken" ? report.error : "an odd answer"}`);
    },
    end: () =>
      new Promise((resolve) => {
        child.once("exit", () => resolve());
        child.send({ kind: "end" } satisfies Order);
      }),
  };
}

const nextReport = (child: ChildProcess): Promise<Report> =>
  new Promise((resolve, reject) => {
    const onExit = (code: number | null): void => reject(new Error(`The worker ended with ${code}`));
    child.once("exit", onExit);
    child.once("message", (report: Report) => {
      child.off("exit", onExit);
      resolve(report);
    });
  });
