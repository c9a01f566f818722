import { existsSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, it } from "vitest";
import { runOften } from "../../scripts/often.js";
import { summarize, type VitestReport } from "../../scripts/vitest-run.js";
import { temporaryFolder } from "../support/temporary-folder.js";

const subject = { commit: "a", changes: "", busy: 0, tests: [] };

/** Runs of which those with the numbers in `bad` have a failed test. */
function campaign(file: string, bad: readonly number[], stopAt = Number.POSITIVE_INFINITY) {
  const lines: string[] = [];
  const started: number[] = [];
  const go = (times: number, what: object = subject) =>
    runOften({
      times,
      file,
      subject: what,
      say: (line: string) => lines.push(line),
      run: (number: number) => {
        if (number >= stopAt) throw new Error("cut off");
        started.push(number);
        const failures = bad.includes(number) ? ["tests/a.test.ts > is sure"] : [];
        const log = `${file}.${number}.log`;
        writeFileSync(log, "output");
        return {
          passed: 3,
          failed: failures.length,
          skipped: 0,
          failures,
          results: [],
          seconds: 1,
          status: 0,
          log,
        };
      },
    });
  return { go, lines, started };
}

it("a cut-off series of runs goes on where it stopped, and says per run what failed", () => {
  const file = path.join(temporaryFolder("often"), "runs.json");
  const first = campaign(file, [2], 3);
  expect(() => first.go(4)).toThrow("cut off");
  expect(first.started).toEqual([1, 2]);

  const second = campaign(file, []);
  expect(second.go(4)).toBe(false);
  expect(second.started).toEqual([3, 4]);
  expect(second.lines).toEqual([
    "run 1: 3 passed, 0 failed (1 s)",
    `run 2: 3 passed, 1 failed (1 s), output in ${file}.2.log`,
    "  failed: tests/a.test.ts > is sure",
    "run 3: 3 passed, 0 failed (1 s)",
    "run 4: 3 passed, 0 failed (1 s)",
    "4 runs, 1 with failures",
    "  1 of 4: tests/a.test.ts > is sure",
  ]);
  expect([1, 2, 3, 4].map((number) => existsSync(`${file}.${number}.log`))).toEqual([
    false,
    true,
    false,
    false,
  ]);
});

it("runs of another commit do not count", () => {
  const file = path.join(temporaryFolder("often"), "runs.json");
  campaign(file, [1]).go(2);
  const next = campaign(file, []);
  expect(next.go(2, { ...subject, commit: "b" })).toBe(true);
  expect(next.started).toEqual([1, 2]);
  expect(next.lines[0]).toContain("a new list begins");
});

it("a file that cannot be loaded and an error outside of any test are failures with a name", () => {
  type Assertions = VitestReport["testResults"][number]["assertionResults"];
  const result = (status: string, assertionResults: Assertions): VitestReport => ({
    numPassedTests: 1,
    numPendingTests: 0,
    numTodoTests: 0,
    testResults: [{ name: path.resolve("tests/x.test.ts"), status, assertionResults }],
  });
  const passed = { status: "passed", ancestorTitles: [], title: "works" };
  expect(summarize(result("failed", []), 1, process.cwd()).failures).toEqual([
    "tests/x.test.ts (could not be loaded)",
  ]);
  expect(summarize(result("passed", [passed]), 1, process.cwd()).failures).toEqual([
    "(an error outside of any test)",
  ]);
  expect(summarize(result("passed", [passed]), 0, process.cwd()).failures).toEqual([]);
  const failed = { status: "failed", ancestorTitles: ["orders"], title: "are one" };
  expect(summarize(result("failed", [passed, failed]), 1, process.cwd()).failures).toEqual([
    "tests/x.test.ts > orders > are one",
  ]);
});
