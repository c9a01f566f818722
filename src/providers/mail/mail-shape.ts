import { createHash } from "node:crypto";
import { refused } from "../../kernel/outcome.js";
import type { Mail, MailAddress, MailOutcome } from "./port.js";

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
const CONTROL = /[\u0000-\u001f\u007f\u2028\u2029]/;
/** One mailbox and nothing else: no list, no route, no quoting, no display name. */
const MAILBOX = /^[^\s<>,;:"()[\]\\@]{1,64}@[a-z0-9.-]{1,253}$/i;

/**
 * What no adapter sends, whoever asks: a header with a line break, an address that is more than one mailbox.
 * Callers check their input long before; this is the last door.
 */
export function refuseUnsafe(mail: Mail): MailOutcome | undefined {
  const headers = [
    mail.subject,
    mail.reference,
    mail.to.address,
    mail.to.name ?? "",
    mail.unsubscribeUrl ?? "",
    ...(mail.attachments ?? []).flatMap(({ filename, contentType, contentId }) => [
      filename,
      contentType,
      contentId ?? "",
    ]),
  ];
  if (headers.some((text) => CONTROL.test(text))) {
    return refused("rejected", "A header of this mail holds a control character");
  }
  return MAILBOX.test(mail.to.address)
    ? undefined
    : refused("rejected", "The recipient is not one plain mailbox");
}

/** The same for the same reference, and no other: repeats of one mail can be told from two mails. */
export function messageIdOf(reference: string, from: MailAddress): string {
  const digest = createHash("sha256").update(reference).digest("hex").slice(0, 32);
  return `<${digest}@${from.address.slice(from.address.lastIndexOf("@") + 1)}>`;
}
