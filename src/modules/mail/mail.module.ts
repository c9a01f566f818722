/**
 * Owns: how mail leaves the store, and the development inbox (dev_inbox).
 * Promises: every mail goes through one door, by SMTP or to the inbox, is counted, and never while a transaction is
 *   open; a mail that could not be sent says whether trying again can help.
 * Never: an address or header made by joining text; mail sent inside a request (jobs send it).
 */
import { assertNoOpenTransaction, type Db } from "../../db/database.js";
import type { Server } from "../../http/server.js";
import { unknown } from "../../kernel/outcome.js";
import type { Mail, MailOutcome, MailSender } from "../../providers/mail/port.js";
import type { Events } from "../../telemetry/events.js";
import type { Jobs } from "../jobs/jobs.module.js";
import type { NewMail } from "./inbox-mail.js";
import { keepMail, listMails } from "./inbox-store.js";
import { registerDevInbox } from "./routes/dev-inbox.js";

export type { Mail, MailOutcome } from "../../providers/mail/port.js";

export interface Mailer {
  /**
   * done: the mail server has it. refused: never send this mail again. unknown: let the job try again, also when the
   * mail server refuses us, which is counted apart and shown until a mail goes out.
   */
  send(mail: Mail): Promise<MailOutcome>;
}

export interface MailModule {
  readonly mailer: Mailer;
  readonly jobs: Jobs;
  registerRoutes(app: Server): void;
  /** Says so while the newest mail found no mail server. */
  troubles(): Readonly<Record<string, string>>;
  close(): void;
}

export interface MailDeps {
  readonly db: Db;
  readonly events: Events;
  readonly isProduction: boolean;
  /** Chooses the adapter; it gets the inbox's store in case it is the inbox. */
  readonly openSender: (keepInInbox: (mail: NewMail) => Promise<void>) => MailSender;
}

export function makeMailModule({ db, events, isProduction, openSender }: MailDeps): MailModule {
  const sender = openSender((mail) => keepMail(db, mail));
  let trouble: string | null = null;
  return {
    mailer: {
      async send(mail) {
        assertNoOpenTransaction("The mail server");
        const outcome = await sender.send(mail);
        const { template, reference } = mail;
        if (outcome.kind === "done") {
          trouble = null;
          events.mailSent({ template });
          return outcome;
        }
        const reason = outcome.kind === "refused" ? outcome.detail : outcome.cause;
        const isOurs = outcome.kind === "refused" && outcome.reason === "sender_refused";
        events.mailFailed(
          { template, outcome: isOurs ? outcome.reason : outcome.kind },
          { reference, reason },
        );
        if (outcome.kind === "refused" && !isOurs) {
          trouble = null;
          return outcome;
        }
        trouble = isOurs
          ? `the mail server refuses this store (${reason}): correct SMTP_* or the mail server; jobs try again`
          : "the newest mail was not taken; jobs try again";
        return unknown(reason);
      },
    },
    jobs: { handlers: {} },
    registerRoutes: (app) => {
      if (!isProduction) registerDevInbox(app, () => listMails(db));
    },
    troubles: () => (trouble === null ? {} : { mail: trouble }),
    close: () => sender.close(),
  };
}
