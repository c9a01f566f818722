import { existsSync, readFileSync } from "node:fs";
import { expect, it } from "vitest";

const PAGE = readFileSync("docs/guarantees.md", "utf8");
const ROW = /^\| (?!guarantee \|)(?!-)(.+?) \| (.+) \|$/gm;
const TEST = /^`([\w./-]+\.test\.ts)`: (.+)$/;

const rows = [...PAGE.matchAll(ROW)].map(([, guarantee = "", tests = ""]) => ({
  guarantee,
  tests: tests.split("<br>"),
}));

/** A title as the source has it: a quote in it may be escaped. */
const isTitleIn = (source: string, title: string): boolean =>
  [`"${title}"`, `\`${title}\``, `'${title}'`].some((quoted) => source.includes(quoted));

const problemsOf = (lines: readonly string[]): string[] =>
  lines.flatMap((line) => {
    const [, file = "", title = ""] = TEST.exec(line) ?? [];
    if (!existsSync(file)) return [`no file: ${line}`];
    return isTitleIn(readFileSync(file, "utf8"), title) ? [] : [`no such test: ${line}`];
  });

it("every guarantee names a test that is there, by file and title", () => {
  expect(rows.length).toBeGreaterThan(80);
  expect(problemsOf(rows.flatMap(({ tests }) => tests))).toEqual([]);
});

it("a test that is not there is found", () => {
  expect(
    problemsOf([
      "`tests/gates/guarantees.test.ts`: a test that is not there is found",
      "`tests/gates/gone.test.ts`: anything",
      "`tests/gates/guarantees.test.ts`: whose title was changed",
    ]),
  ).toEqual([expect.stringContaining("no file"), expect.stringContaining("no such test")]);
});
