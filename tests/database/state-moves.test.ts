import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  ATTEMPT_MOVES,
  ATTEMPT_STATES,
  ESIM_MOVES,
  ESIM_STATES,
  STOCK_MOVES,
  STOCK_STATES,
} from "../../src/modules/esims/esim-state.js";
import { TOP_UP_MOVES, TOP_UP_STATES } from "../../src/modules/esims/top-ups/top-up-state.js";
import { MAIL_MOVES, MAIL_STATES } from "../../src/modules/mail/mail-state.js";
import { ORDER_MOVES, ORDER_STATES } from "../../src/modules/orders/order-state.js";
import {
  APPROVAL_MOVES,
  APPROVAL_STATES,
  DISPUTE_MOVES,
  DISPUTE_STATES,
  PAYMENT_MOVES,
  PAYMENT_STATES,
  REFUND_MOVES,
  REFUND_STATES,
} from "../../src/modules/payments/payment-state.js";
import { makeTestDatabase, type TestDatabase } from "../support/database.js";

const listed = (moves: Readonly<Record<string, readonly string[]>>): string[] =>
  Object.entries(moves).flatMap(([from, targets]) => targets.map((to) => `${from}>${to}`));

/** Each machine's table in the code, beside the table whose trigger and CHECK declare the same. */
const MACHINES: readonly (readonly [string, readonly string[], readonly string[]])[] = [
  ["orders", ORDER_STATES, listed(ORDER_MOVES)],
  ["payments", PAYMENT_STATES, listed(PAYMENT_MOVES)],
  ["refunds", REFUND_STATES, listed(REFUND_MOVES)],
  ["refund_approvals", APPROVAL_STATES, listed(APPROVAL_MOVES)],
  ["disputes", DISPUTE_STATES, listed(DISPUTE_MOVES)],
  ["esim_profiles", ESIM_STATES, ESIM_MOVES],
  ["provisioning_attempts", ATTEMPT_STATES, ATTEMPT_MOVES],
  ["stock_items", STOCK_STATES, STOCK_MOVES],
  ["top_ups", TOP_UP_STATES, TOP_UP_MOVES],
  ["outgoing_mails", MAIL_STATES, listed(MAIL_MOVES)],
];

describe("the states in the code are those of the database", () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await makeTestDatabase();
  });
  afterAll(() => database.drop());

  it("every table with a graph of moves is compared here", async () => {
    const rows = await database.query<{ name: string }>(
      `select distinct tgrelid::regclass::text as name from pg_trigger
       where tgfoid = 'enforce_state_moves'::regproc`,
    );
    expect(rows.map(({ name }) => name).sort()).toEqual(MACHINES.map(([name]) => name).sort());
  });

  it.each(MACHINES)(
    "%s: the trigger allows the moves of the code and no other",
    async (table, states, moves) => {
      const [trigger] = await database.query<{ definition: string }>(
        `select pg_get_triggerdef(oid) as definition from pg_trigger
       where tgrelid = $1::regclass and tgfoid = 'enforce_state_moves'::regproc`,
        [table],
      );
      const declared = [...(trigger?.definition ?? "").matchAll(/'(\w+>\w+)'/g)].map(([, move]) => move);
      expect(declared.sort()).toEqual([...moves].sort());
      const [check] = await database.query<{ definition: string }>(
        `select pg_get_constraintdef(oid) as definition from pg_constraint
       where conrelid = $1::regclass and contype = 'c' and pg_get_constraintdef(oid) ~ '\\mstatus = ANY'
         and pg_get_constraintdef(oid) !~ '\\m(AND|OR|NOT)\\M'`,
        [table],
      );
      const allowed = [...(check?.definition ?? "").matchAll(/'(\w+)'::text/g)].map(([, state]) => state);
      expect(allowed.sort()).toEqual([...states].sort());
    },
  );
});
