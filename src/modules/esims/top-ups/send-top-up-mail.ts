import { type Db, statement } from "../../../db/database.js";
import { languageOr } from "../../../kernel/language.js";
import { mailText } from "../../../providers/mail/formats/mail-text.js";
import type { Mail, MailOutcome } from "../../../providers/mail/port.js";
import { failpoint } from "../../../telemetry/failpoints.js";
import { signatureOf, type TextsIn } from "../delivery/texts.js";

export type SendTopUpMail = (topUpId: number) => Promise<void>;

interface MailClaim {
  readonly status: "done" | "failed";
  readonly language: string | null;
  readonly email: string;
  readonly plan_name: string;
  readonly order_reference: string;
  readonly esim_name: string;
}

/** One sender at a time. An order that was never paid ends as failed too and is nobody's disappointment. */
const CLAIM = statement(
  "top_ups.claim_mail",
  `update top_ups t set mail_claimed_until = now() + interval '60 seconds'
   from orders o, users u, esim_profiles p, orders b
   where t.id = $1 and t.status in ('done', 'failed') and t.mailed_at is null
     and t.failure_reason is distinct from 'order_not_paid'
     and (t.mail_claimed_until is null or t.mail_claimed_until < now())
     and o.id = t.order_id and u.id = t.user_id and u.deleted_at is null and p.id = t.profile_id and b.id = p.order_id
   returning t.status, coalesce(t.language, p.language) as language, u.email, o.plan_snapshot->>'name' as plan_name,
     o.reference as order_reference, b.plan_snapshot->>'name' as esim_name`,
);

/** What the mail server refuses for good counts as sent: it has no second address to go to. */
const SETTLE = statement(
  "top_ups.settle_mail",
  "update top_ups set mail_claimed_until = null, mailed_at = case when $2 then now() end where id = $1 and mailed_at is null",
);

/** Tells the customer that the top-up is there, or that it could not be added and the money goes back. */
export function makeSendTopUpMail(deps: {
  readonly db: Db;
  readonly mailer: { send(mail: Mail): Promise<MailOutcome> };
  readonly textsIn: TextsIn;
}): SendTopUpMail {
  return async (topUpId) => {
    const claim = (await deps.db.run<MailClaim>(CLAIM, [topUpId])).rows[0];
    if (claim === undefined) return;
    const texts = deps.textsIn(languageOr(claim.language));
    const { text } = texts;
    const named = { plan: claim.plan_name, esim: claim.esim_name, reference: claim.order_reference };
    const paragraphs =
      claim.status === "done"
        ? [text("top_up.what", named), text("top_up.nothing_to_do"), text("top_up.where")]
        : [text("top_up_failed.what", named), text("failed.money"), text("top_up_failed.next")];
    await failpoint("s10.after_claim_before_mail");
    const outcome = await deps.mailer.send({
      template: `top_up_${claim.status}`,
      reference: `top-up-${claim.status}-${topUpId}`,
      to: { address: claim.email },
      subject: text(claim.status === "done" ? "top_up.subject" : "top_up_failed.subject"),
      text: mailText(paragraphs, signatureOf(texts)),
    });
    await failpoint("s10.after_mail_before_mark");
    await deps.db.run(SETTLE, [topUpId, outcome.kind !== "unknown"]);
    if (outcome.kind === "unknown") throw new Error(`The mail server did not take it: ${outcome.cause}`);
  };
}
