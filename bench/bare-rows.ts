import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { type Line, type Measure, median } from "./report.js";
import { FRESH_ORDER } from "./scenarios.js";

interface BareRowsOptions {
  readonly databaseUrl: string;
  readonly planId: number;
  readonly users: readonly number[];
  readonly seconds: number;
}

const DEBIAN = "/usr/lib/postgresql";
const CLIENTS = 32;
/** A fresh order over HTTP is to reach this share. */
const OF_BARE_ROWS = 0.3;

/** Where it lies on this machine; undefined: its package (Debian: postgresql-contrib) is not installed. */
function findPgbench(): string | undefined {
  const versions = (() => {
    try {
      return readdirSync(DEBIAN).sort((a, b) => Number(b) - Number(a));
    } catch {
      return [];
    }
  })();
  const known = ["pgbench", ...versions.map((version) => path.join(DEBIAN, version, "bin", "pgbench"))];
  return known.find((program) => spawnSync(program, ["--version"]).status === 0);
}

/** The two rows of an order and nothing else: no key is looked up, no plan read, nothing is asked. */
const SCRIPT = `\\set user random(1, :users)
\\set number random(1, 1000000000000000)
with placed as (
  insert into orders (reference, user_id, plan_id, currency, amount_minor, plan_snapshot, expires_at)
  select 'BARE-' || :number::bigint, (array[:list])[:user], :plan, 'USD', 100,
    json_build_object('id', 1, 'name', 'A plan of some name', 'description', 'Data for a week, and so on',
      'country_name', 'Spain', 'data_gb', 1, 'duration_days', 7, 'currency', 'USD'), now() + interval '1 hour'
  returning id, user_id, plan_id)
insert into esim_profiles (order_id, user_id, plan_id) select id, user_id, plan_id from placed;
`;

/** How often a second pgbench writes them on the same server with durable commits: what our statement is measured by. */
function bareRowsPerSecond(
  pgbench: string,
  { databaseUrl, planId, users, seconds }: BareRowsOptions,
): number {
  const folder = mkdtempSync(path.join(tmpdir(), "tribi-bare-"));
  try {
    const file = path.join(folder, "bare.sql");
    writeFileSync(file, SCRIPT.replace(":list", users.map((id) => `${id}::bigint`).join(",")));
    const variables = ["-D", `users=${users.length}`, "-D", `plan=${planId}`];
    const load = ["-n", "-M", "prepared", "-c", String(CLIENTS), "-j", "2", "-T", String(seconds)];
    const output = execFileSync(pgbench, [...load, ...variables, "-f", file, databaseUrl], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "pipe"],
    });
    return Number(/^tps = ([\d.]+)/m.exec(output)?.[1] ?? Number.NaN);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A round at a time, beside the ceiling; nothing is measured where pgbench is missing. */
export function makeBareRows(options: BareRowsOptions) {
  const pgbench = findPgbench();
  if (pgbench === undefined) console.log("the bare rows are not measured: pgbench is not installed");
  const rounds: number[] = [];
  return {
    /** The round's figure; undefined without pgbench. */
    measure(): number | undefined {
      if (pgbench !== undefined) rounds.push(bareRowsPerSecond(pgbench, options));
      return rounds.at(-1);
    },
    measures(lines: readonly Line[]): Measure[] {
      if (rounds.length === 0) return [];
      const bare = median(rounds);
      const order = lines.find(({ name }) => name === FRESH_ORDER);
      return [
        { name: "the two bare rows of an order by pgbench", value: bare, unit: "a second" },
        ...(order === undefined
          ? []
          : [
              {
                name: `${FRESH_ORDER}, of the bare rows`,
                value: order.perSecond / bare,
                unit: "",
                atLeast: OF_BARE_ROWS,
              },
            ]),
      ];
    },
  };
}
