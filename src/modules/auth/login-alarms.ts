import { type Db, type Statement, statement, type Values } from "../../db/database.js";
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

/** How much of an hour's ceiling is used up: 1 is all of it. The counts are those of the ceilings themselves. */
const shareOf = (table: "auth_codes" | "auth_tries") =>
  statement(
    `alarms.ceiling_of_${table}`,
    `select case when $1 < 999999 then least(1, count(*)::float / $1) else 0 end as value from (
       select from ${table} where created_at > now() - interval '1 hour' limit $1
     ) counted`,
  );

/** Read when the metrics are scraped, from the database: so they hold for all processes together. */
export function addLoginAlarms(
  metrics: Metrics,
  db: Db,
  ceilings: { readonly codesPerHour: number; readonly triesPerHour: number },
): void {
  const read =
    (query: Statement, values: Values = []) =>
    async (): Promise<number> => {
      try {
        return (await db.run<{ value: number }>(query, values)).rows[0]?.value ?? 0;
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
  metrics.gauge(
    "login_codes_of_ceiling",
    "Codes of the last hour as a part of RATE_LIMIT_CODES_PER_HOUR, 0 to 1; 0 when that is off",
    read(shareOf("auth_codes"), [ceilings.codesPerHour]),
  );
  metrics.gauge(
    "login_tries_of_ceiling",
    "Wrong tries of the last hour as a part of OTP_WRONG_TRIES_PER_HOUR, 0 to 1; 0 when that is off",
    read(shareOf("auth_tries"), [ceilings.triesPerHour]),
  );
}
