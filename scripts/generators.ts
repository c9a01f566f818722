/**
 * `npm run generators`: what others make of openapi.json. hey-api's client is made from it and has to pass the type
 * checker, strictly; openapi-typescript's types are checked in (`npm run openapi`). hey-api is fetched by npx when it is
 * first asked for: nothing else needs it.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

/** The last one for Node 20; it runs on TypeScript 5. */
const PACKAGES = ["@hey-api/openapi-ts@0.92.2", "typescript@5.9.3"];
const STRICTLY = ["--ignoreConfig", "--noEmit", "--strict", "--module", "esnext"];
const FOR_BROWSERS = [
  "--moduleResolution",
  "bundler",
  "--target",
  "es2022",
  "--lib",
  "es2023,dom,dom.iterable",
];

const folder = mkdtempSync(path.join(tmpdir(), "tribi-generators-"));
const run = (command: string, args: readonly string[]): boolean =>
  spawnSync(command, args, { stdio: "inherit" }).status === 0;
const isMade = run("npx", [
  "--yes",
  ...PACKAGES.flatMap((one) => ["--package", one]),
  "openapi-ts",
  ...["--input", "openapi.json", "--output", folder],
]);
const isSound =
  isMade &&
  run(process.execPath, [
    "node_modules/tsc7/bin/tsc",
    ...STRICTLY,
    ...FOR_BROWSERS,
    path.join(folder, "index.ts"),
  ]);
rmSync(folder, { recursive: true, force: true });
console.log(isSound ? "hey-api's client passes the type checker." : "hey-api's client does not pass.");
process.exitCode = isSound ? 0 : 1;
