import { defineScheduledJob, type Jobs, joinJobs } from "../../jobs/jobs.module.js";
import { APPLY_SUPPLIER_EVENT } from "../suppliers/supplier-event-store.js";
import { WATCH_SUPPLIER_PRICES } from "../suppliers/watch-prices-job.js";

export interface LifeJobsDeps {
  readonly applySupplierEvent: (eventId: number, isLastTry: boolean) => Promise<void>;
  readonly pollEsims: () => Promise<void>;
  readonly expireUnused: () => Promise<void>;
  readonly readBalances: () => Promise<void>;
  readonly watchPrices: () => Promise<void>;
  /** How suppliers did is counted by the hour. */
  readonly noteSupplierHours: () => Promise<void>;
  /** What waited for a balance or a price goes on. */
  readonly freeCured: () => Promise<void>;
  /** What was ruled out by silence is searched for again. */
  readonly lookBackAtRefusals: () => Promise<void>;
  readonly forgetDecisionKeys: () => Promise<void>;
}

const POLL_ESIMS = defineScheduledJob("poll_esims", "* * * * *");
const EXPIRE_UNUSED_ESIMS = defineScheduledJob("expire_unused_esims", "23 * * * *");
const READ_SUPPLIER_BALANCES = defineScheduledJob("read_supplier_balances", "*/5 * * * *");
const LOOK_BACK_AT_REFUSALS = defineScheduledJob("look_back_at_refusals", "11,41 * * * *");
const FORGET_DECISION_KEYS = defineScheduledJob("forget_decision_keys", "29 * * * *");

/** What happens to eSIMs and suppliers after delivery, by the clock and by events. */
export function makeLifeJobs(deps: LifeJobsDeps): Jobs {
  return joinJobs(
    APPLY_SUPPLIER_EVENT.handledBy(({ event_id: eventId }, { attempt, attemptsMax }) =>
      deps.applySupplierEvent(eventId, attempt >= attemptsMax),
    ),
    POLL_ESIMS.handledBy(() => deps.pollEsims()),
    EXPIRE_UNUSED_ESIMS.handledBy(() => deps.expireUnused()),
    READ_SUPPLIER_BALANCES.handledBy(async () => {
      await deps.readBalances();
      await deps.noteSupplierHours();
      await deps.freeCured();
    }),
    WATCH_SUPPLIER_PRICES.handledBy(async () => {
      await deps.watchPrices();
      await deps.freeCured();
    }),
    LOOK_BACK_AT_REFUSALS.handledBy(() => deps.lookBackAtRefusals()),
    FORGET_DECISION_KEYS.handledBy(() => deps.forgetDecisionKeys()),
  );
}
