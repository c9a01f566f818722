/**
 * Owns: how mail leaves the store, and the development inbox (dev_inbox).
 * Promises: every mail goes through one door, by SMTP or to the inbox, is counted, and never while a transaction is
 *   open; a mail that could not be sent says whether trying again can help.
 * Never: an address or header made by joining text; mail sent inside a request (jobs send it).
 */
import { assertNoOpenTransaction, type Db } from "../../db/database.js";
import type { Server } from "../../http/server.js";
import type { Mail, MailOutcome, MailSender } from "../../providers/mail/port.js";
import type { Events } from "../../telemetry/events.js";
import type { Jobs } from "../jobs/jobs.module.js";
import type { NewMail } from "./inbox-mail.js";
import { keepMail, listMails } from "./inbox-store.js";
import { registerDevInbox } from "./routes/dev-inbox.js";

export type { Mail, MailOutcome } from "../../providers/mail/port.js";

export interface Mailer {
  /** done: the mail server has it. refused: never send this mail again. unknown: let the job try again. */
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
  let isUnreachable = false;
  return {
    mailer: {
      async send(mail) {
        assertNoOpenTransaction("The mail server");
        const outcome = await sender.send(mail);
        isUnreachable = outcome.kind === "unknown";
        if (outcome.kind === "done") events.mailSent({ template: mail.template });
        else {
          const reason = outcome.kind === "refused" ? outcome.detail : outcome.cause;
          events.mailFailed(
            { template: mail.template, outcome: outcome.kind },
            { reference: mail.reference, reason },
          );
        }
        return outcome;
      },
    },
    jobs: { handlers: {} },
    registerRoutes: (app) => {
      if (!isProduction) registerDevInbox(app, () => listMails(db));
    },
    troubles: () => (isUnreachable ? { mail: "the newest mail was not taken; jobs try again" } : {}),
    close: () => sender.close(),
  };
}
