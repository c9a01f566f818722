/** What a failed attempt says: about the recipient for good, about us, or nothing that lasts. */
export type ReplyVerdict = "recipient" | "sender" | "later";

/** What nodemailer tells of a failure. */
export interface SmtpFailure {
  readonly code?: string;
  /** The command that was refused. */
  readonly command?: string;
  readonly responseCode?: number;
  /** The server's whole reply. It may quote the recipient, so it is read here and kept nowhere. */
  readonly response?: string;
}

/** Not our recipient's doing: we cannot sign in, or there is no connection that we trust. */
const OUR_FAILURES: ReadonlySet<unknown> = new Set(["EAUTH", "ETLS", "ECONFIG", "ENOAUTH", "EREQUIRETLS"]);
/** RFC 5321 §4.2.3: mailbox unavailable, not local, name not allowed. 552 and 554 say what they say about any mail. */
const RECIPIENT_REPLIES: ReadonlySet<unknown> = new Set([550, 551, 553]);
/**
 * RFC 3463 §3.2, §3.3 and §3.5: the address or the mailbox does not take mail, or no way leads to its host. Not 5.1.7
 * and 5.1.8, which are about the sender's address, and not 5.2.2: a full mailbox is emptied some day.
 */
const RECIPIENT_STATUS = /^5\.(1\.(?![78]$)|2\.(?!2$)|4\.)\d+$/;

/**
 * Whose fault a refusal is. Only a verdict on the recipient is final: everything else that is permanent to the server
 * (we may not relay, our sender is not known, our mail looks like spam) ends when the operator mends it, and until
 * then customers wait for their mail.
 */
export function verdictOf({ code, command, responseCode, response }: SmtpFailure): ReplyVerdict {
  if (OUR_FAILURES.has(code)) return "sender";
  if (responseCode === undefined) return code === "EMESSAGE" ? "sender" : "later";
  if (responseCode < 500) return "later";
  const isAboutRecipient = command === "RCPT TO" || command === "DATA";
  const status = enhancedStatusOf(response);
  if (status === "5.2.2") return "later";
  if (status !== undefined) return isAboutRecipient && RECIPIENT_STATUS.test(status) ? "recipient" : "sender";
  return command === "RCPT TO" && RECIPIENT_REPLIES.has(responseCode) ? "recipient" : "sender";
}

/** `5.1.1` of `550 5.1.1 No such user` (RFC 2034). */
export function enhancedStatusOf(response: string | undefined): string | undefined {
  return /^\d{3}[ -](\d\.\d{1,3}\.\d{1,3})\b/.exec(response ?? "")?.[1];
}
