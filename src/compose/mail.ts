import { type MailComposer, type MailModule, makeMailModule } from "../modules/mail/mail.module.js";
import { makeInboxSender } from "../providers/mail/inbox/inbox-sender.js";
import type { MailAddress, MailSender } from "../providers/mail/port.js";
import type { Foundation } from "./foundation.js";

/** SMTP when it is configured, else the development inbox. */
export async function composeMail(
  { config, shop, reservedDb, events, log, wakeWorkers, refreshSettings }: Foundation,
  composers: readonly MailComposer[],
): Promise<MailModule> {
  const { smtp } = config.mail;
  const from = senderOf(config.mail.from, config.shop.name, shop);
  const sender = smtp === null ? undefined : await openSmtp({ ...smtp, from });
  return makeMailModule({
    db: reservedDb,
    events,
    wakeWorkers,
    refreshSettings,
    composers,
    isProduction: config.isProduction,
    openSender: (keep) => sender ?? makeInboxSender({ keep, from, announce: (line) => log.info(line) }),
  });
}

/** Under a name of its own, or under the shop's as it is when a mail goes out. */
const senderOf = (
  from: MailAddress,
  nameOfEnvironment: string,
  shop: { readonly name: string },
): MailAddress =>
  from.name !== nameOfEnvironment
    ? from
    : {
        address: from.address,
        get name() {
          return shop.name;
        },
      };

type SmtpOptions = Parameters<typeof import("../providers/mail/smtp/smtp-sender.js").makeSmtpSender>[0];

/** Adapters that are not configured are not loaded: it is most of the time that a start takes. */
async function openSmtp(options: SmtpOptions): Promise<MailSender> {
  const { makeSmtpSender } = await import("../providers/mail/smtp/smtp-sender.js");
  return makeSmtpSender(options);
}
