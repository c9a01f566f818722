import { assertNoOpenTransaction } from "../../db/database.js";
import type { Mail, MailOutcome, MailSender } from "../../providers/mail/port.js";
import type { Events } from "../../telemetry/events.js";
import { inCall } from "../../telemetry/spans.js";

export interface Mailer {
  /**
   * done: the mail server has it. refused: the recipient for good, or us (`sender_refused`) until an operator corrects
   * that. unknown: it may be taken later.
   */
  send(mail: Mail): Promise<MailOutcome>;
  /** Says so while the newest mail found no mail server. */
  troubles(): Readonly<Record<string, string>>;
}

/** Hands mails to the adapter, and counts them. */
export function makeMailer(sender: MailSender, events: Events): Mailer {
  let trouble: string | null = null;
  return {
    async send(mail) {
      assertNoOpenTransaction("The mail server");
      const { template, reference } = mail;
      const outcome = await inCall("mail server", template, () => sender.send(mail));
      if (outcome.kind === "done") {
        trouble = null;
        events.mailSent({ template });
        return outcome;
      }
      const reason = outcome.kind === "refused" ? outcome.detail : outcome.cause;
      const isOurs = outcome.kind === "refused" && outcome.reason === "sender_refused";
      events.mailFailed({ template, outcome: isOurs ? outcome.reason : outcome.kind }, { reference, reason });
      trouble = isOurs
        ? `the mail server refuses this store (${reason}): correct SMTP_* or the mail server; mails wait until then`
        : outcome.kind === "unknown"
          ? "the newest mail was not taken; it is tried again"
          : null;
      return outcome;
    },
    troubles: () => (trouble === null ? {} : { mail: trouble }),
  };
}
