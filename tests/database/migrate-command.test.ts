import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type EmptyDatabase, makeEmptyDatabase } from "../support/empty-database.js";
import { startProcess } from "../support/processes.js";
import { PRODUCTION } from "../support/production.js";

let database: EmptyDatabase;
beforeEach(async () => {
  database = await makeEmptyDatabase();
});
afterEach(() => database.drop());

async function tribi(args: readonly string[], environment: Readonly<Record<string, string>> = {}) {
  const child = await startProcess(args, { DATABASE_URL: database.url, ...environment });
  return { code: await child.ended, output: child.output() };
}

describe("tribi migrate", () => {
  it("status exits 3 while migrations are pending and says what to run", async () => {
    const before = await tribi(["migrate", "status"]);
    expect(before.code).toBe(3);
    expect(before.output).toMatch(/pending {2}0001_foundation\n/);
    expect(before.output).toContain("tribi migrate up");
    const up = await tribi(["migrate", "up"]);
    expect(up.output).toContain("applied  0001_foundation");
    expect(up.code).toBe(0);
    expect((await tribi(["migrate", "status"])).code).toBe(0);
  });

  it("down asks for --accept-data-loss in production and exits 2 without it", async () => {
    await tribi(["migrate", "up"]);
    const refused = await tribi(["migrate", "down"], { ...PRODUCTION, DATABASE_URL: database.url });
    expect(refused.output).toMatch(/would lose:/);
    expect(refused.output).toContain("--accept-data-loss");
    expect(refused.code).toBe(2);
    expect((await tribi(["migrate", "status"])).code).toBe(0);
    const done = await tribi(["migrate", "down", "--accept-data-loss"], {
      ...PRODUCTION,
      DATABASE_URL: database.url,
    });
    expect(done.output).toContain("undone");
    expect(done.code).toBe(0);
    expect((await tribi(["migrate", "status"])).code).toBe(3);
  });

  it("a command line that is not understood exits 1 and points to the help", async () => {
    const wrong = await tribi(["migrate", "sideways"]);
    expect(wrong.code).toBe(1);
    expect(wrong.output).toContain("tribi --help");
  });

  it("a database that is not there exits 1 with a sentence, not a stack", async () => {
    const { code, output } = await tribi(["migrate", "status"], {
      DATABASE_URL: "postgresql://127.0.0.1:1/none",
    });
    expect(code).toBe(1);
    expect(output).not.toContain("    at ");
    expect(output).toContain("127.0.0.1:1");
  });
});

it("five cold starts at once on an empty database: one migrates, all serve", {
  timeout: 180_000,
}, async () => {
  const servers = await Promise.all(
    Array.from({ length: 5 }, () => startProcess(["serve"], { DATABASE_URL: database.url })),
  );
  expect(
    await Promise.all(servers.map(async ({ url }) => (await fetch(`${url}/health/ready`)).status)),
  ).toEqual([200, 200, 200, 200, 200]);
  for (const server of servers) server.kill("SIGTERM");
  const ends = await Promise.all(servers.map(({ ended }) => ended));
  expect(servers.filter((server) => server.output().includes("Migrating to 0001"))).toHaveLength(1);
  expect(servers.filter((server) => server.output().includes("demo shop"))).toHaveLength(1);
  expect(ends).toEqual([0, 0, 0, 0, 0]);
});
