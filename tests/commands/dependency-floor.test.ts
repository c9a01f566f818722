import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { isOlder } from "../../src/db/migration-files.js";

/** The first versions without the holes that are known of each (CVE numbers in the projects' advisories). */
const FLOORS: Readonly<Record<string, string>> = {
  fastify: "5.12.1",
  "@fastify/jwt": "10.2.7",
  "fast-jwt": "6.3.4",
  "@fastify/proxy-addr": "5.1.1",
  "@fastify/forwarded": "3.0.2",
  nodemailer: "10.5.0",
  undici: "7.24.0",
  "drizzle-orm": "0.45.2",
  kysely: "0.28.12",
  qs: "6.14.2",
};

it("no package with a known hole is installed, directly or through another one", () => {
  const { packages } = JSON.parse(readFileSync("package-lock.json", "utf8")) as {
    packages: Record<string, { version?: string; dev?: boolean; integrity?: string; link?: boolean }>;
  };
  const below = Object.entries(packages).flatMap(([path, { version = "" }]) => {
    const floor = FLOORS[path.replace(/^.*node_modules\//, "")];
    return floor !== undefined && isOlder(version, floor) ? [`${path} ${version}, at least ${floor}`] : [];
  });
  expect(below).toEqual([]);
});

it("the lock file pins every package by its content", () => {
  const { packages } = JSON.parse(readFileSync("package-lock.json", "utf8")) as {
    packages: Record<string, { integrity?: string; link?: boolean }>;
  };
  const unpinned = Object.entries(packages).filter(
    ([path, { integrity, link }]) =>
      path.startsWith("node_modules/") && integrity === undefined && link !== true,
  );
  expect(unpinned.map(([path]) => path)).toEqual([]);
});
