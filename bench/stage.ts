import { execFileSync } from "node:child_process";
import path from "node:path";
import { type Arranged, arrange, OPERATORS_TOKEN, query } from "./arrange.js";
import type { MailSink } from "./mail-sink.js";
import { type BenchProcess, ROOT, runTribi, startTribi } from "./processes.js";
import type { Ceiling } from "./report.js";
import { WEBHOOK_SECRET } from "./scenarios.js";

const PEOPLE = 32;

/** A shop that is seeded and open: its server runs without a worker, its people are signed in. */
export interface Stage {
  readonly root: string;
  readonly databaseUrl: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly logFile: string;
  readonly server: BenchProcess;
  readonly sink: MailSink;
  readonly arranged: Arranged;
}

interface StageOptions {
  readonly databaseUrl: string;
  readonly sink: MailSink;
  /** For its log and its data. */
  readonly folder: string;
  /** The built working tree that runs; this one without it. */
  readonly root?: string;
}

export async function setStage({ databaseUrl, sink, folder, root = ROOT }: StageOptions): Promise<Stage> {
  const logFile = path.join(folder, "tribi.log");
  const environment = {
    DATABASE_URL: databaseUrl,
    DATA_DIR: path.join(folder, "store"),
    TRUST_PROXY: "1",
    DEV_TOKEN: OPERATORS_TOKEN,
    METRICS_TOKEN: OPERATORS_TOKEN,
    SMTP_HOST: "127.0.0.1",
    SMTP_PORT: String(sink.port),
    SMTP_USE_TLS: "false",
    PAYMENT_PROVIDER: "MOCK",
    STRIPE_SECRET_KEY: "sk_test_bench",
    STRIPE_WEBHOOK_SECRET: WEBHOOK_SECRET,
    // A few people make all the orders here.
    ORDERS_OPEN_MAX: "999999",
    ORDERS_PER_HOUR_MAX: "999999",
    DECLINES_PER_DAY_MAX: "999999",
  };
  await runTribi(["seed"], environment, logFile, root);
  await query(
    databaseUrl,
    "delete from plan_prices where plan_id in (select id from plans order by id offset 200)",
  );
  await query(databaseUrl, "delete from plans where id in (select id from plans order by id offset 200)");
  const server = await startTribi(["serve", "--no-worker"], environment, { logFile, root });
  const worker = await startTribi(["worker"], environment, { logFile, root });
  const arranged = await arrange(server.url, sink, PEOPLE + 1);
  await worker.stop();
  return { root, databaseUrl, environment, logFile, server, sink, arranged };
}

/** One round of what a request runs in the database, alone: of this working tree. */
export function ownStatementOnce(
  { databaseUrl }: Stage,
  kind: "request-code" | "webhook",
  label: string,
  count: number,
): Ceiling {
  const args = [databaseUrl, kind, String(count), label];
  const output = execFileSync(process.execPath, ["--import", "tsx", "bench/own-statement.ts", ...args], {
    cwd: ROOT,
    encoding: "utf8",
  });
  return JSON.parse(output) as Ceiling;
}

/** One round of the order's bare statement, as the stage's own working tree has it. */
export function ceilingOnce({ root, databaseUrl, arranged }: Stage, label: string, seconds: number): Ceiling {
  const users = arranged.people.map(({ id }) => id).join(",");
  const args = [databaseUrl, String(seconds), String(arranged.planId), label, users];
  const output = execFileSync(process.execPath, ["--import", "tsx", "bench/ceiling.ts", ...args], {
    cwd: root,
    encoding: "utf8",
  });
  return JSON.parse(output) as Ceiling;
}
