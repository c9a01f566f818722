import { type PaymentProvider, PaymentProviderUnavailable } from "../../../providers/payment/port.js";
import { compareIntents } from "./compare-intents.js";
import { compareOurs } from "./compare-ours.js";
import { compareRefunds, readChanges, readDisputes } from "./compare-refunds.js";
import type { Comparison, ReconcileDeps, RunInHand } from "./comparison.js";
import { readFees } from "./read-fees.js";
import { beginRunIfDue, type Finding, finishRun, keepRunAlive } from "./reconcile-store.js";

export interface ReconcileOptions {
  /** ISO 8601; null means the last three days by the database's clock. */
  readonly since: string | null;
  /** False only reports; nothing is repaired. */
  readonly applies: boolean;
  /** Null runs whenever asked; else at most once in so many minutes over all processes. */
  readonly intervalMinutes: number | null;
}

export interface ReconcileReport {
  readonly provider: string;
  readonly runId: number;
  readonly since: string;
  readonly intents: number;
  readonly refunds: number;
  readonly findings: readonly Finding[];
  /** Why it ended on the way, e.g. the provider stopped answering; what was found before holds. */
  readonly failure: string | null;
}

/**
 * Compares our books with the provider's, both ways. What is certain is put right by the settle step that webhooks
 * take; everything else is a finding with a class, for an operator. One runner at a time, kept by a row and not by a
 * connection, since the provider is slow.
 */
export function makeReconcile(deps: ReconcileDeps) {
  return async function reconcile(options: ReconcileOptions): Promise<readonly ReconcileReport[]> {
    const reports: ReconcileReport[] = [];
    // Each provider is compared by itself: one whose books cannot be read at all does not end the comparison of the next.
    for (const provider of deps.providers.all) {
      const intervalMinutes = intervalOf(provider, options.intervalMinutes);
      const run = await beginRunIfDue(deps.db, provider.name, { ...options, intervalMinutes });
      if (run === undefined) continue;
      reports.push(await compare(deps, provider, { ...run, applies: options.applies }));
    }
    return reports;
  };
}

/** Reports are made once a day. */
const REPORT_INTERVAL_MINUTES = 60;

const intervalOf = (provider: PaymentProvider, minutes: number | null): number | null =>
  minutes === null ? null : minutes + longerBy(provider, minutes);

/** By so many minutes more than the shop's interval this provider's books are compared. */
export const longerBy = ({ books }: Pick<PaymentProvider, "books">, minutes: number): number =>
  books === "live" ? 0 : Math.max(0, REPORT_INTERVAL_MINUTES - minutes);

async function compare(
  deps: ReconcileDeps,
  provider: PaymentProvider,
  run: RunInHand,
): Promise<ReconcileReport> {
  const comparison: Comparison = {
    deps,
    provider,
    run,
    seen: { intents: 0, refunds: 0 },
    wholeUntil: null,
    intentIds: new Set(),
    refundIds: new Set(),
    findings: [],
  };
  let failure: string | null = null;
  try {
    await compareIntents(comparison);
    await compareRefunds(comparison);
    await readDisputes(comparison);
    await readChanges(comparison);
    await compareOurs(comparison);
    await readFees(comparison);
  } catch (error) {
    failure = error instanceof Error ? error.message : String(error);
    const names = { provider: provider.name, run_id: run.id };
    if (!(error instanceof PaymentProviderUnavailable)) {
      deps.log.error({ err: error, ...names }, "books could not be compared");
    }
  }
  await keepRunAlive(deps.db, run.id, comparison.seen);
  await finishRun(deps.db, run.id, failure);
  const { seen, findings } = comparison;
  return { provider: provider.name, runId: run.id, since: run.since, ...seen, findings, failure };
}
