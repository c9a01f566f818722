/**
 * `npm run test:often -- --times 20 [--busy 2] [--file FILE] [-- VITEST ARGUMENTS]`: runs the suite again and again,
 * to find tests that fail now and then. `--busy` keeps that many processors busy beside it. Every finished run is
 * kept in the file, and the same command goes on where it was cut off; another commit, load or choice of tests
 * begins a new list. Prints one line per run and the tests that failed; exits 1 when any did.
 */
import { execFileSync, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { closeSync, openSync } from "node:fs";
import path from "node:path";
import { parseArgs } from "node:util";
import { runOften } from "./often.js";
import { build, ROOT, runVitest } from "./vitest-run.js";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    times: { type: "string", default: "20" },
    busy: { type: "string", default: "0" },
    file: { type: "string", default: path.join(ROOT, ".data", "test-often.json") },
  },
});

const git = (...args: string[]): string => execFileSync("git", args, { cwd: ROOT, encoding: "utf8" }).trim();

/** Ends by itself when this process was killed. */
const BUSY_LOOP = "const parent = process.ppid; while (process.ppid === parent);";

const loops = Array.from({ length: Number(values.busy) }, () =>
  spawn(process.execPath, ["-e", BUSY_LOOP], { stdio: "ignore" }),
);
process.once("exit", () => {
  for (const loop of loops) loop.kill("SIGKILL");
});

if (!build()) process.exit(1);
const allPassed = runOften({
  times: Number(values.times),
  file: values.file,
  subject: {
    commit: git("rev-parse", "HEAD"),
    changes: createHash("sha256").update(git("diff", "HEAD")).digest("hex"),
    busy: Number(values.busy),
    tests: positionals,
  },
  say: (line) => console.log(line),
  run: (number) => {
    const log = `${values.file}.${number}.log`;
    const output = openSync(log, "w");
    try {
      return { ...runVitest(positionals, { output }), log };
    } finally {
      closeSync(output);
    }
  },
});
process.exit(allPassed ? 0 : 1);
