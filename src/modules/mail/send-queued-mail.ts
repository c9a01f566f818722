import type { Db } from "../../db/database.js";
import type { MailOutcome } from "../../providers/mail/port.js";
import { failpoint } from "../../telemetry/failpoints.js";
import type { Letter, MailComposer } from "./mail-composer.js";
import type { Mailer } from "./mailer.js";
import {
  type ClaimedMail,
  claimMail,
  comeAgain,
  lookAgain,
  type Settlement,
  settleMail,
} from "./outbox-store.js";

export interface SendQueuedMailDeps {
  readonly db: Db;
  readonly mailer: Mailer;
  readonly composers: ReadonlyMap<string, MailComposer>;
}

/** Ends when the person is let in again; every other obstacle ends the mail. */
const PASSES = "person_disabled";

/**
 * Sends one mail of the outbox, once: the claim lets one sender in. A process that dies between the mail server's yes
 * and our commit makes a second mail, with the same Message-ID, by which mailboxes drop it; nothing else does.
 */
export function makeSendQueuedMail({ db, mailer, composers }: SendQueuedMailDeps) {
  return async function sendQueuedMail(mailId: number, kind: string): Promise<void> {
    const composer = composers.get(kind);
    if (composer === undefined) throw new Error(`Nobody here writes mails of the kind ${kind}`);
    const { mail } = composer;
    let claim = await claimMail(db, mail.statements, mailId);
    if (claim === undefined) return comeAgain(db, mailId);
    const settle = (settlement: Settlement): Promise<void> =>
      settleMail(db, mail.statements, claim as ClaimedMail, settlement);
    if (claim.obstacle !== null) return settle(withheld(claim.obstacle));
    const letter = await composer.compose(claim);
    if (letter === null) return settle(withheld("nothing_to_say"));
    if ("waits" in letter) return settle({ status: "delayed", lastError: letter.waits, language: null });
    await failpoint("s10.after_claim_before_mail");
    if (mail.looksAgain === true) {
      claim = await lookAgain(db, mail.statements, claim);
      // Its claim ends by itself, and the next look at it finds the reason.
      if (claim === undefined) return;
    }
    const outcome = await mailer.send(mailOf(claim, kind, letter));
    await failpoint("s10.after_mail_before_mark");
    await settle({ ...settlementOf(outcome), language: letter.language });
  };
}

const withheld = (obstacle: string): Settlement => ({
  status: obstacle === PASSES ? "delayed" : "cancelled",
  lastError: obstacle,
  language: null,
});

/** Refused for good by whom it is for, by us (then it waits until that is corrected), or not taken for now. */
function settlementOf(outcome: MailOutcome): Omit<Settlement, "language"> {
  if (outcome.kind === "done") return { status: "sent", lastError: null };
  if (outcome.kind === "unknown") return { status: "delayed", lastError: "temporary" };
  return outcome.reason === "rejected"
    ? { status: "refused", lastError: "recipient_refused" }
    : { status: "delayed", lastError: "sender_refused" };
}

function mailOf(
  claim: ClaimedMail,
  kind: string,
  { to, language: _, ...content }: Letter,
): Parameters<Mailer["send"]>[0] {
  return {
    template: kind,
    reference: `${kind.replaceAll("_", "-")}-${claim.subject_id}-${claim.mail_number}`,
    to: { address: to },
    ...content,
  };
}
