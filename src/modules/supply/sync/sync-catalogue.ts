import type { Act } from "../../../db/act.js";
import type { Db, Tx } from "../../../db/database.js";
import type { EsimSupplier } from "../../../providers/esim/port.js";
import type { Events } from "../../../telemetry/events.js";
import type { Logger } from "../../../telemetry/log.js";
import { findIsoCountry, type PriceProblem } from "../../catalog/catalog.module.js";
import { pricingWith } from "../pricing/explain-price.js";
import type { Pricing } from "../pricing/price-package.js";
import { findRuleSet } from "../pricing/rule-store.js";
import type { RateLimits } from "../rates/rate-book.js";
import { desiredCatalogue, type SyncFinding } from "./desired-plans.js";
import { diffPlans, type SyncStep, wholeHeldReason } from "./diff-plans.js";
import {
  countPackages,
  listPackages,
  packagesSoldByHand,
  type StoredCounts,
  storePackages,
} from "./package-store.js";
import { readCatalogue, type UnreadCatalogue, type WholeCatalogue } from "./read-catalogue.js";
import { marginsOf } from "./step-margins.js";
import { addSync, lockSyncs, type SyncCounts } from "./sync-store.js";
import { listSyncedPlans, type SyncedPlan, skusTaken } from "./synced-plan-store.js";

export interface SyncDeps {
  readonly db: Db;
  readonly suppliers: readonly EsimSupplier[];
  readonly limits: RateLimits;
  /** Asked for each comparison: operators change it. */
  readonly maxChangePercent: () => number | Promise<number>;
  readonly priceProblem: PriceProblem;
  readonly events: Events;
  readonly log: Logger;
}

export interface SyncCommand {
  /** Null: every supplier that sells for a balance. */
  readonly supplier: string | null;
  /** Does everything, reports it, and takes it back. */
  readonly isDryRun: boolean;
  /** Takes a list that is less than half of what it was. */
  readonly acceptsHeld: boolean;
  readonly act: Act;
}

export type SyncReport =
  | { readonly kind: "no_rules" }
  | { readonly kind: "unknown_supplier" }
  | {
      readonly kind: "compared";
      /** Null: nothing differs, or it was a dry run. */
      readonly syncId: number | null;
      readonly counts: SyncCounts;
      readonly heldReason: string | null;
      readonly findings: readonly SyncFinding[];
      readonly steps: readonly SyncStep[];
      readonly unread: readonly UnreadCatalogue[];
    };

type Compared = Extract<SyncReport, { kind: "compared" }>;

/** Ends the transaction of a dry run without keeping anything. */
class DryRun extends Error {
  constructor(readonly report: Compared) {
    super("dry run");
  }
}

const FINDINGS_KEPT = 500;

/**
 * Reads what suppliers sell and keeps the difference to the catalogue as steps. A catalogue that is not read whole
 * changes nothing and alarms; the others are compared all the same.
 */
export function makeSyncCatalogue(deps: SyncDeps) {
  return async (command: SyncCommand): Promise<SyncReport> => {
    const asked = deps.suppliers.filter(
      ({ id, capabilities }) =>
        capabilities.isPrepaid && (command.supplier === null || id === command.supplier),
    );
    if (asked.length === 0 && command.supplier !== null) return { kind: "unknown_supplier" };
    if ((await findRuleSet(deps.db)) === undefined) return { kind: "no_rules" };
    const unread: UnreadCatalogue[] = [];
    const whole: WholeCatalogue[] = [];
    for (const supplier of asked) {
      const reading = await readWhole(deps, supplier, command.acceptsHeld);
      if (reading.kind === "whole") whole.push(reading);
      else unread.push(reading);
    }
    const maxChangePercent = await deps.maxChangePercent();
    try {
      return await deps.db.transaction(async (tx) => {
        const report = await compare({ ...deps, maxChangePercent }, tx, whole, command.act);
        const full: Compared = { ...report, unread };
        if (command.isDryRun) throw new DryRun({ ...full, syncId: null });
        return full;
      });
    } catch (error) {
      if (error instanceof DryRun) return error.report;
      throw error;
    }
  };
}

async function readWhole(
  { db, events, log }: SyncDeps,
  supplier: EsimSupplier,
  acceptsShrunk: boolean,
): Promise<WholeCatalogue | UnreadCatalogue> {
  const reading = await readCatalogue(supplier);
  const known = await countPackages(db, supplier.id);
  const isShrunk = reading.kind === "whole" && reading.packages.length * 2 < known && !acceptsShrunk;
  const unread: UnreadCatalogue | undefined =
    reading.kind === "unread"
      ? reading
      : isShrunk
        ? {
            kind: "unread",
            supplier: supplier.id,
            problem: "shrunk",
            why: `${reading.packages.length} packages, less than half of ${known}`,
          }
        : undefined;
  if (unread === undefined) return reading;
  events.catalogueUnread({ supplier: supplier.id, problem: unread.problem });
  log.warn({ supplier: supplier.id, detail: unread.why }, "a supplier's catalogue was not read whole");
  return unread;
}

async function compare(
  deps: Omit<SyncDeps, "maxChangePercent"> & { readonly maxChangePercent: number },
  tx: Tx,
  whole: readonly WholeCatalogue[],
  act: Act,
): Promise<Omit<Compared, "unread">> {
  await lockSyncs(tx);
  const stored = { added: 0, changed: 0, vanished: 0 };
  for (const catalogue of whole) addCounts(stored, await storePackages(tx, catalogue));
  const set = await findRuleSet(tx);
  if (set === undefined) throw new Error("The price rules are gone");
  const pricing = await pricingWith({ ...deps, db: tx }, set.rules);
  const packages = await listPackages(tx);
  const desired = await desiredCatalogue(pricing, packages, await packagesSoldByHand(tx));
  const current = await listSyncedPlans(tx);
  const nameOf = (iso2: string): string => findIsoCountry(iso2)?.name ?? iso2;
  const { steps: bare, taken } = await possibleSteps(tx, diffPlans(desired, current, nameOf));
  const steps = withMargins(pricing, bare, current);
  const findings = [...desired.findings, ...whole.flatMap(doubts), ...taken];
  const onSale = current.filter(({ pausedReason }) => pausedReason === null).length;
  const heldReason = wholeHeldReason(steps.length, { onSale, known: current.length }, deps.maxChangePercent);
  const counts = countsOf(steps, findings.length, packages.length, stored);
  const kept = findings.slice(0, FINDINGS_KEPT);
  const syncId =
    steps.length === 0
      ? null
      : await addSync(tx, { actor: act.actor, counts, findings: kept, heldReason, steps });
  return { kind: "compared", syncId, counts, heldReason, findings: kept, steps };
}

function withMargins(
  pricing: Pricing,
  steps: readonly SyncStep[],
  current: readonly SyncedPlan[],
): readonly SyncStep[] {
  const known = new Map(current.map((plan) => [plan.productKey, plan]));
  return steps.map((step) => {
    const margins = marginsOf(pricing, step, known.get(step.productKey));
    return { ...step, after: { ...step.after, margins } };
  });
}

/** Plans under a SKU that a person's plan has are not made: that would be its price, or the end of it. */
async function possibleSteps(
  tx: Tx,
  steps: readonly SyncStep[],
): Promise<{ readonly steps: readonly SyncStep[]; readonly taken: readonly SyncFinding[] }> {
  const skus = steps.flatMap(({ before, after }) => (before === null ? [after.draft.sku] : []));
  const theirs = await skusTaken(tx, skus);
  const isTaken = ({ before, after }: SyncStep): boolean => before === null && theirs.has(after.draft.sku);
  const why = (sku: string): string => `A plan that a person made has the SKU ${sku}. Give it another one.`;
  const taken = steps.filter(isTaken).flatMap(({ after }) =>
    (after.suppliers ?? []).map(({ supplier, packageId }): SyncFinding => {
      return { supplier, package_id: packageId, code: "sku_taken", why: why(after.draft.sku) };
    }),
  );
  return { steps: steps.filter((step) => !isTaken(step)), taken };
}

function addCounts(sum: { added: number; changed: number; vanished: number }, one: StoredCounts): void {
  sum.added += one.added;
  sum.changed += one.changed;
  sum.vanished += one.vanished;
}

const doubts = ({ supplier, doubtful }: WholeCatalogue): SyncFinding[] =>
  doubtful.map(({ packageId, why }) => ({ supplier, package_id: packageId, code: "not_understood", why }));

function countsOf(
  steps: readonly SyncStep[],
  undecided: number,
  packages: number,
  stored: StoredCounts,
): SyncCounts {
  const of = (kind: SyncStep["kind"]): number => steps.filter((step) => step.kind === kind).length;
  const moves = steps.flatMap(({ before, after }) =>
    Object.entries(before?.prices ?? {}).map(([currency, minor]) =>
      Math.sign((after.draft.prices[currency] ?? minor) - minor),
    ),
  );
  return {
    packages,
    ...stored,
    create: of("create"),
    change: of("change"),
    pause: of("pause"),
    price_up: moves.filter((sign) => sign > 0).length,
    price_down: moves.filter((sign) => sign < 0).length,
    held: steps.filter(({ heldReason }) => heldReason !== null).length,
    undecided,
  };
}
