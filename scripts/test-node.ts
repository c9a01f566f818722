/**
 * `npm run test:node -- 24 [VITEST ARGUMENTS]`: the suite on another version of Node, which comes from the npm package
 * `node` into .data/node. The program and its tests start further processes: those get the same one.
 */
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { ROOT } from "./vitest-run.js";

const [version, ...args] = process.argv.slice(2);
if (version === undefined || !/^\d+(\.\d+){0,2}$/.test(version)) {
  console.log("npm run test:node -- VERSION [VITEST ARGUMENTS], for example: npm run test:node -- 24");
  process.exit(2);
}

const folder = path.join(ROOT, ".data", "node", version);
const binary = path.join(
  folder,
  "node_modules",
  "node",
  "bin",
  process.platform === "win32" ? "node.exe" : "node",
);
if (!existsSync(binary)) {
  mkdirSync(folder, { recursive: true });
  // Its own, so that npm does not take the one of this repository.
  writeFileSync(path.join(folder, "package.json"), '{ "private": true }\n');
  const install = ["install", `node@${version}`, "--no-save", "--no-audit", "--no-fund", "--loglevel=error"];
  spawnSync("npm", install, { cwd: folder, stdio: "inherit", shell: process.platform === "win32" });
}
console.log(`Node ${execFileSync(binary, ["--version"], { encoding: "utf8" }).trim()}`);

const { status } = spawnSync(binary, ["--import", "tsx", "scripts/test.ts", ...args], {
  cwd: ROOT,
  stdio: "inherit",
  env: { ...process.env, PATH: `${path.dirname(binary)}${path.delimiter}${process.env.PATH ?? ""}` },
});
process.exit(status ?? 1);
