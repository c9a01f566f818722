import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { danglingReferences } from "../../scripts/gates/dangling-references.js";
import { sourcesUnder } from "../../scripts/gates/sources.js";

const FOLDERS = ["src", "tests", "packages", "client", "web", "docs", "scripts", "bench"];
const PAGES = ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "SECURITY.md", ".env.example"];
/** They are about such references. */
const ABOUT_THEM = /^(tests|scripts)\/gates\//;

const failpoints = readFileSync("docs/failpoints.md", "utf8");

it("whatever the repository names can be opened in it: pages, guarantees, failpoints", () => {
  const files = new Set(
    execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard"], {
      encoding: "utf8",
    }).split("\n"),
  );
  const sources = sourcesUnder([...FOLDERS, ...PAGES], /\.(tsx?|mjs|md|sql|example)$/).filter(
    ({ file }) => !ABOUT_THEM.test(file),
  );
  expect(danglingReferences(sources, { files, guarantees: "", failpoints })).toEqual([]);
});

it("every failpoint of the list is in the program", () => {
  const program = sourcesUnder(["src"])
    .map(({ text }) => text)
    .join("\n");
  const listed = [...failpoints.matchAll(/`(s\d+\.\w+)`/g)].map(([, name = ""]) => name);
  expect(listed.filter((name) => name !== "" && !program.includes(`failpoint("${name}")`))).toEqual([]);
});

it("a reference to what is not there is found", () => {
  const chapter = ["CONTRACT", "§5"].join(" ");
  const lines = [
    "// As docs/gone.md and gone.md say, but docs/here.md, here.md and ../docs/here.md are there.",
    `// ${chapter} wants it (requirements R61).`,
    'it("R79 no hole is installed", run);',
    'await failpoint("s99.gone"); await failpoint("s1.here");',
    'const settings = { TRIBI_FAILPOINTS: "s98.gone=kill" };',
    'test.each(["HS256 in name", "ISO 4217 R"])("%s.md", run);',
  ];
  const known = { files: new Set(["docs/here.md"]), guarantees: "", failpoints: "s1.here" };
  const found = danglingReferences([{ file: "src/a.ts", text: lines.join("\n") }], known);
  expect(found.map(({ line, name }) => `${line} ${name}`)).toEqual([
    "1 docs/gone.md",
    "1 gone.md",
    `2 ${chapter}`,
    "2 requirements R61",
    "3 R79",
    "4 s99.gone",
    "5 s98.gone",
  ]);
});
