import type { EsimSupplier } from "../../../providers/esim/port.js";
import { attemptOf, beginAttempt, type Chain, park, purchaseOf, type Step, type Work } from "./chain.js";
import type { Candidate } from "./choose-supplier.js";
import type { Claim, Restoration } from "./claim.js";
import { decideLookBack, lostNumbers } from "./decide-look-back.js";
import { lookedAtBy } from "./former-suppliers.js";

/** Each look asks every supplier several times. */
const PACES = 16;

/**
 * After a restored backup the rows of the last purchases are gone, and only the suppliers' books have them. Before
 * anything new is bought for an order of before, every supplier that may have sold it is asked for it. What bears our
 * reference becomes an attempt that is settled as any other; what may be ours is an operator's to decide; only when all
 * of them have nothing does the chain go on, with the plan's list.
 */
export async function lookBack<C extends Claim, Thing>(
  chain: Chain<C, Thing>,
  work: Work<C>,
  restoration: Restoration,
): Promise<Step<C>> {
  const { claim, attempts } = work;
  const former = await chain.subject.formerOf(chain.db, claim, restoration.backupMillis);
  const others = former === null ? new Map<string, EsimSupplier>() : chain.suppliers;
  let againMillis = 0;
  for (const one of lookedAtBy(chain.subject.candidatesOf(claim), former ?? [], others)) {
    const { candidate } = one;
    const supplier = chain.suppliers.get(candidate.supplier);
    // Of one that is not configured any more nobody can ask.
    if (supplier === undefined) continue;
    if (one.isOwn && againMillis > 0) break;
    for (const number of lostNumbers(attempts, supplier.capabilities)) {
      const lost = attemptOf(claim, candidate, number, restoration.backupMillis);
      const answer = await chain.ask.find(supplier, purchaseOf(chain, work, lost));
      const next = decideLookBack(supplier.capabilities, restoration, answer);
      if (next.do === "found")
        return found(chain, work, { candidate, supplier, number, restoration, parking: next.parking });
      if (next.do === "wait" && (one.isLikely || answer.kind === "refused"))
        againMillis = Math.max(againMillis, next.millis, PACES * chain.paceMillis);
    }
  }
  if (againMillis === 0) return { ...work, claim: { ...claim, restoration: null } };
  await chain.subject.store.release(chain.db, claim, againMillis);
  return undefined;
}

/** The lost attempt gets a row again, as one whose outcome is unknown; parked where only a person can say whose it is. */
async function found<C extends Claim, Thing>(
  chain: Chain<C, Thing>,
  work: Work<C>,
  seen: {
    readonly candidate: Candidate;
    readonly supplier: EsimSupplier;
    readonly number: number;
    readonly restoration: Restoration;
    readonly parking: { readonly reason: string; readonly detail: string } | null;
  },
): Promise<Step<C>> {
  const { claim } = work;
  const { backupMillis } = seen.restoration;
  const leaseFrom = performance.now();
  const lost = await beginAttempt(chain, claim, attemptOf(claim, seen.candidate, seen.number, backupMillis), {
    isExclusive: seen.supplier.capabilities.lookup === "by_match",
    lostSinceMillis: backupMillis,
    againMillis: PACES * chain.paceMillis,
  });
  if (lost === undefined) return undefined;
  if (seen.parking !== null) return park(chain, claim, { ...seen.parking, attemptId: lost.id });
  const attempt = { ...lost, status: "unknown" as const };
  return { claim, attempts: [...work.attempts, attempt], leaseFrom };
}
