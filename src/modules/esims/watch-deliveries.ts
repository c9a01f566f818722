import { type Db, statement } from "../../db/database.js";
import type { Metrics } from "../../telemetry/metrics.js";
import { ESIM_READY } from "./delivery/mail-kinds.js";

const COUNT_OVERDUE = statement(
  "esims.count_overdue",
  `select (select count(*) from esim_profiles where status = 'pending' and due_at < now() and parked_at is null)
        + (select count(*) from top_ups where status = 'pending' and due_at < now() and parked_at is null) as count`,
);

/**
 * Ready for a quarter of an hour, and neither mailed nor shown: its owner has left or is locked out, the mail server
 * refuses the address, or no mail goes out at all. Who composes a mail is on record as one who has seen the code, so that
 * alone does not count.
 */
const COUNT_UNSEEN = statement(
  "esims.count_unseen",
  `select count(distinct p.id) as count
   from outgoing_mails mail join esim_profiles p on p.id = mail.subject_id join orders o on o.id = p.order_id
   where mail.kind = 'esim_ready' and mail.status <> 'sent' and not ${ESIM_READY.wasSent("p.id")}
     and p.status in ('ready', 'active') and p.ended_at is null
     and p.provisioned_at < now() - interval '15 minutes' and o.status = 'paid'
     and not exists (select from esim_reveals r where r.profile_id = p.id and r.channel <> 'mail')`,
);

/** For alarms (docs/runbook.md): no paid order is forgotten, whatever became of its job, and nobody waits for a mail unseen. */
export function watchDeliveries(metrics: Metrics, db: Db): void {
  metrics.gauge(
    "deliveries_overdue",
    "eSIMs and top-ups paid for 15 minutes ago that are not delivered, refunded or parked",
    async () => (await db.run<{ count: number }>(COUNT_OVERDUE)).rows[0]?.count ?? 0,
  );
  metrics.gauge(
    "esims_unseen",
    "eSIMs ready for 15 minutes that were neither mailed nor shown to anybody",
    async () => (await db.run<{ count: number }>(COUNT_UNSEEN)).rows[0]?.count ?? 0,
  );
}
