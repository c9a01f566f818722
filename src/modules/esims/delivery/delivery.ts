import type { Db } from "../../../db/database.js";
import type { Server } from "../../../http/server.js";
import { defineScheduledJob, joinJobs } from "../../jobs/jobs.module.js";
import type { TextsIn } from "../../mail/mail.module.js";
import type { EsimOnWire } from "../esim-view.js";
import type { ShowEsim } from "../show-esims.js";
import { makeAdminDelivery } from "./admin-delivery.js";
import { makeEsimMails } from "./compose-mails.js";
import { makeInstallLinks } from "./install-links.js";
import { purgeLinks } from "./link-store.js";
import { queueReminders } from "./mail-store.js";
import { registerAdminDelivery } from "./routes/admin-delivery.js";
import { registerInstallPage } from "./routes/install-page.js";
import { registerMakeInstallLink } from "./routes/make-install-link.js";

const QUEUE_ESIM_REMINDERS = defineScheduledJob("queue_esim_reminders", "* * * * *");
const PURGE_INSTALL_LINKS = defineScheduledJob("purge_install_links", "17 3 * * *");

export interface DeliveryDeps {
  readonly db: Db;
  readonly reservedDb: Db;
  readonly wakeWorkers: () => void;
  readonly publicUrl: string;
  readonly textsIn: TextsIn;
  readonly showEsim: ShowEsim;
  readonly esimOnWire: EsimOnWire;
}

/** How an eSIM reaches its owner besides the API: mail, the page behind a secret link, an operator. */
export function makeDelivery(deps: DeliveryDeps) {
  const { db, reservedDb, publicUrl, textsIn, showEsim } = deps;
  const installLinks = makeInstallLinks({ db, showEsim, publicUrl });
  const adminDelivery = makeAdminDelivery(deps);
  return {
    mails: makeEsimMails({ db: reservedDb, showEsim, publicUrl, textsIn }),
    jobs: joinJobs(
      QUEUE_ESIM_REMINDERS.handledBy(() => queueReminders(reservedDb)),
      PURGE_INSTALL_LINKS.handledBy(() => purgeLinks(reservedDb)),
    ),
    registerRoutes(app: Server): void {
      registerInstallPage(app, { installLinks, textsIn });
      registerMakeInstallLink(app, { installLinks });
      registerAdminDelivery(app, { adminDelivery, esimOnWire: deps.esimOnWire });
    },
  };
}
