import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { PERMISSIONS, permissionsOf, ROLES } from "./permissions.js";

it("an owner may do everything, a person without a role nothing", () => {
  expect([...permissionsOf("owner")]).toEqual(PERMISSIONS);
  expect(permissionsOf(null).size).toBe(0);
});

it("an auditor reads and changes nothing, and sees no codes", () => {
  for (const permission of permissionsOf("auditor")) expect(permission).toMatch(/\.read$/);
});

it("finance and catalogue open no eSIM and no code, catalogue no customer", () => {
  for (const role of ["finance", "catalogue", "auditor"] as const) {
    expect(permissionsOf(role).has("esims.reveal")).toBe(false);
  }
  for (const permission of permissionsOf("catalogue"))
    expect(permission).not.toMatch(/^(customers|orders|payments|esims)\./);
});

it("the table in the docs is this one", () => {
  const page = readFileSync(new URL("../../docs/console-api.md", import.meta.url), "utf8");
  const rows = [...page.matchAll(/^\| ([a-z]+\.[a-z]+) \|(.*)\|$/gm)].map(([, name, cells = ""]) => [
    name,
    cells.split("|").map((cell) => cell.trim() === "x"),
  ]);
  const expected = PERMISSIONS.map((name) => [name, ROLES.map((role) => permissionsOf(role).has(name))]);
  expect(rows).toEqual(expected);
});
