import type { Db } from "../../../db/database.js";
import type { EsimSupplier } from "../../../providers/esim/port.js";
import type { Events } from "../../../telemetry/events.js";
import { type Looked, makeAskSupplier } from "../purchase/ask-supplier.js";
import type { Bought } from "../purchase/decide.js";
import type { LoneAttempt } from "../purchase/lone-attempt.js";
import type { Wares } from "../purchase/subject.js";
import { ESIM_WARES } from "../purchase/subjects/esim.js";
import { TOP_UP_WARES } from "../purchase/subjects/top-up.js";
import * as store from "./ruled-out-store.js";

export interface BoughtAfterAllDeps {
  readonly db: Db;
  readonly suppliers: ReadonlyMap<string, EsimSupplier>;
  readonly events: Events;
}

/** What the supplier's books say about a purchase that had been ruled out. */
type Books =
  | { readonly say: "bought"; readonly supplierOrderId: string | null; readonly detail: string }
  /** There is one, and it came to nothing. */
  | { readonly say: "failed" }
  | { readonly say: "nothing" }
  | { readonly say: "unclear"; readonly detail: string };

/**
 * parked: it was bought after all, and an operator sees it. settled: it was not, or it is somebody else's. not_shown: the
 * supplier's books do not show it. again: nothing is certain yet.
 */
export type LookedBack = "parked" | "settled" | "not_shown" | "again";

/**
 * Asks the supplier's books about a purchase that had been ruled out. What was bought after all is parked with its
 * evidence and alarmed; it is never taken as delivered, since by now the order may have been bought elsewhere or
 * refunded. With `named`, what an event of the supplier says is the evidence where the books show nothing.
 */
export function makeLookBack(deps: BoughtAfterAllDeps) {
  return async (attemptId: number, named: string | null = null): Promise<LookedBack> => {
    const purchase = await store.findRuledOut(deps.db, attemptId);
    if (purchase === undefined) return "settled";
    const books = await readBooks(deps, purchase);
    if (books.say === "failed") return "settled";
    if (books.say !== "bought" && named === null) return books.say === "nothing" ? "not_shown" : "again";
    const evidence =
      books.say === "bought"
        ? { supplierOrderId: books.supplierOrderId, detail: books.detail }
        : {
            supplierOrderId: null,
            detail: `${named}; its books: ${books.say === "unclear" ? books.detail : "no such order"}`,
          };
    const result = await store.parkRuledOut(deps.db, attemptId, evidence);
    if (result === "others") return "settled";
    if (result === "busy") return "again";
    const subject = { attempt_id: attemptId };
    if (purchase.kind === "esim") deps.events.esimParked({ reason: "bought_after_all" }, subject);
    else deps.events.topUpParked({ reason: "bought_after_all" }, subject);
    return "parked";
  };
}
export type LookBack = ReturnType<typeof makeLookBack>;

/** Silence may end late: what a search ruled out is searched for again, whether or not anybody speaks of it. */
export function makeLookBackAtRefusals(deps: BoughtAfterAllDeps, lookBack: LookBack) {
  return async (): Promise<void> => {
    for (const attemptId of await store.listRuledOutToLookBackAt(deps.db, [...deps.suppliers.keys()])) {
      await store.noteLookedBack(deps.db, attemptId, (await lookBack(attemptId)) !== "again");
    }
  };
}

async function readBooks(deps: BoughtAfterAllDeps, purchase: LoneAttempt): Promise<Books> {
  const supplier = deps.suppliers.get(purchase.attempt.supplier);
  if (supplier === undefined) return { say: "unclear", detail: "the supplier is not configured" };
  const wares = purchase.kind === "esim" ? ESIM_WARES : TOP_UP_WARES;
  return booksOf(await makeAskSupplier<unknown>(deps, wares as Wares<unknown>).look(supplier, purchase));
}

function booksOf(finding: Looked<unknown>): Books {
  if (finding.kind === "looked_up") {
    const { answer } = finding;
    if (answer.kind === "done") return bought(answer.value);
    return answer.reason === "not_found" ? { say: "nothing" } : { say: "unclear", detail: answer.detail };
  }
  const { answer } = finding;
  if (answer.kind === "refused") return { say: "unclear", detail: answer.detail };
  const search = answer.value;
  if (search.found === "none") return { say: "nothing" };
  return search.found === "several" ? candidates(search.supplierOrderIds) : bought(search.bought);
}

const bought = ({ state, supplierOrderId }: Bought<unknown>): Books =>
  state === "failed"
    ? { say: "failed" }
    : {
        say: "bought",
        supplierOrderId,
        detail: `ruled out, and in the supplier's books: ${supplierOrderId}`,
      };

const candidates = (ids: readonly string[]): Books => ({
  say: "bought",
  supplierOrderId: null,
  detail: `ruled out, and candidates in the supplier's books: ${ids.slice(0, 10).join(", ")}`,
});
