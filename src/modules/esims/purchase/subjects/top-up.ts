import { type Db, statement } from "../../../../db/database.js";
import type {
  EsimRef,
  SupplierAnswer,
  SupplierTopUp,
  TopUpLookup,
  TopUpRequest,
} from "../../../../providers/esim/port.js";
import type { Events } from "../../../../telemetry/events.js";
import { TOP_UP_DONE, TOP_UP_FAILED } from "../../delivery/mail-kinds.js";
import type { Claim } from "../claim.js";
import type { Bought, Refusal, Search } from "../decide.js";
import { REFUND_TOP_UP, SETTLE_SURPLUS_TOP_UP, TOP_UP_ESIM } from "../purchase-jobs.js";
import { makePurchaseStore } from "../purchase-store.js";
import { purchaseTable } from "../purchase-table.js";
import type { Purchase, Subject, Wares } from "../subject.js";

export const TOP_UP_PURCHASES = purchaseTable({
  module: "top_ups",
  table: "top_ups",
  attemptColumn: "top_up_id",
  claim: "select c.*, c.top_up_id as id from claim_top_up($1, $2 * interval '1 second', $3::boolean) c",
  bringOn: TOP_UP_ESIM,
  refund: REFUND_TOP_UP,
  surplus: SETTLE_SURPLUS_TOP_UP,
  failedMail: TOP_UP_FAILED,
});
export const topUpPurchases = makePurchaseStore<TopUpClaim>(TOP_UP_PURCHASES);

interface TopUpClaim extends Claim {
  /** False: it was cancelled, has failed or expired since the order was made. */
  readonly is_esim_alive: boolean;
  readonly supplier: string;
  readonly package_id: string;
  readonly cost_text: string | null;
  readonly cost_currency: string | null;
  readonly cost_minor: number | null;
  readonly supplier_reference: string | null;
  readonly supplier_order_id: string | null;
  readonly iccid: string | null;
}

const boughtOf = (topUp: SupplierTopUp): Bought<SupplierTopUp> => ({
  supplierOrderId: topUp.supplierTopUpId,
  state: "ready",
  problem: null,
  askAgainSeconds: null,
  cost: topUp.cost,
  thing: topUp,
});

const NO_ESIM: EsimRef = { supplierReference: "", supplierOrderId: "", iccid: null };

/** The same for every sending of one attempt. */
const requestOf = ({ attempt, esim }: Purchase): TopUpRequest => {
  const { reference, packageId, expectedCost } = attempt;
  return { reference, esim: esim ?? NO_ESIM, packageId, expectedCost };
};

/** More data for an eSIM, at the supplier that sold it. The port shows no top-up by the supplier's own id. */
export const TOP_UP_WARES: Wares<SupplierTopUp> = {
  kind: "top_up",
  async send(supplier, purchase) {
    const outcome = await supplier.topUp(requestOf(purchase));
    return outcome.kind === "done" ? { ...outcome, value: boughtOf(outcome.value) } : outcome;
  },
  async find(supplier, purchase, knownSupplierTopUpIds): Promise<SupplierAnswer<Search<SupplierTopUp>>> {
    const { sentAfterMillis } = purchase.attempt;
    const lookup: TopUpLookup = { ...requestOf(purchase), sentAfterMillis, knownSupplierTopUpIds };
    const answer = await supplier.findTopUp(lookup);
    if (answer.kind === "refused" || answer.value.found === "none")
      return answer as SupplierAnswer<Search<never>>;
    const { value } = answer;
    return value.found === "one"
      ? { ...answer, value: { found: "one", bought: boughtOf(value.topUp) } }
      : { ...answer, value: { found: "several", supplierOrderIds: value.supplierTopUpIds } };
  },
  look: null,
};

export interface TopUpSubjectDeps {
  readonly events: Events;
  /** Notes what an operator has to mend at the supplier, and that the eSIM's list of top-ups has changed. */
  readonly onRefusal: (topUpId: number, supplier: string, refusal: Refusal) => Promise<void>;
}

/** A paid top-up: the one supplier that sold the eSIM adds to it, or the money goes back. */
export function makeTopUpSubject({
  events,
  onRefusal,
}: TopUpSubjectDeps): Subject<TopUpClaim, SupplierTopUp> {
  return {
    wares: TOP_UP_WARES,
    store: topUpPurchases,
    esimOf: (claim) => ({
      supplierReference: claim.supplier_reference ?? "",
      supplierOrderId: claim.supplier_order_id ?? "",
      iccid: claim.iccid,
    }),
    candidatesOf: (claim) => [
      {
        supplier: claim.supplier,
        packageId: claim.package_id,
        costText: claim.cost_text,
        costCurrency: claim.cost_currency,
        costMinor: claim.cost_minor,
        pausedReason: null,
        isAbovePaid: false,
      },
    ],
    formerOf: async () => null,
    withoutSupplier: "park",
    unwantedBecause: ({ is_esim_alive: isAlive }) => (isAlive ? null : "esim_not_alive"),
    onRefusal: (claim, { supplier }, refusal) => onRefusal(claim.id, supplier, refusal),
    afterRefusal: (claim) => claim,
    async deliver(db, claim, attempt, { bought, callMillis }) {
      const isStored = await deliver(db, claim, {
        attemptId: attempt.id,
        bought,
        callMillis,
        // A supplier without a meter: the shop keeps the account of its bytes and days itself.
        isMeteredHere: attempt.supplier === "local",
      });
      if (isStored) events.topUpDone({ supplier: attempt.supplier }, { top_up_id: claim.id });
      else if (await recordSurplus(db, claim, attempt.id, bought.supplierOrderId))
        events.topUpFailed({ reason: "esim_not_alive" }, { top_up_id: claim.id });
      return "done";
    },
    says: {
      failed: (claim, reason) => events.topUpFailed({ reason }, { top_up_id: claim.id }),
      parked: (reason, ids) => events.topUpParked({ reason }, ids),
    },
  };
}

/**
 * What a top-up does to the eSIM (`p`) that it is for. A supplier's own figures are asked for at once; where there are
 * none, the sold plans are the figures: those of the eSIM's own order and of this one. A plan that has not begun keeps
 * its days to itself, since nobody knows yet when it will.
 */
const ESIM_FOLLOWS = `update esim_profiles p set
    plan_expires_at = case when not $9 then greatest(p.plan_expires_at, $6::timestamptz)
      when p.installed_at is not null then
        coalesce(p.plan_expires_at, p.installed_at + (b.plan_snapshot->>'duration_days')::int * interval '1 day')
        + (o.plan_snapshot->>'duration_days')::int * interval '1 day'
      else p.plan_expires_at end,
    usage_total_bytes = case when m.is_metered then coalesce(p.usage_total_bytes, m.own) + m.added else p.usage_total_bytes end,
    usage_remaining_bytes = case when m.is_metered then coalesce(p.usage_remaining_bytes, m.own) + m.added
      else p.usage_remaining_bytes end,
    usage_base = case when m.is_metered then coalesce(p.usage_base, 1000) else p.usage_base end,
    usage_as_of = case when m.is_metered then clock_timestamp() else p.usage_as_of end,
    poll_at = case when $9 then p.poll_at else clock_timestamp() end
  from done d join orders o on o.id = d.order_id join esim_profiles e on e.id = d.profile_id
    join orders b on b.id = e.order_id
    cross join lateral (select
      $9 and not coalesce((b.plan_snapshot->>'is_unlimited')::boolean, false)
         and not coalesce((o.plan_snapshot->>'is_unlimited')::boolean, false) as is_metered,
      ((b.plan_snapshot->>'data_gb')::numeric * 1000000000)::bigint as own,
      ((o.plan_snapshot->>'data_gb')::numeric * 1000000000)::bigint as added) m
  where p.id = d.profile_id and p.status in ('ready', 'active') and p.ended_at is null
  returning p.id`;

const DELIVER = statement(
  "top_ups.deliver",
  `with done as (
     update top_ups t set status = 'done', supplier_top_up_id = $4, done_at = clock_timestamp(), lease_until = null,
       parked_at = null, parked_reason = null
     where t.id = $1 and t.lease_token = $2 and t.status = 'pending'
       and exists (select from esim_profiles p where p.id = t.profile_id and p.status <> 'cancelled')
     returning t.id, t.order_id, t.profile_id
   ), attempt as (
     update provisioning_attempts a set
       status = 'delivered', supplier_order_id = $4, decided_at = clock_timestamp(), reason = null, detail = null,
       call_millis = coalesce($5, a.call_millis), cost_text = coalesce($7, a.cost_text),
       cost_currency = coalesce($8, a.cost_currency)
     from done where a.id = $3
     returning a.id
   ), esim as (
     ${ESIM_FOLLOWS}
   )
   select done.id, (select count(*) from attempt) as changed, (select count(*) from esim) as followed,
     ${TOP_UP_DONE.queue({ subject: "done.id", order: "done.order_id" })} as mail
   from done`,
);

const SURPLUS = statement(
  "top_ups.record_surplus",
  `with failed as (
     update top_ups t set status = 'failed', failure_reason = 'esim_not_alive', ended_at = clock_timestamp(),
       lease_until = null, parked_at = null, parked_reason = null
     from esim_profiles p
     where t.id = $1 and t.lease_token = $2 and t.status = 'pending' and p.id = t.profile_id and p.status = 'cancelled'
     returning t.id, t.order_id
   ), attempt as (
     update provisioning_attempts a set status = 'surplus', supplier_order_id = $4, decided_at = clock_timestamp()
     from failed where a.id = $3
     returning a.id
   )
   select ${TOP_UP_PURCHASES.whenFailed}, (select ${TOP_UP_PURCHASES.enqueueSurplus("attempt.id")} from attempt) as surplus
   from failed`,
);

/**
 * It was added to an eSIM that its owner has given back meanwhile: nobody has it, so its price goes back too, and what we
 * paid is looked at. False: the lease is lost.
 */
const recordSurplus = async (
  db: Db,
  { id, lease_token: token }: TopUpClaim,
  attemptId: number,
  supplierOrderId: string,
): Promise<boolean> => (await db.run(SURPLUS, [id, token, attemptId, supplierOrderId])).count === 1;

/** Top-up, attempt, the eSIM's figures and the mail, all or nothing. False: the lease or the eSIM is lost. */
async function deliver(
  db: Db,
  claim: TopUpClaim,
  delivered: {
    readonly attemptId: number;
    readonly bought: Bought<SupplierTopUp>;
    readonly callMillis: number | null;
    readonly isMeteredHere: boolean;
  },
): Promise<boolean> {
  const { supplierOrderId, cost, thing } = delivered.bought;
  const { count } = await db.run(DELIVER, [
    claim.id,
    claim.lease_token,
    delivered.attemptId,
    supplierOrderId,
    delivered.callMillis,
    thing.expiresAt,
    cost?.amountText ?? null,
    cost?.currency ?? null,
    delivered.isMeteredHere,
  ]);
  return count === 1;
}
