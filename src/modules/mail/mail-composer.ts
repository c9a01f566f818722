import type { Language } from "../../kernel/language.js";
import type { MailAttachment } from "../../providers/mail/port.js";
import type { MailKind } from "./define-mail.js";
import type { ClaimedMail } from "./outbox-store.js";

/** What a mail says, in the reader's language. */
export interface Letter {
  readonly to: string;
  readonly language: Language;
  readonly subject: string;
  /** Of mails about one subject that come again and again, which one it is: a part of its Message-ID. */
  readonly edition?: string;
  readonly text: string;
  readonly html?: string;
  readonly attachments?: readonly MailAttachment[];
  /** Where one POST ends mails of this kind (RFC 8058); never for what somebody has bought or asked for. */
  readonly unsubscribeUrl?: string;
  /** One line for the log of the development inbox, such as the login code. Production never shows it. */
  readonly developmentLine?: string;
}

/** Not now: it stays in the outbox and is looked at again, as a mail that was not taken is. */
export interface LaterLetter {
  /** A word for operators. */
  readonly waits: string;
}

/** A mail about nobody, made of invented facts: what operators look at before anybody is written to. */
export interface MailSample {
  /** Which of the things that this kind can say; lower case and underscores. */
  readonly variant: string;
  readonly letter: Letter;
}

/** One kind of mail and who writes it. */
export interface MailComposer {
  readonly mail: MailKind;
  /** `row` has the columns that the kind's definition names. Null: there is nothing to say after all. */
  compose(row: ClaimedMail): Promise<Letter | LaterLetter | null>;
  /** Everything that this kind can say, one each. Reads and writes nothing. */
  samples(language: Language): readonly MailSample[];
}

/** Ties a kind to the function that writes it; `Row` is what the kind's columns are. */
export const mailComposer = <Row>(
  mail: MailKind,
  compose: (row: ClaimedMail & Row) => Promise<Letter | LaterLetter | null> | Letter | null,
  samples: (language: Language) => readonly MailSample[],
): MailComposer => ({ mail, compose: async (row) => compose(row as ClaimedMail & Row), samples });
