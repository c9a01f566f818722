import type { FakeLedger } from "@tribi/fakes/stripe/fake-control";
import type { FakeDispute } from "@tribi/fakes/stripe/fake-types";
import type { TestDatabase } from "./database.js";

/** Compares the fake's ledger with our tables; an empty list is agreement. */
export async function disagreementsOf(
  query: TestDatabase["query"],
  { intents, refunds, disputes }: FakeLedger,
): Promise<string[]> {
  const rows = await query<{
    intent_id: string;
    status: string;
    captured_minor: number;
    refunded_minor: number;
    disputed_minor: number;
  }>(
    "select intent_id, status, captured_minor, refunded_minor, disputed_minor from payments where intent_id is not null",
  );
  const ours = new Map(rows.map((row) => [row.intent_id, row]));
  const refundedOf = sums(refunds.filter(({ status }) => status === "succeeded"));
  const withheldOf = sums(disputes.filter(isHeld));
  return intents.flatMap((intent) => {
    const row = ours.get(intent.id);
    if (row === undefined) return [`${intent.id} is not in our books`];
    const captured = intent.status === "succeeded" ? intent.amount_received : 0;
    const refunded = refundedOf.get(intent.id) ?? 0;
    const withheld = Math.min(withheldOf.get(intent.id) ?? 0, captured);
    const theirs = `${captured} captured, ${refunded} refunded, ${withheld} withheld`;
    const mine = `${row.captured_minor} captured, ${row.refunded_minor} refunded, ${row.disputed_minor} withheld`;
    const isOpen = row.status === "requires_action" && ["succeeded", "canceled"].includes(intent.status);
    return theirs === mine && !isOpen
      ? []
      : [`${intent.id} ${intent.status}: theirs ${theirs}; ours ${row.status} ${mine}`];
  });
}

/** What the bank has of a dispute: all of it until it is won, and nothing of an inquiry. */
export const isHeld = ({ status, balance_transactions: moves }: FakeDispute): boolean =>
  /^(needs|under|appeal|lost)/.test(status) || (status === "prevented" && moves.length > 0);

/** By intent. */
function sums(
  objects: readonly { readonly payment_intent: string; readonly amount: number }[],
): ReadonlyMap<string, number> {
  const total = new Map<string, number>();
  for (const { payment_intent: intent, amount } of objects)
    total.set(intent, (total.get(intent) ?? 0) + amount);
  return total;
}
