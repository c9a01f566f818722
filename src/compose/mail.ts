import { type MailComposer, type MailModule, makeMailModule } from "../modules/mail/mail.module.js";
import { makeInboxSender } from "../providers/mail/inbox/inbox-sender.js";
import type { MailSender } from "../providers/mail/port.js";
import type { Foundation } from "./foundation.js";

/** SMTP when it is configured, else the development inbox. */
export async function composeMail(
  { config, reservedDb, events, log, wakeWorkers }: Foundation,
  composers: readonly MailComposer[],
): Promise<MailModule> {
  const { smtp, from } = config.mail;
  const sender = smtp === null ? undefined : await openSmtp({ ...smtp, from });
  return makeMailModule({
    db: reservedDb,
    events,
    wakeWorkers,
    composers,
    isProduction: config.isProduction,
    openSender: (keep) => sender ?? makeInboxSender({ keep, from, announce: (line) => log.info(line) }),
  });
}

type SmtpOptions = Parameters<typeof import("../providers/mail/smtp/smtp-sender.js").makeSmtpSender>[0];

/** Adapters that are not configured are not loaded: it is most of the time that a start takes. */
async function openSmtp(options: SmtpOptions): Promise<MailSender> {
  const { makeSmtpSender } = await import("../providers/mail/smtp/smtp-sender.js");
  return makeSmtpSender(options);
}
