import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { DISPUTE_MOVES, PAYMENT_MOVES, REFUND_MOVES } from "./payment-state.js";

const migration = readFileSync(new URL("../../db/migrations/0005_payments.up.sql", import.meta.url), "utf8");

/** The arguments of the trigger `<table>_moves`. */
function declaredMoves(table: string): string[] {
  const [, list = ""] =
    new RegExp(`create trigger ${table}_moves[\\s\\S]*?enforce_state_moves\\(([^)]*)\\)`).exec(migration) ?? [];
  return [...list.matchAll(/'([^']+)'/g)].map(([, move = ""]) => move).sort();
}

const movesOf = (table: Readonly<Record<string, readonly string[]>>): string[] =>
  Object.entries(table)
    .flatMap(([from, all]) => all.map((to) => `${from}>${to}`))
    .sort();

describe("the transition tables are the triggers' own", () => {
  it.each([
    ["payments", PAYMENT_MOVES],
    ["refunds", REFUND_MOVES],
    ["disputes", DISPUTE_MOVES],
  ] as const)("%s", (table, moves) => {
    expect(declaredMoves(table)).toEqual(movesOf(moves));
  });

  it("nothing that the wire calls final is ever left", () => {
    expect(PAYMENT_MOVES.succeeded).toEqual([]);
    expect(PAYMENT_MOVES.failed).toEqual([]);
  });
});
