import { done } from "../../../kernel/outcome.js";
import { messageIdOf, refuseUnsafe } from "../mail-shape.js";
import type { Mail, MailAddress, MailSender } from "../port.js";

/** A mail as the development inbox shows it. */
export interface InboxMail {
  readonly messageId: string;
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string | null;
}

export interface InboxOptions {
  /** Stores one mail; a mail with a messageId that is there already is the same mail again. */
  readonly keep: (mail: InboxMail) => Promise<void>;
  /** Says to the person at the terminal what came, with the login code. */
  readonly announce: (line: string) => void;
  readonly from: MailAddress;
}

const TEXT_LENGTH_MAX = 1_000_000;

/** The mail server of development: mails stay in the store's own database, where /dev/inbox shows them. */
export function makeInboxSender({ keep, announce, from }: InboxOptions): MailSender {
  return {
    async send(mail) {
      const unsafe = refuseUnsafe(mail);
      if (unsafe !== undefined) return unsafe;
      const messageId = messageIdOf(mail.reference, from);
      await keep({
        messageId,
        to: mail.to.address,
        subject: mail.subject,
        text: mail.text.slice(0, TEXT_LENGTH_MAX),
        html: mail.html === undefined ? null : withInlineImages(mail, mail.html).slice(0, TEXT_LENGTH_MAX),
      });
      announce(`Mail to ${mail.to.address}: ${mail.developmentLine ?? mail.subject}`);
      return done({ messageId });
    },
    close: () => {},
  };
}

/** A browser cannot follow `cid:` links, so the page carries the images in itself. */
function withInlineImages(mail: Mail, html: string): string {
  return (mail.attachments ?? []).reduce((page, { contentId, contentType, content }) => {
    if (contentId === undefined) return page;
    return page.replaceAll(`cid:${contentId}`, `data:${contentType};base64,${content.toString("base64")}`);
  }, html);
}
