import type { Db } from "../../../db/database.js";
import type { Mail, MailOutcome } from "../../../providers/mail/port.js";
import { failpoint } from "../../../telemetry/failpoints.js";
import type { JobHandler } from "../../jobs/jobs.module.js";
import { findEsim } from "../esim-read-model.js";
import type { ShowEsim } from "../show-esims.js";
import { esimMail } from "./esim-mail.js";
import { installUrl, makeLinkSecret } from "./link-secret.js";
import { claimMail, confirmMail, settleMail } from "./mail-store.js";
import type { TextsIn } from "./texts.js";

export interface SendEsimMailDeps {
  readonly db: Db;
  readonly showEsim: ShowEsim;
  readonly mailer: { send(mail: Mail): Promise<MailOutcome> };
  readonly publicUrl: string;
  readonly textsIn: TextsIn;
}

/**
 * Mails one eSIM, once: the claim lets one sender in, and after an unknown outcome the job runs again with back-off.
 * A process that dies between mail and mark makes a second mail with the same Message-ID, by which mailboxes drop it.
 */
export function makeSendEsimMailJob(deps: SendEsimMailDeps): JobHandler {
  const { db, publicUrl, textsIn } = deps;
  return async ({ profile_id: profileId }) => {
    if (typeof profileId !== "number") throw new Error("send_esim_mail needs a profile_id");
    const { secret, hash } = makeLinkSecret();
    const claim = await claimMail(db, profileId, hash);
    if (claim === undefined) return;
    const found = await findEsim(db, profileId);
    if (found === undefined) return;
    const viewer = { actor: "system:mail", sessionId: null, channel: "mail", requestId: null } as const;
    const { row, secrets } = await deps.showEsim(found, viewer);
    // Taken back since the claim.
    if (secrets === null) return;
    await failpoint("s10.after_claim_before_mail");
    const mail = esimMail({ row, secrets, claim, textsIn, installPage: installUrl(publicUrl, secret) });
    if (!(await confirmMail(db, profileId, claim.claimed_until))) return;
    const outcome = await deps.mailer.send(mail);
    await failpoint("s10.after_mail_before_mark");
    await settleMail(db, profileId, claim.number, outcome.kind);
    if (outcome.kind === "unknown") throw new Error(`The mail server did not take it: ${outcome.cause}`);
  };
}
