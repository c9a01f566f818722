import type { Act } from "../../../db/act.js";
import { type Queryable, statement } from "../../../db/database.js";
import type { Language } from "../../../kernel/language.js";
import { ESIM_REMINDER } from "./mail-kinds.js";

const NOTE_LANGUAGE = statement(
  "esim_mails.note_language",
  "update esim_profiles set language = $2 where id = $1 and language is null",
);

/** Where the order did not say what its buyer reads, the activation may. */
export async function noteLanguage(db: Queryable, profileId: number, language: Language): Promise<void> {
  await db.run(NOTE_LANGUAGE, [profileId, language]);
}

/** Two weeks before the end, or in the last quarter of a shorter life. */
const QUEUE_REMINDERS = statement(
  "esim_mails.queue_reminders",
  `select ${ESIM_REMINDER.queue({ subject: "p.id", order: "p.order_id" })}
   from esim_profiles p join orders o on o.id = p.order_id join users u on u.id = p.user_id
   where p.status = 'ready' and o.status = 'paid' and u.deleted_at is null and u.disabled_at is null
     and p.use_by > now() and p.use_by < now() + interval '14 days'
     and p.use_by < now() + least(interval '14 days', (p.use_by - p.provisioned_at) / 4)
     and not exists (select from outgoing_mails m where m.kind = '${ESIM_REMINDER.kind}' and m.subject_id = p.id)
   limit 1000`,
);

/** Queues what is due and not yet queued. */
export async function queueReminders(db: Queryable): Promise<void> {
  await db.run(QUEUE_REMINDERS);
}

const OPERATOR_REVEAL = statement(
  "esim_mails.operator_reveal",
  `insert into audit_log (actor, action, subject, request_id, after)
   values ($1, 'esim.code_shown', $2, $3, case when $4::text is not null then jsonb_build_object('reason', $4::text) end)`,
);

/** Who of the operators asked for whose code: beside esim_reveals, so that the audit log tells it too. */
export async function logOperatorReveal(db: Queryable, profileId: number, act: Act): Promise<void> {
  await db.run(OPERATOR_REVEAL, [act.actor, `esim:${profileId}`, act.requestId, act.reason ?? null]);
}
