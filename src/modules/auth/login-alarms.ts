import { type Db, statement } from "../../db/database.js";
import type { Metrics } from "../../telemetry/metrics.js";

const FAILURE_RATIO = statement(
  "alarms.failure_ratio",
  `select tries::float / greatest(tries + logins, 1) as value from (
     select (select count(*) from auth_tries where created_at > now() - interval '5 minutes') as tries,
       (select count(*) from auth_codes
        where created_at > now() - interval '20 minutes' and used_at > now() - interval '5 minutes') as logins
   ) counted`,
);

const EMAILS_UNDER_SIEGE = statement(
  "alarms.emails_under_siege",
  `select count(*)::integer as value from (
     select from auth_codes where created_at > now() - interval '1 hour'
     group by email having count(distinct ip_address) >= 5
   ) asked`,
);

/** Read when the metrics are scraped, from the database: so they hold for all processes together. */
export function addLoginAlarms(metrics: Metrics, db: Db): void {
  const read = (query: typeof FAILURE_RATIO) => async (): Promise<number> => {
    try {
      return (await db.run<{ value: number }>(query)).rows[0]?.value ?? 0;
    } catch {
      // A scrape must answer while the database does not.
      return Number.NaN;
    }
  };
  metrics.gauge(
    "login_failure_ratio",
    "Wrong codes among all tries of the last 5 minutes, 0 to 1",
    read(FAILURE_RATIO),
  );
  metrics.gauge(
    "login_emails_under_siege",
    "E-mails that 5 or more client addresses asked codes for within the hour",
    read(EMAILS_UNDER_SIEGE),
  );
}
