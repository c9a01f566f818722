import type { Db } from "../../../db/database.js";
import { purchaseReference } from "../../../providers/esim/formats/purchase-reference.js";
import type { EsimSupplier } from "../../../providers/esim/port.js";
import type { Events } from "../../../telemetry/events.js";
import { failpoint } from "../../../telemetry/failpoints.js";
import type { AskSupplier } from "./ask-supplier.js";
import { type Attempt, type Candidate, expectedCostOf } from "./choose-supplier.js";
import type { Claim } from "./claim.js";
import type { Purchase, Subject } from "./subject.js";

export interface PurchaseDeps {
  readonly db: Db;
  readonly suppliers: ReadonlyMap<string, EsimSupplier>;
  /** Longer than any conversation with a supplier. */
  readonly leaseSeconds: number;
  /** The unit of every pause of the chain. */
  readonly paceMillis: number;
  readonly events: Events;
  /** The mail and whatever else was enqueued begins at once. */
  readonly wakeWorkers: () => void;
}

/** A claim in work: what the store said, and what has been done since. */
export interface Work<C> {
  readonly claim: C;
  readonly attempts: readonly Attempt[];
  /** By this process's monotonic clock, before the statement that began or extended the lease. */
  readonly leaseFrom: number;
}
/** The next step is due now; undefined: settled, parked, or a job is enqueued for later. */
export type Step<C> = Work<C> | undefined;

export interface Chain<C extends Claim, Thing> extends PurchaseDeps {
  readonly subject: Subject<C, Thing>;
  readonly ask: AskSupplier<Thing>;
}

const NEW = {
  status: "intended",
  supplierOrderId: null,
  reason: null,
  lookups: 0,
  ageMillis: 0,
  settlingMillis: 0,
  resettlingMillis: 0,
  askInMillis: null,
  toldFailure: null,
} as const;

/** An attempt that has no row yet. */
export function attemptOf(claim: Claim, candidate: Candidate, number: number, sentAfterMillis = 0): Attempt {
  return {
    ...NEW,
    id: 0,
    number,
    reference: purchaseReference(claim.order_reference, number),
    supplier: candidate.supplier,
    packageId: candidate.packageId,
    expectedCost: expectedCostOf(candidate),
    sentAfterMillis,
  };
}

/** Commits the attempt. Undefined: it is not to be; the order is parked or goes on later. */
export async function beginAttempt<C extends Claim, Thing>(
  chain: Chain<C, Thing>,
  claim: C,
  attempt: Attempt,
  options: {
    readonly isExclusive: boolean;
    readonly lostSinceMillis: number | null;
    /** When it is tried again. */
    readonly againMillis: number;
  },
): Promise<Attempt | undefined> {
  const { db, subject } = chain;
  await failpoint("s9.before_attempt");
  const begun = await subject.store.beginAttempt(db, claim, { ...attempt, ...options });
  if (begun !== undefined) return { ...attempt, ...begun };
  if (await subject.store.parkWithheld(db, claim)) subject.says.parked("money_withheld", idsOf(chain, claim));
  else await subject.store.release(db, claim, options.againMillis);
  return undefined;
}

export async function park<C extends Claim, Thing>(
  chain: Chain<C, Thing>,
  claim: C,
  parking: { reason: string; attemptId?: number; detail?: string | null; supplierOrderId?: string | null },
): Promise<undefined> {
  const { reason, attemptId = null, detail = null, supplierOrderId = null } = parking;
  await failpoint("s9.before_park");
  const { store, says } = chain.subject;
  if (await store.park(chain.db, claim, { reason, attemptId, detail, supplierOrderId }))
    says.parked(reason, { ...idsOf(chain, claim), ...(attemptId !== null && { attempt_id: attemptId }) });
}

const idsOf = <C extends Claim, Thing>({ subject }: Chain<C, Thing>, { id }: C) => ({
  [subject.store.table.attemptColumn]: id,
});

export const purchaseOf = <C extends Claim, Thing>(
  { subject }: Chain<C, Thing>,
  { claim }: Pick<Work<C>, "claim">,
  attempt: Attempt,
): Purchase => ({ attempt, esim: subject.esimOf(claim) });
