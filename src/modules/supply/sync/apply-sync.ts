import type { Act } from "../../../db/act.js";
import { writeAudit } from "../../../db/audit-log.js";
import type { Db, Tx } from "../../../db/database.js";
import { failpoint } from "../../../telemetry/failpoints.js";
import { putPlans } from "../../catalog/catalog.module.js";
import { type BoughtFrom, replaceSuppliersOfPlans } from "../../esims/esims.module.js";
import { isSameState, stateOf } from "./diff-plans.js";
import { acceptPackages } from "./package-store.js";
import {
  beginSyncIfAllowed,
  countEnds,
  endSteps,
  finishSync,
  type SyncEnds,
  type TakenStep,
  takeSteps,
} from "./sync-store.js";
import { adoptPlans, listVanishedPlans, lockSyncedPlans, planIdsOf, skusTaken } from "./synced-plan-store.js";

export interface ApplyCommand {
  readonly syncId: number;
  /** A person says that the steps that are held are right. */
  readonly acceptsHeld: boolean;
  readonly act: Act;
}

export type ApplyReport = { readonly kind: "not_allowed" } | ({ readonly kind: "applied" } & SyncEnds);

/** Ends the unpaid orders of plans that nobody sells any more; how many. */
export type CloseUnpaidOrders = (tx: Tx, planIds: readonly number[]) => Promise<number>;

export type ApplySync = (command: ApplyCommand) => Promise<ApplyReport>;

export interface ApplySyncDeps {
  readonly db: Db;
  readonly onChanged: () => void;
  readonly closeUnpaidOrders: CloseUnpaidOrders;
}

/** Steps of one transaction: few round trips, and a kill takes back no more than these. */
const BATCH = 100;

/**
 * Applies the steps of a synchronisation, each once, in transactions that each leave a whole catalogue behind. Cut off,
 * the same call goes on where it stopped. A plan that is not as it was when the difference was made is left alone.
 */
export function makeApplySync({ db, onChanged, closeUnpaidOrders }: ApplySyncDeps): ApplySync {
  return async ({ syncId, acceptsHeld, act }) => {
    const begun = await beginSyncIfAllowed(db, syncId, acceptsHeld);
    if (begun === undefined) return { kind: "not_allowed" };
    try {
      for (;;) {
        await failpoint("s14.before_batch");
        const count = await applyAgain(() =>
          db.transaction((tx) =>
            applyBatch(tx, { syncId, acceptsHeld: begun.acceptsHeld, act }, closeUnpaidOrders),
          ),
        );
        await failpoint("s14.after_batch");
        if (count === 0) break;
      }
      await finishSync(db, syncId);
    } finally {
      onChanged();
    }
    return { kind: "applied", ...(await countEnds(db, syncId)) };
  };
}

/** Somebody made a plan under the SKU of one of ours after we had looked: nothing of the batch is kept. */
class SkuTakenMeanwhile extends Error {}
const ATTEMPTS_MAX = 5;

/** What was taken meanwhile is seen by the next attempt, which leaves that step out. */
async function applyAgain(apply: () => Promise<number>): Promise<number> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await apply();
    } catch (error) {
      if (!(error instanceof SkuTakenMeanwhile) || attempt === ATTEMPTS_MAX) throw error;
    }
  }
}

async function applyBatch(
  tx: Tx,
  { syncId, acceptsHeld, act }: ApplyCommand,
  closeUnpaidOrders: CloseUnpaidOrders,
): Promise<number> {
  const steps = await takeSteps(tx, syncId, acceptsHeld, BATCH);
  if (steps.length === 0) return 0;
  const skipped = await outdatedSteps(tx, steps);
  const good = steps.filter(({ position }) => !skipped.has(position));
  await failpoint("s14.before_write");
  if (good.length > 0) await write(tx, good);
  const gone = good.filter(({ kind }) => kind === "pause").map(({ product_key: key }) => key);
  const closed = gone.length === 0 ? 0 : await closeUnpaidOrders(tx, await listVanishedPlans(tx, gone));
  await failpoint("s14.after_write");
  const ends = steps.map(({ position }) => ({ position, skipped_reason: skipped.get(position) ?? null }));
  await endSteps(tx, syncId, ends);
  const after = {
    applied: good.length,
    skipped: skipped.size,
    from: steps[0]?.position,
    ...(closed === 0 ? {} : { closed_orders: closed }),
  };
  await writeAudit(tx, act, { action: "catalogue.synced", subject: `catalogue_sync:${syncId}`, after });
  return steps.length;
}

async function outdatedSteps(tx: Tx, steps: readonly TakenStep[]): Promise<ReadonlyMap<number, string>> {
  const plans = await lockSyncedPlans(
    tx,
    steps.map(({ product_key: key }) => key),
  );
  const now = new Map(plans.map((plan) => [plan.productKey, stateOf(plan)]));
  const taken = await skusTaken(
    tx,
    steps.flatMap(({ before, after }) => (before === null ? [after.draft.sku] : [])),
  );
  const skipped = new Map<number, string>();
  for (const { position, product_key: key, before, after } of steps) {
    const state = now.get(key) ?? null;
    const wanted = before === null ? null : { ...before, prices: sorted(before.prices) };
    if (!isSameState(state, orderedState(wanted))) skipped.set(position, "changed_meanwhile");
    else if (state === null && taken.has(after.draft.sku)) skipped.set(position, "sku_taken");
  }
  return skipped;
}

/** JSON in the database keeps no order of members. */
const orderedState = (state: TakenStep["before"]): TakenStep["before"] =>
  state === null
    ? null
    : { prices: sorted(state.prices), suppliers: state.suppliers, pausedReason: state.pausedReason };

const sorted = (prices: Readonly<Record<string, number>>): Record<string, number> =>
  Object.fromEntries(Object.entries(prices).sort(([a], [b]) => (a < b ? -1 : 1)));

async function write(tx: Tx, steps: readonly TakenStep[]): Promise<void> {
  const drafts = steps.map(({ after }) => after.draft);
  const currencies = [...new Set(steps.flatMap(({ before }) => Object.keys(before?.prices ?? {})))];
  const { created } = await putPlans(tx, drafts, currencies);
  const fresh = steps.filter(({ before }) => before === null);
  if (created !== fresh.length) throw new SkuTakenMeanwhile("A SKU was taken while plans were made");
  await adoptPlans(
    tx,
    fresh.map(({ product_key, after }) => ({ sku: after.draft.sku, product_key })),
  );
  const ids = await planIdsOf(
    tx,
    steps.map(({ product_key: key }) => key),
  );
  const bought = steps.flatMap(({ product_key: key, after }): BoughtFrom[] =>
    (after.suppliers ?? []).map((one, rank) => ({
      plan_id: ids.get(key) ?? 0,
      supplier: one.supplier,
      package_id: one.packageId,
      rank,
      cost_text: one.costText,
      cost_currency: one.costCurrency,
      cost_minor: one.costMinor,
      use_within_days: one.useWithinDays,
      validity_starts: one.validityStarts,
    })),
  );
  const changed = steps.flatMap(({ product_key: key, after }) =>
    after.suppliers === null ? [] : [ids.get(key) ?? 0],
  );
  await replaceSuppliersOfPlans(tx, changed, bought);
  const accepted = steps.flatMap(({ product_key: productKey, after }) =>
    (after.suppliers ?? []).map((one) => ({
      supplier: one.supplier,
      package_id: one.packageId,
      accepted: { productKey, costText: one.costText, costCurrency: one.costCurrency },
    })),
  );
  await acceptPackages(tx, accepted);
}
