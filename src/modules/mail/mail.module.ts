/**
 * Owns: the outbox (outgoing_mails), how mail leaves the store, and the development inbox (dev_inbox). The words of
 *   all mails are in texts/; what a mail needs to be written is read by the module that it is about.
 * Promises: a mail exists exactly when the transaction that made it necessary committed; it is sent once, in the
 *   reader's language, by one job, and never while a transaction is open; what the mail server refuses for good, for
 *   now, or because of us is told apart.
 * Never: an address, a code or a link in the outbox; an address or header made by joining text; mail sent inside a
 *   request.
 */
import type { Db } from "../../db/database.js";
import type { Server } from "../../http/server.js";
import type { MailSender } from "../../providers/mail/port.js";
import type { Events } from "../../telemetry/events.js";
import { defineScheduledJob, type Jobs, joinJobs } from "../jobs/jobs.module.js";
import { defineMail, type MailKind } from "./define-mail.js";
import type { NewMail } from "./inbox-mail.js";
import { keepMail, listMails } from "./inbox-store.js";
import { type Letter, type MailComposer, type MailSample, mailComposer } from "./mail-composer.js";
import { makeMailer } from "./mailer.js";
import { forgetMails, sweepOutbox } from "./outbox-store.js";
import type { PageSample } from "./page-sample.js";
import { makeResendMail, makeResendMailOf } from "./resend-mail.js";
import { registerDevInbox } from "./routes/dev-inbox.js";
import { registerResendMail } from "./routes/resend-mail.js";
import { SAMPLE } from "./sample-facts.js";
import { SEND_MAIL } from "./send-mail.js";
import { makeSendQueuedMail } from "./send-queued-mail.js";
import { type LiveShop, makeTextsIn, signatureOf, type TextKey, type Texts, type TextsIn } from "./texts.js";

const SWEEP_OUTBOX = defineScheduledJob("sweep_outbox", "* * * * *");

export interface MailModule {
  readonly jobs: Jobs;
  registerRoutes(app: Server): void;
  /** Says so while the newest mail found no mail server. */
  troubles(): Readonly<Record<string, string>>;
  close(): void;
}

export interface MailDeps {
  readonly db: Db;
  readonly events: Events;
  readonly wakeWorkers: () => void;
  readonly isProduction: boolean;
  /** What mails say of the shop is as it is now. */
  readonly refreshSettings: () => Promise<void>;
  /** Every kind of mail with who writes it. */
  readonly composers: readonly MailComposer[];
  /** Chooses the adapter; it gets the inbox's store in case it is the inbox. */
  readonly openSender: (keepInInbox: (mail: NewMail) => Promise<void>) => MailSender;
}

export function makeMailModule(deps: MailDeps): MailModule {
  const { db, events, isProduction } = deps;
  const sender = deps.openSender((mail) => keepMail(db, mail));
  const mailer = makeMailer(sender, events);
  const composers = new Map(deps.composers.map((one) => [one.mail.kind, one]));
  const sendQueuedMail = makeSendQueuedMail({ db, mailer, composers, refreshSettings: deps.refreshSettings });
  const sweep = async (): Promise<void> => {
    await sweepOutbox(db);
    for (const { kind, keptHours } of deps.composers.map(({ mail }) => mail))
      if (keptHours !== undefined) await forgetMails(db, kind, keptHours);
  };
  return {
    jobs: joinJobs(
      SEND_MAIL.handledBy(({ mail_id: mailId, kind }) => sendQueuedMail(mailId, kind)),
      SWEEP_OUTBOX.handledBy(sweep),
    ),
    registerRoutes: (app) => {
      registerResendMail(app, { resendMail: makeResendMail({ ...deps, kinds: composers }) });
      if (!isProduction) registerDevInbox(app, () => listMails(db));
    },
    troubles: () => mailer.troubles(),
    close: () => sender.close(),
  };
}

export type { Letter, LiveShop, MailComposer, MailKind, MailSample, PageSample, TextKey, Texts, TextsIn };
export { defineMail, mailComposer, makeResendMailOf, makeTextsIn, SAMPLE, signatureOf };
