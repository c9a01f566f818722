import type { Db } from "../../../db/database.js";
import type { Server } from "../../../http/server.js";
import type { Mail, MailOutcome } from "../../../providers/mail/port.js";
import type { ShowEsim } from "../show-esims.js";
import { sweepMails } from "./mail-store.js";
import { makeSendEsimMailJob } from "./send-esim-mail.job.js";

export interface DeliveryDeps {
  readonly db: Db;
  readonly reservedDb: Db;
  readonly mailer: { send(mail: Mail): Promise<MailOutcome> };
  readonly publicUrl: string;
  readonly showEsim: ShowEsim;
}

/** How an eSIM reaches its owner besides the API: mail, and the page behind a secret link. */
export function makeDelivery(deps: DeliveryDeps) {
  const { reservedDb, mailer, publicUrl, showEsim } = deps;
  return {
    jobs: {
      handlers: {
        send_esim_mail: makeSendEsimMailJob({ db: reservedDb, mailer, publicUrl, showEsim }),
        sweep_esim_mails: async () => sweepMails(reservedDb),
      },
      scheduled: [{ task: "sweep_esim_mails", cron: "* * * * *" }],
    },
    registerRoutes(_app: Server): void {},
  };
}
