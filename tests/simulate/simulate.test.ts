import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { makeTestDatabase, type TestDatabase } from "../support/database.js";
import { temporaryFolder } from "../support/temporary-folder.js";
import { type Outcome, simulate } from "./simulate.js";

const HISTORIES = 6;

describe("npm run simulate", () => {
  const databases: TestDatabase[] = [];
  let first: Outcome;
  const play = async (
    changed: { first?: number; histories?: number; suppliersLie?: boolean } = {},
  ): Promise<Outcome> => {
    const database = await makeTestDatabase();
    databases.push(database);
    const dataDir = temporaryFolder("simulate");
    return simulate({ databaseUrl: database.url, dataDir, seed: 7, histories: HISTORIES, ...changed });
  };
  beforeAll(async () => {
    first = await play();
  });
  afterAll(async () => {
    for (const database of databases) await database.drop();
  });

  it("finds nothing, comes to rest, and says what it has not seen", () => {
    expect(first.found).toEqual([]);
    expect(first).toMatchObject({ histories: HISTORIES, violations: 0 });
    expect(first.edges.taken).toBeGreaterThan(3);
    expect(first.edges.total).toBeGreaterThan(first.edges.taken);
    expect(first.pairs.total).toBeGreaterThan(first.pairs.hit);
  });

  it("plays the same histories for the same seed", async () => {
    expect((await play()).trace).toBe(first.trace);
  });

  it("sees a supplier that sold and says that it did not", async () => {
    const lying = await play({ histories: 3, suppliersLie: true });
    expect(lying.found.join("\n")).toMatch(/sold .*and the attempt is refused|was bought 2 times/);
  });
});
