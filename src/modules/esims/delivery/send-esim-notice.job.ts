import type { Db } from "../../../db/database.js";
import { languageOr } from "../../../kernel/language.js";
import { mailText } from "../../../providers/mail/formats/mail-text.js";
import type { Mail, MailOutcome } from "../../../providers/mail/port.js";
import { failpoint } from "../../../telemetry/failpoints.js";
import type { JobHandler } from "../../jobs/jobs.module.js";
import { installUrl, makeLinkSecret } from "./link-secret.js";
import { confirmMail } from "./mail-store.js";
import { claimNotice, NOTICES, type Notice, type NoticeClaim, settleNotice } from "./notice-store.js";
import { signatureOf, type Texts, type TextsIn } from "./texts.js";

export interface SendEsimNoticeDeps {
  readonly db: Db;
  readonly mailer: { send(mail: Mail): Promise<MailOutcome> };
  readonly publicUrl: string;
  readonly textsIn: TextsIn;
}

/** Mails one notice, once, in the same manner as the eSIM itself is mailed. */
export function makeSendEsimNoticeJob({ db, mailer, publicUrl, textsIn }: SendEsimNoticeDeps): JobHandler {
  return async ({ profile_id: profileId, notice: name }) => {
    const notice = NOTICES.find((one) => one === name);
    if (typeof profileId !== "number" || notice === undefined)
      throw new Error("send_esim_notice needs a profile_id and a notice");
    const link = notice === "reminder" ? makeLinkSecret() : null;
    const claim = await claimNotice(db, notice, profileId, link?.hash ?? null);
    if (claim === undefined) return;
    const texts = textsIn(languageOr(claim.language));
    const page = link === null ? null : installUrl(publicUrl, link.secret);
    const { subject, paragraphs } = wordsOf(notice, claim, texts, page);
    await failpoint("s10.after_claim_before_mail");
    if (link !== null && !(await confirmMail(db, profileId, claim.claimed_until))) return;
    const outcome = await mailer.send({
      template: `esim_${notice}`,
      reference: `esim-${notice}-${profileId}`,
      to: { address: claim.email },
      subject,
      text: mailText(paragraphs, signatureOf(texts)),
    });
    await settleNotice(db, notice, profileId, outcome.kind !== "unknown");
    if (outcome.kind === "unknown") throw new Error(`The mail server did not take it: ${outcome.cause}`);
  };
}

function wordsOf(
  notice: Notice,
  claim: NoticeClaim,
  { text, day, moment, shop }: Texts,
  page: string | null,
): { subject: string; paragraphs: readonly string[] } {
  const named = { plan: claim.plan_name, reference: claim.order_reference };
  if (notice === "failed") {
    return {
      subject: text("failed.subject"),
      paragraphs: [text("failed.what", named), text("failed.money"), text("failed.next")],
    };
  }
  const until = claim.use_by === null ? "" : day(claim.use_by);
  const pageUntil = claim.link_expires_at === null ? "" : moment(claim.link_expires_at);
  return {
    subject: text("reminder.subject", { until }),
    paragraphs: [
      text("reminder.what", { ...named, until }),
      text("reminder.done"),
      `${text("reminder.page", { until: pageUntil })}\n${page ?? shop.url}`,
      text("mail.later"),
    ],
  };
}
