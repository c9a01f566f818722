import type { Db } from "../../db/database.js";
import { makeSlots } from "../../kernel/slots.js";
import type { MailOutcome } from "../../providers/mail/port.js";
import { failpoint } from "../../telemetry/failpoints.js";
import type { Letter, MailComposer } from "./mail-composer.js";
import type { Mailer } from "./mailer.js";
import {
  type ClaimedMail,
  comeAgain,
  lookAgain,
  makeClaimMail,
  makeSettleMail,
  type Settlement,
} from "./outbox-store.js";

export interface SendQueuedMailDeps {
  readonly refreshSettings: () => Promise<void>;
  readonly db: Db;
  readonly mailer: Mailer;
  readonly composers: ReadonlyMap<string, MailComposer>;
}

/** Ends when the person is let in again; every other obstacle ends the mail. */
const PASSES = "person_disabled";

/** Claimed at a time: a claim has to outlast those that have the mail server before it (CLAIM_SECONDS). */
const CLAIMED_MAX = 8;

/**
 * Sends one mail of the outbox, once: the claim lets one sender in. A process that dies between the mail server's yes
 * and our commit makes a second mail, with the same Message-ID, by which mailboxes drop it; nothing else does. Many run
 * at once, and share the statements that claim and settle.
 */
export function makeSendQueuedMail({ db, mailer, composers, refreshSettings }: SendQueuedMailDeps) {
  const slots = makeSlots(CLAIMED_MAX);
  const writers = new Map(
    [...composers].map(([kind, composer]) => [kind, makeWriter(db, composer)] as const),
  );

  /** What came of it; null: nobody is to write that down, "claimed": it is somebody else's. */
  const claimAndSend = async (
    { composer, mail, claimMail }: Writer,
    mailId: number,
  ): Promise<(ClaimedMail & Settlement) | null | "claimed"> => {
    let claim = await claimMail(mailId);
    if (claim === undefined) return "claimed";
    if (claim.obstacle !== null) return { ...claim, ...withheld(claim.obstacle) };
    const letter = await composer.compose(claim);
    if (letter === null) return { ...claim, ...withheld("nothing_to_say") };
    if ("waits" in letter) return { ...claim, status: "delayed", lastError: letter.waits, language: null };
    await failpoint("s10.after_claim_before_mail");
    if (mail.looksAgain === true) {
      claim = await lookAgain(db, mail.statements, claim);
      // Its claim ends by itself, and the next look at it finds the reason.
      if (claim === undefined) return null;
    }
    const outcome = await mailer.send(mailOf(claim, mail.kind, letter));
    await failpoint("s10.after_mail_before_mark");
    return { ...claim, ...settlementOf(outcome), language: letter.language };
  };

  return async function sendQueuedMail(mailId: number, kind: string): Promise<void> {
    const writer = writers.get(kind);
    if (writer === undefined) throw new Error(`Nobody here writes mails of the kind ${kind}`);
    await refreshSettings();
    const settled = await slots(() => claimAndSend(writer, mailId));
    if (settled === "claimed") return comeAgain(db, mailId);
    if (settled !== null) await writer.settleMail(settled);
  };
}

type Writer = ReturnType<typeof makeWriter>;

const makeWriter = (db: Db, composer: MailComposer) => ({
  composer,
  mail: composer.mail,
  claimMail: makeClaimMail(db, composer.mail.statements),
  settleMail: makeSettleMail(db, composer.mail.statements),
});

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
  { to, language: _, edition, ...content }: Letter,
): Parameters<Mailer["send"]>[0] {
  return {
    template: kind,
    reference: [
      kind.replaceAll("_", "-"),
      claim.subject_id,
      claim.mail_number,
      ...(edition === undefined ? [] : [edition]),
    ].join("-"),
    to: { address: to },
    ...content,
  };
}
