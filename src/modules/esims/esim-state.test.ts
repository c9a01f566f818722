import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { makeTestDatabase, type TestDatabase } from "../../../tests/support/database.js";
import {
  ATTEMPT_MOVES,
  ATTEMPT_STATES,
  ESIM_MOVES,
  ESIM_STATES,
  STOCK_MOVES,
  STOCK_STATES,
} from "./esim-state.js";
import { TOP_UP_MOVES, TOP_UP_STATES } from "./top-ups/top-up-state.js";

describe("the states of eSIMs, attempts and stock", () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await makeTestDatabase();
  });
  afterAll(() => database.drop());

  const tables = [
    ["esim_profiles", ESIM_MOVES, ESIM_STATES],
    ["provisioning_attempts", ATTEMPT_MOVES, ATTEMPT_STATES],
    ["stock_items", STOCK_MOVES, STOCK_STATES],
    ["top_ups", TOP_UP_MOVES, TOP_UP_STATES],
  ] as const;

  it.each(tables)(
    "the trigger of %s declares the same moves as the table in the code",
    async (table, moves) => {
      const [row] = await database.query<{ definition: string }>(
        "select pg_get_triggerdef(oid) as definition from pg_trigger where tgname = $1",
        [`${table}_moves`],
      );
      const declared = [...(row?.definition.matchAll(/'([a-z_]+>[a-z_]+)'/g) ?? [])].map((match) => match[1]);
      expect(declared.sort()).toEqual([...moves].sort());
    },
  );

  /** A purchase that was ruled out and comes to light all the same is in front of a person. */
  const COMES_TO_LIGHT: readonly string[] = ["refused>parked", "taken_back>parked"];

  it.each(tables)(
    "%s: moves name known states only, and nothing else leaves an end",
    (table, moves, states) => {
      const known = new Set<string>(states);
      for (const move of moves) for (const state of move.split(">")) expect(known).toContain(state);
      const exceptions = table === "provisioning_attempts" ? COMES_TO_LIGHT : [];
      const usual = moves.filter((move) => !exceptions.includes(move));
      const leaves = new Set(usual.map((move) => move.split(">")[0]));
      for (const end of ["failed", "expired", "cancelled", "refused", "taken_back", "withdrawn"])
        expect(leaves.has(end)).toBe(false);
    },
  );
});
