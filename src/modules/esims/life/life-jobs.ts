import type { Jobs } from "../../jobs/jobs.module.js";

export interface LifeJobsDeps {
  readonly applySupplierEvent: (eventId: number, isLastTry: boolean) => Promise<void>;
  readonly pollEsims: () => Promise<void>;
  readonly expireUnused: () => Promise<void>;
  readonly readBalances: () => Promise<void>;
  readonly watchPrices: () => Promise<void>;
  /** What waited for a balance or a price goes on. */
  readonly freeCured: () => Promise<void>;
  /** What was ruled out by silence is searched for again. */
  readonly lookBackAtRefusals: () => Promise<void>;
  readonly forgetDecisionKeys: () => Promise<void>;
}

/** What happens to eSIMs and suppliers after delivery, by the clock and by events. */
export function makeLifeJobs(deps: LifeJobsDeps): Jobs {
  return {
    handlers: {
      apply_supplier_event: async ({ event_id: eventId }, { attempt, attemptsMax }) => {
        await deps.applySupplierEvent(Number(eventId), attempt >= attemptsMax);
      },
      poll_esims: () => deps.pollEsims(),
      expire_unused_esims: () => deps.expireUnused(),
      read_supplier_balances: async () => {
        await deps.readBalances();
        await deps.freeCured();
      },
      watch_supplier_prices: async () => {
        await deps.watchPrices();
        await deps.freeCured();
      },
      look_back_at_refusals: () => deps.lookBackAtRefusals(),
      forget_decision_keys: () => deps.forgetDecisionKeys(),
    },
    scheduled: [
      { task: "poll_esims", cron: "* * * * *" },
      { task: "expire_unused_esims", cron: "23 * * * *" },
      { task: "read_supplier_balances", cron: "*/5 * * * *" },
      { task: "watch_supplier_prices", cron: "41 */6 * * *" },
      { task: "look_back_at_refusals", cron: "11,41 * * * *" },
      { task: "forget_decision_keys", cron: "29 * * * *" },
    ],
  };
}
