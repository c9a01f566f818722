import { afterAll, beforeAll, expect, it } from "vitest";
import { runCatalogueCampaign } from "../simulation/catalogue-campaign.js";
import { SPOILERS } from "../simulation/catalogue-world.js";
import { makeTestDatabase, type TestDatabase } from "../support/database.js";

let database: TestDatabase;
beforeAll(async () => {
  database = await makeTestDatabase();
});
afterAll(() => database.drop());

/** Many more rounds: `npm run campaign:catalogue -- --seed N --rounds M`. */
it("suppliers that misbehave, people who edit and processes that die leave a catalogue that is right", async () => {
  const { violations, met, applied } = await runCatalogueCampaign({ database, seed: 14, rounds: 80 });
  expect(violations).toEqual([]);
  expect(applied).toBeGreaterThan(60);
  const missed = [
    ...SPOILERS,
    "a list not taken",
    "a person changed a plan meanwhile",
    "came to rest",
  ].filter((what) => met[what] === undefined);
  expect(missed).toEqual([]);
  expect(Object.keys(met).filter((what) => what.startsWith("died at"))).toHaveLength(4);
}, 120_000);
