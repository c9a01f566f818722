import type { Act } from "../../db/act.js";
import type { Db } from "../../db/database.js";
import { AppError } from "../../kernel/errors.js";
import type { MailKind } from "./define-mail.js";
import type { MailComposer } from "./mail-composer.js";
import { findMail, resendMail } from "./outbox-store.js";

export type ResendMail = (mailId: number, act: Act) => Promise<{ readonly mailId: number }>;

export interface ResendMailDeps {
  readonly db: Db;
  readonly wakeWorkers: () => void;
}

/** What an operator reads of a mail that is not to be sent, by the words of the kinds' definitions. */
const WHY: Readonly<Record<string, string>> = {
  person_deleted: "The account was deleted, so nothing is mailed to it.",
  person_disabled: "The person is locked out. Enable the account first.",
  order_refunded: "The money of the order went back, so there is nothing to tell.",
  code_expired: "The code has expired. The person asks for a new one.",
  code_used: "The code was used. The person asks for a new one.",
  code_replaced: "A newer code has replaced this one.",
  code_not_kept: "A code is not kept once it was mailed. The person asks for a new one.",
};

/** A new mail about one thing, with a Message-ID of its own and an audit row. */
export function makeResendMailOf({ db, wakeWorkers }: ResendMailDeps) {
  return async function resendMailOf(
    mail: MailKind,
    of: { readonly subjectId: number; readonly orderId: number | null },
    act: Act,
  ): Promise<{ readonly mailId: number }> {
    const { mailId, obstacle } = await resendMail(db, mail.statements, of, act);
    if (mailId === null) {
      throw new AppError(
        "conflict",
        obstacle === null
          ? "Somebody else has just had it sent again. Look at the list of mails."
          : (WHY[obstacle] ?? `There is nothing to mail any more: ${obstacle.replaceAll("_", " ")}.`),
      );
    }
    wakeWorkers();
    return { mailId };
  };
}

/** The same for a mail of the list. */
export function makeResendMail(
  deps: ResendMailDeps & { readonly kinds: ReadonlyMap<string, MailComposer> },
): ResendMail {
  const resendMailOf = makeResendMailOf(deps);
  return async (mailId, act) => {
    const found = await findMail(deps.db, mailId);
    const composer = found && deps.kinds.get(found.kind);
    if (found === undefined || composer === undefined)
      throw new AppError("not_found", "There is no such mail. Look at the list again.");
    return resendMailOf(composer.mail, { subjectId: found.subject_id, orderId: found.order_id }, act);
  };
}
