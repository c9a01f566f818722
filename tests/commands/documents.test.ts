import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";

const DOCUMENTS = [
  ...readdirSync(".").filter((name) => name.endsWith(".md")),
  ...readdirSync("docs", { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".md"))
    .map((name) => path.join("docs", name)),
];
const { scripts } = JSON.parse(readFileSync("package.json", "utf8")) as {
  scripts: Record<string, string>;
};
const commandLine = readFileSync("src/main.ts", "utf8");

/** A path of the repository: with a folder of it in front, or a file name that says where it lies. */
/** Made by a command, and not there in a fresh clone. */
const MADE_LATER: ReadonlySet<string> = new Set(["bench/results/"]);
const FOLDERS = /^(?:\.?\/)?(src|tests|docs|web|bench|scripts|\.ci)\//;

function missingIn(document: string): string[] {
  const text = readFileSync(document, "utf8");
  const linked = [...text.matchAll(/\]\((?!https?:|mailto:|#)([^)#\s]+)/g)].map(([, target = ""]) =>
    path.join(path.dirname(document), target),
  );
  const named = [...text.matchAll(/`([^`\s]+)`/g)].flatMap(([, name = ""]) => {
    if (/^\d{4}_\w+\.(up|down)\.sql$/.test(name)) return [`src/db/migrations/${name}`];
    return FOLDERS.test(name) && !/[*<>{}…]/.test(name) ? [name] : [];
  });
  const files = [...linked, ...named].filter((file) => !existsSync(file) && !MADE_LATER.has(file));
  const run = [...text.matchAll(/npm run ([\w:-]+)/g)].filter(([, name = ""]) => scripts[name] === undefined);
  const tribi = [...text.matchAll(/\btribi ([a-z][a-z-]+)(?= |`|$)/gm)].filter(
    ([whole, name = ""]) => text.includes(`\`${whole}`) && !commandLine.includes(`.command("${name}")`),
  );
  return [...files, ...[...run, ...tribi].map(([whole]) => whole)];
}

describe("the documents", () => {
  it.each(DOCUMENTS)("%s names files and commands that are there", (document) => {
    expect(missingIn(document)).toEqual([]);
  });

  it("ARCHITECTURE.md says for 15 changes and more which file to open", () => {
    const [, table = ""] = readFileSync("ARCHITECTURE.md", "utf8").split("| to change | open |");
    expect(table.split("\n").filter((line) => /^\| .* \| .*[`/]/.test(line)).length).toBeGreaterThanOrEqual(
      15,
    );
  });

  it.each(["README", "ARCHITECTURE", "CONTRIBUTING", "SECURITY", "CHANGELOG"])("%s.md is there", (name) => {
    expect(DOCUMENTS).toContain(`${name}.md`);
  });

  it("a decision record stands for each choice that a newcomer would question", () => {
    expect(DOCUMENTS.filter((name) => name.startsWith("docs/decisions/")).length).toBeGreaterThanOrEqual(6);
  });
});
