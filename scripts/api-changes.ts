/**
 * Compares openapi.json with that of the last release. A change that breaks a client fails, unless CHANGELOG.md names
 * it under Unreleased in the words that are printed here. `--release` makes today's document the one to compare with.
 */
import { copyFileSync, readFileSync } from "node:fs";
import { breaksBetween, type OpenApiDocument } from "./openapi-breaks.js";

const RELEASED = "client/openapi.released.json";

if (process.argv.includes("--release")) {
  copyFileSync("openapi.json", RELEASED);
} else {
  const read = (file: string): OpenApiDocument => JSON.parse(readFileSync(file, "utf8"));
  const [, unreleased = ""] = readFileSync("CHANGELOG.md", "utf8").split(/^## /m).slice(0, 2);
  const unnamed = breaksBetween(read(RELEASED), read("openapi.json")).filter(
    (line) => !unreleased.includes(line),
  );
  for (const line of unnamed) console.log(line);
  process.exitCode = unnamed.length === 0 ? 0 : 1;
}
