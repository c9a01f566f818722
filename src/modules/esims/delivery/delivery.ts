import type { Db } from "../../../db/database.js";
import type { Server } from "../../../http/server.js";
import { defineScheduledJob, joinJobs } from "../../jobs/jobs.module.js";
import { type PageSample, SAMPLE, type TextsIn } from "../../mail/mail.module.js";
import type { EsimOnWire } from "../esim-view.js";
import type { ShowEsim } from "../show-esims.js";
import { makeAdminDelivery } from "./admin-delivery.js";
import { makeEsimMails } from "./compose-mails.js";
import { installGuide } from "./install-guide.js";
import { makeInstallLinks } from "./install-links.js";
import { closedPage, gonePage, openPage } from "./install-page.js";
import { purgeLinks } from "./link-store.js";
import { queueReminders } from "./mail-store.js";
import { registerAdminDelivery } from "./routes/admin-delivery.js";
import { registerInstallPage } from "./routes/install-page.js";
import { registerMakeInstallLink } from "./routes/make-install-link.js";
import { SAMPLE_ESIM, SAMPLE_SECRETS } from "./sample-esim.js";

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
    pageSamples: installSamples(textsIn),
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

const installSamples = (textsIn: TextsIn): readonly PageSample[] => [
  { name: "install_page_closed", html: (language) => closedPage(textsIn(language), SAMPLE.until) },
  {
    name: "install_page_open",
    html: (language) => {
      const texts = textsIn(language);
      const of = { row: SAMPLE_ESIM, secrets: SAMPLE_SECRETS, orderReference: SAMPLE.reference };
      return openPage(installGuide(of, texts), texts, SAMPLE.until);
    },
  },
  { name: "install_page_gone", html: (language) => gonePage(textsIn(language)) },
];
