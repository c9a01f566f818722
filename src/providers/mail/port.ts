import type { Outcome } from "../../kernel/outcome.js";

/** One mailbox. Never a header's text: a name or address from outside cannot add a recipient or a header. */
export interface MailAddress {
  /** RFC 5321 mailbox without angle brackets, as kernel/email-address.ts makes it. */
  readonly address: string;
  readonly name?: string;
}

export interface MailAttachment {
  readonly filename: string;
  /** e.g. "image/png" */
  readonly contentType: string;
  readonly content: Buffer;
  /** Shown inside the HTML as `<img src="cid:…">`; without it the file is an ordinary attachment. */
  readonly contentId?: string;
}

export interface Mail {
  /** Which mail this is ("login_code", "receipt"): a label of metrics and logs. */
  readonly template: string;
  /**
   * Names this mail for ever, e.g. "login-code-17". Sending again after an unknown outcome carries the same
   * Message-ID, by which mailbox providers drop the repeat.
   */
  readonly reference: string;
  readonly to: MailAddress;
  readonly subject: string;
  /** Plain text, always there and always the first part. */
  readonly text: string;
  readonly html?: string;
  readonly attachments?: readonly MailAttachment[];
  /** Where one POST ends mails of this kind (RFC 8058): the headers List-Unsubscribe and List-Unsubscribe-Post. */
  readonly unsubscribeUrl?: string;
  /** One line for the log of the development inbox, such as the login code. Production never shows it. */
  readonly developmentLine?: string;
}

export interface MailReceipt {
  readonly messageId: string;
}

/**
 * "rejected": this mail or its recipient is refused for good, so sending it again cannot help. "sender_refused": the
 * mail server refuses us (credentials, sender, relaying, content policy); it helps once the operator has mended that.
 */
export type MailRefusal = "rejected" | "sender_refused";

/** "unknown" covers all that may succeed later: no connection, 4xx, a time-out, a lost answer after the data. */
export type MailOutcome = Outcome<MailReceipt, MailRefusal>;

export interface MailSender {
  send(mail: Mail): Promise<MailOutcome>;
  /** Lets connections go. */
  close(): void;
}
