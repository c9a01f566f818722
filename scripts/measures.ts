/**
 * Prints how large and how tangled the program is: what `npm run check` ends with. Exits 1 for what must not be: a long
 * function or file, a member that nobody calls, a cycle, a job enqueued by the text of its name.
 */
import { FUNCTION_LINES_MAX, functionSizes } from "./gates/function-lines.js";
import { importCycles } from "./gates/import-cycles.js";
import { productionSources } from "./gates/sources.js";
import { unusedMembers } from "./gates/unused-members.js";

const sources = productionSources();
const lines = sources.map(({ file, text }) => ({ file, lines: text.split("\n").length - 1 }));
const sorted = [...lines].sort((a, b) => b.lines - a.lines);
const total = lines.reduce((sum, one) => sum + one.lines, 0);
const [largest] = sorted;
const long = functionSizes(sources).filter((one) => one.lines > FUNCTION_LINES_MAX);
const unused = unusedMembers(sources);
const cycles = importCycles(sources);

/** Of all files together; `where` chooses files. */
function count(pattern: RegExp, where: (file: string) => boolean = () => true): number {
  return sources
    .filter(({ file }) => where(file))
    .reduce((sum, { text }) => sum + (text.match(pattern)?.length ?? 0), 0);
}

const FILE_LINES_MAX = 300;
const longFiles = sorted.filter((one) => one.lines > FILE_LINES_MAX);
const isStore = (file: string): boolean => /-(store|read-model)\.ts$/.test(file);
const STATEMENT = /\bstatement\(\s*[`"]/g;
/** A job by the text of its name. */
const ENQUEUE = /enqueue_job\('/g;

const enqueuedByText = count(ENQUEUE);

const measures: readonly (readonly [what: string, value: string | number])[] = [
  ["lines of production TypeScript (src, packages/embedded-postgres)", total],
  ["files", sources.length],
  ["lines of the median file", sorted[Math.floor(sorted.length / 2)]?.lines ?? 0],
  ["lines of the largest file", `${largest?.lines ?? 0} (${largest?.file ?? ""})`],
  [`files over ${FILE_LINES_MAX} lines`, longFiles.length],
  [`functions over ${FUNCTION_LINES_MAX} lines, nested callbacks counted`, long.length],
  ["members of interfaces that nobody calls", unused.length],
  ["cycles between files or folders", cycles.length],
  ["SQL statements", count(STATEMENT)],
  ["of them outside stores and read models", count(STATEMENT, (file) => !isStore(file))],
  ["jobs enqueued by the text of their name", enqueuedByText],
];
for (const [what, value] of measures) console.log(`${String(value).padStart(6)}  ${what}`);
for (const { file, line, name, lines: size } of long)
  console.log(`        ${file}:${line} ${name}: ${size} lines`);
for (const { file, line, name } of unused) console.log(`        ${file}:${line} nobody calls ${name}`);
for (const { kind, members, because } of cycles) {
  console.log(`        a cycle of ${kind}: ${members.join(", ")}`);
  for (const step of because) console.log(`          ${step}`);
}
for (const { file, lines: size } of longFiles) console.log(`        ${file}: ${size} lines`);
process.exitCode =
  [longFiles, long, unused, cycles].every(({ length }) => length === 0) && enqueuedByText === 0 ? 0 : 1;
