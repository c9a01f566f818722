import type { Db } from "../../../db/database.js";
import type { Server } from "../../../http/server.js";
import type { Mail, MailOutcome } from "../../../providers/mail/port.js";
import type { EsimOnWire } from "../esim-view.js";
import type { ShowEsim } from "../show-esims.js";
import { makeAdminDelivery } from "./admin-delivery.js";
import { makeInstallLinks } from "./install-links.js";
import { purgeLinks } from "./link-store.js";
import { sweepMails } from "./mail-store.js";
import { sweepNotices } from "./notice-store.js";
import { registerAdminDelivery } from "./routes/admin-delivery.js";
import { registerInstallPage } from "./routes/install-page.js";
import { registerMakeInstallLink } from "./routes/make-install-link.js";
import { makeSendEsimMailJob } from "./send-esim-mail.job.js";
import { makeSendEsimNoticeJob } from "./send-esim-notice.job.js";
import type { TextsIn } from "./texts.js";

export interface DeliveryDeps {
  readonly db: Db;
  readonly reservedDb: Db;
  readonly wakeWorkers: () => void;
  readonly mailer: { send(mail: Mail): Promise<MailOutcome> };
  readonly publicUrl: string;
  readonly textsIn: TextsIn;
  readonly showEsim: ShowEsim;
  readonly esimOnWire: EsimOnWire;
}

/** How an eSIM reaches its owner besides the API: mail, the page behind a secret link, an operator. */
export function makeDelivery(deps: DeliveryDeps) {
  const { db, reservedDb, mailer, publicUrl, textsIn, showEsim } = deps;
  const installLinks = makeInstallLinks({ db, showEsim, publicUrl });
  const adminDelivery = makeAdminDelivery(deps);
  return {
    jobs: {
      handlers: {
        send_esim_mail: makeSendEsimMailJob({ db: reservedDb, mailer, publicUrl, textsIn, showEsim }),
        send_esim_notice: makeSendEsimNoticeJob({ db: reservedDb, mailer, publicUrl, textsIn }),
        sweep_esim_mails: async () => {
          await sweepMails(reservedDb);
          await sweepNotices(reservedDb);
        },
        purge_install_links: async () => purgeLinks(reservedDb),
      },
      scheduled: [
        { task: "sweep_esim_mails", cron: "* * * * *" },
        { task: "purge_install_links", cron: "17 3 * * *" },
      ],
    },
    registerRoutes(app: Server): void {
      registerInstallPage(app, { installLinks, textsIn });
      registerMakeInstallLink(app, { installLinks });
      registerAdminDelivery(app, { adminDelivery, esimOnWire: deps.esimOnWire });
    },
  };
}
