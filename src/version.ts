import { readFileSync } from "node:fs";

const manifest: { version: string } = JSON.parse(
  readFileSync(new URL("../package.json", import.meta.url), "utf8"),
);

/** Compared with what each migration says about the oldest program that works with it. */
export const PROGRAM_VERSION = manifest.version;
