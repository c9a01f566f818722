import { randomUUID } from "node:crypto";
import { type Db, statement, violatedConstraint } from "../../../../db/database.js";
import type { OrderLookup, SupplierAnswer, SupplierOrder } from "../../../../providers/esim/port.js";
import type { Events } from "../../../../telemetry/events.js";
import { failpoint } from "../../../../telemetry/failpoints.js";
import { ESIM_FAILED, ESIM_READY } from "../../delivery/mail-kinds.js";
import type { InstallSecrets, InstallVault } from "../../install-secrets.js";
import type { Attempt, Candidate } from "../choose-supplier.js";
import type { Claim, Lease } from "../claim.js";
import type { Bought, Refusal, Search } from "../decide.js";
import { listFormerSuppliers } from "../former-suppliers.js";
import { PROVISION_ESIM, REFUND_UNDELIVERABLE, TAKE_BACK_SURPLUS } from "../purchase-jobs.js";
import { makePurchaseStore } from "../purchase-store.js";
import { purchaseTable } from "../purchase-table.js";
import type { Purchase, Sold, Subject, Wares } from "../subject.js";

export const ESIM_PURCHASES = purchaseTable({
  module: "esims",
  table: "esim_profiles",
  attemptColumn: "profile_id",
  claim:
    "select c.*, c.profile_id as id from claim_provisioning($1, $2 * interval '1 second', $3::boolean) c",
  bringOn: PROVISION_ESIM,
  refund: REFUND_UNDELIVERABLE,
  surplus: TAKE_BACK_SURPLUS,
  failedMail: ESIM_FAILED,
});
export const esimPurchases = makePurchaseStore<EsimClaim>(ESIM_PURCHASES);

interface EsimClaim extends Claim {
  readonly plan_id: number;
  /** The plan's own list, cheapest first. */
  readonly suppliers: readonly Candidate[];
}

const boughtOf = (order: SupplierOrder): Bought<SupplierOrder> => ({
  supplierOrderId: order.supplierOrderId,
  state: order.state === "ready" && order.esims.length === 0 ? "pending" : order.state,
  problem: order.problem,
  askAgainSeconds: order.askAgainSeconds,
  cost: order.cost,
  thing: order,
});

const lookupOf = ({ attempt }: Purchase, knownSupplierOrderIds: readonly string[]): OrderLookup => {
  const { reference, packageId, sentAfterMillis } = attempt;
  return { reference, packageId, sentAfterMillis, knownSupplierOrderIds };
};

/** An eSIM is one order at its supplier. */
export const ESIM_WARES: Wares<SupplierOrder> = {
  kind: "esim",
  async send(supplier, { attempt: { reference, packageId, expectedCost } }) {
    const outcome = await supplier.order({ reference, packageId, expectedCost });
    return outcome.kind === "done" ? { ...outcome, value: boughtOf(outcome.value) } : outcome;
  },
  async find(supplier, purchase, knownIds): Promise<SupplierAnswer<Search<SupplierOrder>>> {
    const answer = await supplier.findOrder(lookupOf(purchase, knownIds));
    if (answer.kind === "refused") return answer;
    const { value } = answer;
    return {
      ...answer,
      value: value.found === "one" ? { found: "one", bought: boughtOf(value.order) } : value,
    };
  },
  async look(supplier, purchase, supplierOrderId) {
    const answer = await supplier.getOrder({ ...lookupOf(purchase, []), supplierOrderId });
    return answer.kind === "done" ? { ...answer, value: boughtOf(answer.value) } : answer;
  },
};

export interface EsimSubjectDeps {
  readonly vault: InstallVault;
  readonly events: Events;
  readonly ttlDays: number;
  /** For plans that name no supplier: "local" or "stock"; null when every plan must name its own. */
  readonly defaultSupplier: "local" | "stock" | null;
  /** Stops selling what a supplier does not have, and notes what an operator has to mend. */
  readonly onRefusal: (attempt: Attempt, refusal: Refusal) => Promise<void>;
}

/** A paid order's eSIM: any supplier of its plan may deliver it. */
export function makeEsimSubject(deps: EsimSubjectDeps): Subject<EsimClaim, SupplierOrder> {
  const { events } = deps;
  return {
    wares: ESIM_WARES,
    store: esimPurchases,
    esimOf: () => null,
    candidatesOf: (claim) => candidatesOf(deps, claim),
    formerOf: (db, claim, backupMillis) => listFormerSuppliers(db, claim.plan_id, backupMillis),
    withoutSupplier: "fail",
    unwantedBecause: () => null,
    onRefusal: (_, attempt, refusal) => deps.onRefusal(attempt, refusal),
    // The refusal has stopped the sale of what it was about.
    afterRefusal: (claim, { supplier, packageId }, reason) => ({
      ...claim,
      suppliers: claim.suppliers.map((one) =>
        reason === "price_changed" && one.supplier === supplier && one.packageId === packageId
          ? { ...one, pausedReason: reason }
          : one,
      ),
    }),
    async deliver(db, claim, attempt, sold) {
      const { supplier } = attempt;
      const [{ useBy } = { useBy: null }] = sold.bought.thing.esims;
      if (useBy !== null && (await isOver(db, useBy)))
        return { unusable: `to be installed until ${useBy}, which is over` };
      const result = await deliverFreely(db, claim, deliveryOf(deps, claim, attempt, sold));
      if (typeof result === "string") return { duplicate: result, isOurOwn: supplier === "local" };
      if (result) {
        events.esimReady({ supplier }, { profile_id: claim.id });
        if (extraOf(sold.bought.thing) !== null)
          events.esimParked({ reason: "extra_esim" }, { profile_id: claim.id, attempt_id: attempt.id });
        await failpoint("s10.after_ready");
        return "done";
      }
      // Either the lease is lost, and then this changes nothing, or a refund wants the order back.
      await recordSurplus(db, claim, attempt.id, sold.bought.supplierOrderId);
      return "done";
    },
    says: {
      failed: (claim, reason) => events.esimFailed({ reason }, { profile_id: claim.id }),
      parked: (reason, ids) => events.esimParked({ reason }, ids),
    },
  };
}

/** The plan's own list; a plan without one is served by the shop's default, if that can serve any plan. */
function candidatesOf({ defaultSupplier }: EsimSubjectDeps, claim: EsimClaim): readonly Candidate[] {
  if (claim.suppliers.length > 0) return claim.suppliers;
  if (defaultSupplier === null) return [];
  return [
    {
      supplier: defaultSupplier,
      packageId: String(claim.plan_id),
      costText: null,
      costCurrency: null,
      costMinor: null,
      pausedReason: null,
      isAbovePaid: false,
    },
  ];
}

function deliveryOf(
  { vault, ttlDays }: EsimSubjectDeps,
  claim: EsimClaim,
  attempt: Attempt,
  { bought, callMillis }: Sold<SupplierOrder>,
) {
  const [data] = bought.thing.esims;
  if (data === undefined) throw new Error("An order without an eSIM is not delivered");
  const secrets: InstallSecrets = {
    activationCode: data.activationCode ?? randomUUID(),
    smdpAddress: data.smdpAddress,
    matchingId: data.matchingId,
    confirmationCode: data.confirmationCode,
    isConfirmationCodeRequired: data.isConfirmationCodeRequired,
    activationCodeText: data.activationCodeText,
    qrPayload: data.qrPayload,
    installLinks: data.installLinks,
    apn: data.apn,
    iccidAsGiven: data.iccidAsGiven,
    warnings: data.warnings,
  };
  const isOurs = attempt.supplier === "local" || attempt.supplier === "stock";
  return {
    iccid: data.iccid,
    values: [
      attempt.id,
      attempt.supplier,
      bought.supplierOrderId,
      data.supplierReference,
      vault.sealProfile(claim.id, secrets),
      vault.codeFingerprint(data),
      vault.activationCodeFingerprint(secrets.activationCode),
      data.iccid,
      ttlDays,
      // Real suppliers are asked how the eSIM is; of our own there is nobody to ask.
      isOurs ? null : 600,
      callMillis,
      bought.cost?.amountText ?? null,
      bought.cost?.currency ?? null,
      attempt.packageId,
      // What the supplier says of this very eSIM; what it does not, its catalogue's entry of the package may.
      data.useBy,
      data.validityStarts === "unknown" ? null : data.validityStarts,
      extraOf(bought.thing),
    ],
  };
}

/** What came beside the one that was ordered: paid for, and nobody's. Null: nothing did. */
function extraOf({ esims: [first, ...others] }: SupplierOrder): string | null {
  const more = others.filter(({ qrPayload }) => qrPayload !== first?.qrPayload);
  if (more.length === 0) return null;
  const names = more.slice(0, 10).map(({ iccid, supplierReference }) => iccid ?? supplierReference);
  return `${more.length} more in the answer: ${names.join(", ")}`;
}

const IS_OVER = statement("esims.is_over", "select $1::timestamptz <= clock_timestamp() as is_over");

/** It would be expired the moment it is delivered, and nobody would have the money back. */
const isOver = async (db: Db, useBy: string): Promise<boolean> =>
  (await db.run<{ is_over: boolean }>(IS_OVER, [useBy])).rows[0]?.is_over === true;

const DELIVER = statement(
  "esims.deliver",
  `with terms as (
     select min(use_within_days) as days, min(validity_starts) as starts from plan_suppliers s
     where s.plan_id = (select plan_id from esim_profiles where id = $1) and s.supplier = $4 and s.package_id = $16
   ), delivered as (
     update esim_profiles set
       status = 'ready', supplier = $4, supplier_order_id = $5, supplier_reference = $6, sealed = $7,
       code_fingerprint = $8, activation_code_fingerprint = $9, iccid = $10, provisioned_at = clock_timestamp(),
       use_by = least(clock_timestamp() + least($11, terms.days) * interval '1 day', $17::timestamptz),
       validity_starts = coalesce($18, terms.starts), poll_at = clock_timestamp() + $12 * interval '1 second',
       lease_until = null, parked_at = null, parked_reason = null
     from terms
     where id = $1 and lease_token = $2 and status = 'pending' and take_back_requested_at is null
     returning id, order_id
   ), attempt as (
     update provisioning_attempts a set
       status = 'delivered', supplier_order_id = $5, decided_at = clock_timestamp(), detail = $19::text,
       reason = case when $19::text is not null then 'extra_esim' end,
       call_millis = coalesce($13, a.call_millis), cost_text = coalesce($14, a.cost_text),
       cost_currency = coalesce($15, a.cost_currency)
     from delivered where a.id = $3
     returning a.id
   )
   select delivered.id, (select count(*) from attempt) as changed,
     ${ESIM_READY.queue({ subject: "delivered.id", order: "delivered.order_id" })} as mail
   from delivered`,
);

/**
 * The eSIM is in the profile, the attempt is settled and the mail is enqueued, all or nothing. False: the lease is
 * lost or a refund wants the order back. A text: the constraint by which another eSIM has a code or number of this
 * one. One that has ended gives its ICCID free.
 */
async function deliverFreely(
  db: Db,
  { id, lease_token: token }: Lease,
  { iccid, values }: ReturnType<typeof deliveryOf>,
): Promise<boolean | string> {
  for (const isLastTry of [false, true]) {
    try {
      return (await db.run(DELIVER, [id, token, ...values])).count === 1;
    } catch (error) {
      const constraint = violatedConstraint(error);
      if (constraint?.startsWith("esim_profiles_one_") !== true) throw error;
      const isFreed =
        !isLastTry &&
        constraint === "esim_profiles_one_live_per_iccid" &&
        (await freeIccidOfEnded(db, iccid ?? ""));
      if (!isFreed) return constraint;
    }
  }
  return false;
}

const FREE_ICCID = statement(
  "esims.free_iccid",
  `update esim_profiles set ended_at = now(), poll_at = null,
     status = case when status = 'ready' and plan_state not in ('active', 'depleted') then 'expired'
       when status = 'ready' then 'active' else status end
   where iccid = $1 and status in ('ready', 'active') and ended_at is null
     and (plan_expires_at < now() or (status = 'ready' and use_by < now()))`,
);

/** The supplier has handed it out again, and by what is known here the one that had it has ended. False: it has not. */
async function freeIccidOfEnded(db: Db, iccid: string): Promise<boolean> {
  return (await db.run(FREE_ICCID, [iccid])).count === 1;
}

const SURPLUS = statement(
  "esims.record_surplus",
  `with cancelled as (
     update esim_profiles set status = 'cancelled', ended_at = clock_timestamp(), lease_until = null,
       parked_at = null, parked_reason = null
     where id = $1 and lease_token = $2 and status = 'pending'
     returning id
   ), attempt as (
     update provisioning_attempts a set status = 'surplus', supplier_order_id = $4, decided_at = clock_timestamp()
     from cancelled where a.id = $3
     returning a.id
   )
   select ${TAKE_BACK_SURPLUS.enqueue({ attempt_id: "id" })} from attempt`,
);

/** The eSIM came after a refund had asked for the order: nobody gets it, and the supplier is asked to take it back. */
async function recordSurplus(
  db: Db,
  lease: Lease,
  attemptId: number,
  supplierOrderId: string,
): Promise<void> {
  await db.run(SURPLUS, [lease.id, lease.lease_token, attemptId, supplierOrderId]);
}
