/** Builds the program and runs the campaign of tests/simulation against three processes of it. */
import { spawnSync } from "node:child_process";
import path from "node:path";
import { fileURLToPath } from "node:url";

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const run = (args) => spawnSync(process.execPath, args, { cwd: root, stdio: "inherit" }).status ?? 1;

const built = run(["scripts/build.mjs"]);
process.exit(
  built === 0 ? run(["--import", "tsx", "tests/simulation/run.ts", ...process.argv.slice(2)]) : built,
);
