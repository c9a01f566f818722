import type { Config } from "../../../config/config.js";
import type { CurrentSetting } from "../../../config/run-time-settings.js";
import type { Db } from "../../../db/database.js";
import type { Server } from "../../../http/server.js";
import { defineScheduledJob, type Jobs } from "../../jobs/jobs.module.js";
import { sweepAlarms } from "./alarm-store.js";
import { makeChooseAlarms } from "./choose-alarms.js";
import { registerAlarmChoices } from "./routes/alarm-choices.js";

const TELL_OPERATORS = defineScheduledJob("tell_operators", "*/5 * * * *");

export interface AlarmsDeps {
  readonly db: Db;
  /** For jobs. */
  readonly reservedDb: Db;
  readonly config: Config;
  readonly setting: CurrentSetting;
  readonly stockIsDefault: boolean;
}

/** Mails to the team about what waits for a decision: docs/decisions/0239-alarms-by-mail.md. */
export function makeAlarms({ db, reservedDb, config, setting, stockIsDefault }: AlarmsDeps): {
  readonly jobs: Jobs;
  registerRoutes(app: Server): void;
} {
  return {
    jobs: TELL_OPERATORS.handledBy(async () => {
      const lowStock = await setting("low_stock_threshold");
      const lowBalanceDays = await setting("low_balance_days");
      const levels = { lowStock, stockIsDefault, lowBalanceDays };
      await reservedDb.transaction((tx) => sweepAlarms(tx, levels, config.adminEmails));
    }),
    registerRoutes: (app) => registerAlarmChoices(app, makeChooseAlarms(db)),
  };
}
