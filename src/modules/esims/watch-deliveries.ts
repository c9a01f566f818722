import { type Db, statement } from "../../db/database.js";
import type { Metrics } from "../../telemetry/metrics.js";

const COUNT_OVERDUE = statement(
  "esims.count_overdue",
  `select (select count(*) from esim_profiles where status = 'pending' and due_at < now() and parked_at is null)
        + (select count(*) from top_ups where status = 'pending' and due_at < now() and parked_at is null) as count`,
);

/** For an alarm (docs/runbook.md): no paid order is forgotten, whatever became of its job (requirements R61). */
export function watchDeliveries(metrics: Metrics, db: Db): void {
  metrics.gauge(
    "deliveries_overdue",
    "eSIMs and top-ups paid for 15 minutes ago that are not delivered, refunded or parked",
    async () => (await db.run<{ count: number }>(COUNT_OVERDUE)).rows[0]?.count ?? 0,
  );
}
