/**
 * Everything that a tool can check, as CI runs it: `npm run check`. Needs no service: what needs a database starts
 * the embedded one in a folder of its own. Exits 0 when all is well, 1 when a check failed; each failed check's own
 * output is shown, with what mends it.
 */
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { availableParallelism } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const bin = (name) => path.join(root, "node_modules", ".bin", name);

const CHECKS = [
  {
    name: "types",
    command: [process.execPath, path.join(root, "node_modules/tsc7/bin/tsc"), "-p", "tsconfig.json"],
    hint: "Read the messages above; `node node_modules/tsc7/bin/tsc -p tsconfig.json --watch` repeats them as you edit.",
  },
  {
    name: "format and lint",
    command: [bin("biome"), "check", "--diagnostic-level=error", "."],
    hint: "`npx biome check --write .` mends the format and what can be mended safely.",
  },
  {
    name: "promises and switches",
    command: [bin("oxlint"), "--type-aware"],
    hint: "Await the promise or handle the missing case; an exception needs a comment with its reason.",
  },
  {
    name: "arrows",
    command: [
      bin("depcruise"),
      "src",
      "packages",
      "--config",
      ".dependency-cruiser.mjs",
      "--output-type",
      "err",
    ],
    hint: "ARCHITECTURE.md says which room may know which.",
  },
  {
    name: "unused code",
    command: [bin("knip"), "--no-progress"],
    hint: "Delete what nothing uses, or stop exporting it.",
  },
  {
    name: "openapi.json",
    command: [process.execPath, "--import", "tsx", "scripts/openapi.ts", "--check"],
    hint: "`npm run openapi` writes it anew; look at the difference, it is the contract.",
  },
  {
    name: "lint of openapi.json",
    command: [process.execPath, "--import", "tsx", "scripts/lint-openapi.ts"],
    hint: "Give each route an operationId, one tag of src/http/openapi/tags.ts and a summary; `npm run openapi` writes the file.",
  },
  {
    name: "changes of the API",
    command: [process.execPath, "--import", "tsx", "scripts/api-changes.ts"],
    hint: "These lines break clients of the last release. Avoid it, or copy each line into CHANGELOG.md under Unreleased, Changed, if it is meant.",
  },
  {
    name: "schema.sql and every statement",
    command: [process.execPath, "--import", "tsx", "scripts/schema.ts", "--check"],
    hint: "`npm run schema` writes it anew; look at the difference. What a statement is refused for, or a row's member that it does not return, is corrected where the message says.",
  },
  {
    name: "state diagrams",
    command: [process.execPath, "--import", "tsx", "scripts/diagrams.ts", "--check"],
    hint: "`npm run diagrams` draws them anew from the transition tables.",
  },
  {
    name: "measures",
    command: [process.execPath, "--import", "tsx", "scripts/measures.ts"],
    isShown: true,
    hint: "`npx tsx scripts/measures.ts` repeats them.",
  },
  ...(existsSync(path.join(root, "web", "tsconfig.json"))
    ? [
        {
          name: "types of the pages",
          // Makes the client's types from openapi.json first, so that they cannot differ from it.
          command: ["npm", "run", "check", "--workspace", "web", "--silent"],
          hint: "`npm run check --workspace web` repeats it; the types of the API come from openapi.json.",
        },
        {
          name: "types of the console",
          command: ["npm", "run", "check", "--workspace", "console", "--silent"],
          hint: "`npm run check --workspace console` repeats it.",
        },
      ]
    : []),
];

/** Runs one check and keeps its output, so that checks that run side by side do not mix their words. */
function run({ command: [program, ...args] }) {
  return new Promise((resolve) => {
    const startedAt = Date.now();
    const child = spawn(program, args, { cwd: root, env: { ...process.env, FORCE_COLOR: "0" } });
    const chunks = [];
    child.stdout.on("data", (chunk) => chunks.push(chunk));
    child.stderr.on("data", (chunk) => chunks.push(chunk));
    const finish = (code) =>
      resolve({ code, seconds: (Date.now() - startedAt) / 1000, output: Buffer.concat(chunks).toString() });
    child.once("error", (error) => {
      chunks.push(Buffer.from(`${error.message}\nRun \`npm ci\` first.\n`));
      finish(1);
    });
    child.once("close", finish);
  });
}

const waiting = [...CHECKS];
const failed = [];
const shown = [];
async function work() {
  for (let check = waiting.shift(); check !== undefined; check = waiting.shift()) {
    const { code, seconds, output } = await run(check);
    console.log(`${code === 0 ? "ok    " : "FAILED"} ${check.name} (${seconds.toFixed(1)} s)`);
    if (code !== 0) failed.push({ ...check, output });
    else if (check.isShown) shown.push(output);
  }
}
await Promise.all(Array.from({ length: Math.max(2, Math.min(4, availableParallelism())) }, work));

for (const output of shown) console.log(`\n${output.trimEnd()}`);
for (const { name, output, hint } of failed) console.log(`\n--- ${name} ---\n${output.trim()}\n-> ${hint}`);
console.log(
  failed.length === 0
    ? `\nAll ${CHECKS.length} checks passed`
    : `\n${failed.length} of ${CHECKS.length} checks failed: ${failed.map(({ name }) => name).join(", ")}`,
);
process.exit(failed.length === 0 ? 0 : 1);
