import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { cpus, totalmem } from "node:os";
import path from "node:path";
import type { LoadResult } from "./load.js";
import { ROOT } from "./processes.js";

export interface Line {
  readonly name: string;
  readonly perSecond: number;
  readonly p50Millis: number;
  readonly p99Millis: number;
  readonly errors: number;
  readonly samples: readonly string[];
  /** Requests per second to reach, as a number or as a share of another line's. */
  readonly figure?: { readonly atLeast: number; readonly words: string };
}

export type Ceiling = Pick<Line, "perSecond" | "p50Millis" | "p99Millis">;

export interface Measure {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly atMost?: number;
  readonly atLeast?: number;
}

const median = (numbers: readonly number[]): number =>
  [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? 0;

/** One line of the table from the rounds of a scenario: medians, and every error. */
export function lineOf(name: string, rounds: readonly LoadResult[], figure?: Line["figure"]): Line {
  return {
    name,
    perSecond: median(rounds.map((round) => round.perSecond)),
    p50Millis: median(rounds.map((round) => round.p50Millis)),
    p99Millis: median(rounds.map((round) => round.p99Millis)),
    errors: rounds.reduce((sum, round) => sum + round.errors, 0),
    samples: rounds.flatMap((round) => round.samples).slice(0, 3),
    ...(figure === undefined ? {} : { figure }),
  };
}

export { median };

export interface Report {
  readonly lines: readonly Line[];
  readonly ceiling: Ceiling;
  readonly measures: readonly Measure[];
  readonly postgres: string;
  readonly rounds: number;
  readonly seconds: number;
}

export function tableOf({ lines, ceiling, measures, postgres, rounds, seconds }: Report): string {
  const whole = (value: number): string => Math.round(value).toLocaleString("en");
  const rows = lines.map((line) => {
    const { figure } = line;
    const verdict =
      figure === undefined
        ? ""
        : `${whole(line.perSecond)} / ${whole(figure.atLeast)} = ${(line.perSecond / figure.atLeast).toFixed(2)} (${figure.words})`;
    return `| ${line.name} | ${whole(line.perSecond)} | ${(line.perSecond / ceiling.perSecond).toFixed(2)} | ${line.p50Millis.toFixed(1)} | ${line.p99Millis.toFixed(1)} | ${line.errors} | ${verdict} |`;
  });
  const others = measures.map(
    ({ name, value, unit, atMost, atLeast }) =>
      `| ${name} | ${value.toFixed(value < 100 ? 2 : 0)} ${unit} | ${atMost !== undefined ? `at most ${atMost}` : atLeast !== undefined ? `at least ${atLeast}` : ""} |`,
  );
  return [
    `Commit ${commit()}, ${cpus().length} × ${cpus()[0]?.model ?? "unknown"}, ${(totalmem() / 2 ** 30).toFixed(0)} GiB, Node ${process.version}, ${postgres}.`,
    `32 connections, medians of ${rounds} rounds of ${seconds} s; client, server and PostgreSQL share the machine.`,
    "",
    "| scenario | requests/s | of the ceiling | p50 ms | p99 ms | errors | reached / figure |",
    "|---|---:|---:|---:|---:|---:|---|",
    `| the ceiling: the order's bare statement | ${whole(ceiling.perSecond)} | 1.00 | ${ceiling.p50Millis.toFixed(1)} | ${ceiling.p99Millis.toFixed(1)} | | |`,
    ...rows,
    "",
    "| measure | value | figure |",
    "|---|---:|---|",
    ...others,
    "",
  ].join("\n");
}

function commit(): string {
  try {
    const git = (...args: string[]): string =>
      execFileSync("git", args, { cwd: ROOT, encoding: "utf8" }).trim();
    const isChanged = git("status", "--porcelain", "--untracked-files=no") !== "";
    return `${git("rev-parse", "--short", "HEAD")}${isChanged ? " with changes" : ""}`;
  } catch {
    return "unknown";
  }
}

/** Keeps the table and its numbers under bench/results/. */
export function keep(report: Report, table: string): string {
  const name = `${new Date().toISOString().slice(0, 16).replace(":", "")}-${commit().split(" ")[0]}`;
  const file = path.join(ROOT, "bench", "results", name);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(`${file}.md`, table);
  writeFileSync(`${file}.json`, `${JSON.stringify({ commit: commit(), ...report }, null, 2)}\n`);
  return `${file}.md`;
}
