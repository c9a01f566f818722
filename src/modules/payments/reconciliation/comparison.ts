import type { Db } from "../../../db/database.js";
import { type PaymentProvider, PaymentProviderUnavailable } from "../../../providers/payment/port.js";
import type { Events } from "../../../telemetry/events.js";
import { failpoint } from "../../../telemetry/failpoints.js";
import type { Logger } from "../../../telemetry/log.js";
import type { PaymentProviders } from "../payment-providers.js";
import type { ApplyAnswer, RereadPayment } from "../reread-payment.js";
import { type Finding, keepRunAlive, reportFinding } from "./reconcile-store.js";

export interface ReconcileDeps {
  readonly db: Db;
  readonly providers: PaymentProviders;
  readonly rereadPayment: RereadPayment;
  readonly applyAnswer: ApplyAnswer;
  readonly shopId: string;
  readonly events: Events;
  readonly log: Logger;
}

/** Whether the provider's books must have what our row of that time says. */
export function mustHave({ provider, wholeUntil }: Comparison, createdAt: string): boolean {
  return provider.books === "live" || (wholeUntil !== null && new Date(createdAt) < wholeUntil);
}

const DAY_MILLIS = 86_400_000;

/** Of a report the last day may still be on its way. */
export const wholeBefore = (newest: Date): Date => new Date(newest.getTime() - DAY_MILLIS);

/** Between two signs of life of a run. */
export const PAGE = 100;

export interface RunInHand {
  readonly id: number;
  readonly since: string;
  readonly applies: boolean;
}

/** One run of reconciliation while it works. */
export interface Comparison {
  readonly deps: ReconcileDeps;
  readonly provider: PaymentProvider;
  readonly run: RunInHand;
  readonly seen: { intents: number; refunds: number };
  /** Until when the books of a provider that cannot be asked are whole; null: nobody knows. */
  wholeUntil: Date | null;
  readonly intentIds: Set<string>;
  readonly refundIds: Set<string>;
  readonly findings: Finding[];
}

export async function report(comparison: Comparison, finding: Finding): Promise<void> {
  const { deps, provider, run, findings } = comparison;
  findings.push(finding);
  const isNew = await reportFinding(deps.db, provider.name, run.id, finding);
  if (isNew) {
    deps.events.reconcileFinding(
      { class: finding.class, action: finding.action },
      { subject: finding.subject, payment_id: finding.paymentId, order_id: finding.orderId },
    );
  }
}

/** Throws when somebody has taken this run for dead. */
export async function stayAlive({ deps, run, seen }: Comparison): Promise<void> {
  await failpoint("s13.mid_page");
  if (!(await keepRunAlive(deps.db, run.id, seen))) {
    throw new PaymentProviderUnavailable("This run was taken for dead; another one goes on");
  }
}
