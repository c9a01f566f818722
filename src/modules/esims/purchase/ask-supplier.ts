import { assertNoOpenTransaction, type Db, type Queryable, statement } from "../../../db/database.js";
import type { EsimSupplier, SupplierAnswer, SupplierOutcome } from "../../../providers/esim/port.js";
import type { Events } from "../../../telemetry/events.js";
import { failpoint } from "../../../telemetry/failpoints.js";
import { inCall } from "../../../telemetry/spans.js";
import { type Bought, type Case, type Decision, decide, type Finding, type Search } from "./decide.js";
import type { Purchase, Wares } from "./subject.js";

export interface AskDeps {
  readonly db: Db;
  readonly events: Events;
}

/** What the supplier's books say, without anything being sent. */
export type Looked<Thing> = Extract<Finding<Thing>, { kind: "looked_up" | "searched" }>;

/** What is decided of a purchase once the supplier has been asked about it. */
export type Answered<Thing> = Exclude<Decision<Thing>, { do: "send_again" | "search" }>;

/**
 * The only caller of a supplier about purchases: sends, finds, looks, sends again. Undefined: this worker has slept,
 * and the lease may be somebody else's.
 */
export function makeAskSupplier<Thing>({ db, events }: AskDeps, wares: Wares<Thing>) {
  async function send(
    supplier: EsimSupplier,
    purchase: Purchase,
    mayCall: () => boolean,
  ): Promise<{ outcome: SupplierOutcome<Bought<Thing>>; callMillis: number } | undefined> {
    assertNoOpenTransaction(supplier.id);
    if (!mayCall()) return undefined;
    const startedAt = performance.now();
    const outcome = await inCall(supplier.id, "send", () => wares.send(supplier, purchase));
    const callMillis = Math.round(performance.now() - startedAt);
    await failpoint("s9.after_call_before_store");
    events.provisioningAttempt(
      { supplier: supplier.id, outcome: outcome.kind === "refused" ? outcome.reason : outcome.kind },
      { attempt_id: purchase.attempt.id, millis: callMillis },
    );
    return { outcome, callMillis };
  }

  /** Looks it up by the supplier's own id where that is known, else by our reference or by what else tells it. */
  async function look(supplier: EsimSupplier, purchase: Purchase): Promise<Looked<Thing>> {
    const { supplierOrderId } = purchase.attempt;
    assertNoOpenTransaction(supplier.id);
    const { look: lookUp } = wares;
    return supplierOrderId !== null && lookUp !== null
      ? {
          kind: "looked_up",
          answer: await inCall(supplier.id, "look up", () => lookUp(supplier, purchase, supplierOrderId)),
        }
      : { kind: "searched", answer: await inCall(supplier.id, "search", () => find(supplier, purchase)) };
  }

  async function find(supplier: EsimSupplier, purchase: Purchase): Promise<SupplierAnswer<Search<Thing>>> {
    const known =
      supplier.capabilities.lookup === "by_match" ? await listKnownSupplierOrders(db, purchase.attempt) : [];
    return wares.find(supplier, purchase, known);
  }

  return {
    look,

    /** Searches for it by our reference or by what else tells it; nothing is sent. */
    find,

    /** The first sending of an attempt whose row is committed. */
    async buy(
      supplier: EsimSupplier,
      purchase: Purchase,
      one: Case,
      mayCall: () => boolean,
    ): Promise<Answered<Thing> | undefined> {
      const sent = await send(supplier, purchase, mayCall);
      return sent && (decide(one, { kind: "sent", ...sent }) as Answered<Thing>);
    },

    /** Finds out what became of an attempt that may have been sent; `beginRepetition` commits that it is sent again. */
    async settle(
      supplier: EsimSupplier,
      purchase: Purchase,
      one: Case,
      beginRepetition: () => Promise<(() => boolean) | undefined>,
    ): Promise<Answered<Thing> | undefined> {
      const first = decide(one, await look(supplier, purchase));
      if (first.do !== "send_again") return first as Answered<Thing>;
      const mayCall = await beginRepetition();
      if (mayCall === undefined) return undefined;
      const sent = await send(supplier, purchase, mayCall);
      if (sent === undefined) return undefined;
      const second = decide(one, { kind: "sent_again", ...sent, search: null });
      if (second.do !== "search") return second as Answered<Thing>;
      const search = await find(supplier, purchase);
      return decide(one, { kind: "sent_again", ...sent, search }) as Answered<Thing>;
    },
  };
}
export type AskSupplier<Thing> = ReturnType<typeof makeAskSupplier<Thing>>;

/** A supplier's list is read back to the sending: what was bought a day before that is not in it any more. */
const KNOWN_ORDERS = statement(
  "esims.known_supplier_orders",
  `select supplier_order_id from provisioning_attempts
   where supplier = $1 and package_id = $2 and id <> $3 and supplier_order_id is not null
     and created_at > to_timestamp($4::float8 / 1000) - interval '1 day'`,
);

/** Supplier orders that other attempts account for: what a by-match search must leave out. */
async function listKnownSupplierOrders(
  db: Queryable,
  { supplier, packageId, id, sentAfterMillis }: Purchase["attempt"],
): Promise<readonly string[]> {
  const values = [supplier, packageId, id, sentAfterMillis];
  const { rows } = await db.run<{ supplier_order_id: string }>(KNOWN_ORDERS, values);
  return rows.map((row) => row.supplier_order_id);
}
