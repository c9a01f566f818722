import { execFileSync, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  chmodSync,
  closeSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { ROOT, runVitest, type TestResult } from "../../scripts/vitest-run.js";
import { startTestPostgres } from "../support/test-postgres.js";
import { type Defect, labelOf, layerOf } from "./defect.js";
import { type Judged, judge, targetOf } from "./judge.js";
import { escaped } from "./mistakes.js";
import { plantDefect } from "./plant-defect.js";

interface Options {
  /** Where results are kept. */
  readonly file: string;
  say(line: string): void;
}

interface Kept extends Judged {
  readonly seconds: number;
  /** The first line of the target's failure. */
  readonly said: string;
  /** Of the defect's own definition: a changed one is run again. */
  readonly definition: string;
}

/** True when every one of them is killed. */
export async function runDefects(defects: readonly Defect[], { file, say }: Options): Promise<boolean> {
  const commit = git("rev-parse", "HEAD") + digest(git("diff", "HEAD"));
  const kept = readKept(file, commit);
  const waiting = defects.filter((defect) => kept[labelOf(defect)]?.definition !== definitionOf(defect));
  const copy = waiting.length === 0 ? undefined : makeCopy();
  // One for all of them: to make one for each would take longer than most of the tests.
  const postgres = copy === undefined ? undefined : await startTestPostgres();
  if (postgres !== undefined) process.env.TEST_DATABASE_URL = postgres.url;
  try {
    const controls = copy === undefined ? [] : runControls(copy, waiting, say);
    for (const defect of defects) {
      const before = kept[labelOf(defect)];
      const result =
        before?.definition === definitionOf(defect) || copy === undefined
          ? before
          : await runDefect(copy, defect, targetOf(defect, controls));
      if (result === undefined) continue;
      kept[labelOf(defect)] = result;
      keep(file, { commit, results: kept });
      say(lineOf(defect, result));
    }
  } finally {
    await postgres?.stop();
    if (copy !== undefined) rmSync(copy.root, { recursive: true, force: true });
  }
  const killed = defects.filter((defect) => kept[labelOf(defect)]?.verdict === "killed").length;
  say(`${killed} of ${defects.length} killed`);
  return killed === defects.length;
}

function lineOf(defect: Defect, { verdict, seconds, advice }: Kept): string {
  const line = `${labelOf(defect)} ${defect.area}, ${layerOf(defect)}, ${seconds} s: ${verdict}: ${defect.title}`;
  return advice === null ? line : `${line}\n   ${advice.replaceAll("\n", "\n   ")}`;
}

export interface Copy {
  readonly root: string;
  readonly repository: string;
  readonly marks: string;
}

/** What git knows and what is new, beside the installed packages. Servers that run as another user reach it. */
export function makeCopy(): Copy {
  const root = mkdtempSync(path.join(tmpdir(), "tribi-defects-"));
  chmodSync(root, 0o755);
  const repository = path.join(root, "repository");
  const marks = path.join(root, "marks");
  mkdirSync(marks);
  chmodSync(marks, 0o777);
  const files = git("ls-files", "--cached", "--others", "--exclude-standard").split("\n");
  for (const file of [...files, "web/dist"].filter((name) => existsSync(path.join(ROOT, name)))) {
    cpSync(path.join(ROOT, file), path.join(repository, file), { recursive: true });
  }
  symlinkSync(path.join(ROOT, "node_modules"), path.join(repository, "node_modules"));
  return { root, repository, marks };
}

/** The targets on the unchanged copy: a test that fails there proves nothing. */
function runControls(copy: Copy, defects: readonly Defect[], say: Options["say"]): readonly TestResult[] {
  say(`control: ${defects.length} targets without any defect`);
  const { results } = runTests(copy, defects, "control");
  return results;
}

async function runDefect(copy: Copy, defect: Defect, control: TestResult | undefined): Promise<Kept> {
  const definition = definitionOf(defect);
  if (control?.status !== "passed")
    return { ...judge(defect, control, [], false), seconds: 0, said: "", definition };
  const markFile = path.join(copy.marks, labelOf(defect));
  const restore = await plantDefect(copy.repository, defect, markFile);
  try {
    const { results, seconds } = runTests(copy, [defect], labelOf(defect));
    const said = targetOf(defect, results)?.messages[0]?.split("\n", 1)[0] ?? "";
    return { ...judge(defect, control, results, existsSync(markFile)), seconds, said, definition };
  } finally {
    await restore();
  }
}

/** By the text of a test: it starts processes of the built program. */
const RUNS_THE_BUILT = /support\/process|tests\/simulation|\bdist\//;

function runTests(
  { repository, root }: Copy,
  defects: readonly Defect[],
  label: string,
): { results: readonly TestResult[]; seconds: number } {
  const files = new Set(defects.map(({ target }) => target.file));
  if ([...files].some((file) => RUNS_THE_BUILT.test(readFileSync(path.join(repository, file), "utf8")))) {
    const build = spawnSync(process.execPath, ["scripts/build.mjs"], { cwd: repository, encoding: "utf8" });
    if (build.status !== 0) throw new Error(`${label} does not build:\n${build.stderr}`);
  }
  const names = defects.map(({ target }) => escaped(target.test));
  const output = openSync(path.join(root, `${label}.log`), "w");
  try {
    const cached = ["--experimental.fsModuleCache", `--experimental.fsModuleCachePath=${root}/modules`];
    return runVitest([...files, "-t", `(${names.join("|")})$`, ...cached], { output, root: repository });
  } finally {
    closeSync(output);
  }
}

const git = (...args: string[]): string =>
  execFileSync("git", args, { cwd: ROOT, encoding: "utf8", maxBuffer: 1e8 }).trim();

const digest = (text: string): string => createHash("sha256").update(text).digest("hex").slice(0, 16);

const definitionOf = (defect: Defect): string =>
  digest(JSON.stringify({ ...defect, reason: String(defect.reason) }));

function readKept(file: string, commit: string): Record<string, Kept> {
  try {
    const kept = JSON.parse(readFileSync(file, "utf8")) as { commit: string; results: Record<string, Kept> };
    return kept.commit === commit ? kept.results : {};
  } catch {
    return {};
  }
}

function keep(file: string, content: object): void {
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(`${file}.new`, JSON.stringify(content, null, 2));
  renameSync(`${file}.new`, file);
}
