import { systemClock } from "../kernel/clock.js";
import { collectTeamOf } from "../modules/access/team-read-model.js";
import {
  collectAlarmsOf,
  collectNotesOf,
  makeAdminModule,
  makeAlarmMail,
  makeRootMail,
} from "../modules/admin/admin.module.js";
import type { AuthModule } from "../modules/auth/auth.module.js";
import { makeCatalogModule } from "../modules/catalog/catalog.module.js";
import { makeConsoleModule } from "../modules/console/console.module.js";
import { collectNoticesOf } from "../modules/esims/esims.module.js";
import { makeTextsIn } from "../modules/mail/mail.module.js";
import {
  closeUnpaidOrdersOfPlans,
  collectOrdersOf,
  findOwedOrders,
  makeOrdersModule,
} from "../modules/orders/orders.module.js";
import { makeSettingsModule } from "../modules/settings/settings.module.js";
import { makeStorefrontModule, type Storefront } from "../modules/storefront/storefront.module.js";
import { listPlanNetworks } from "../modules/supply/plan-networks-read-model.js";
import { makeSupplyModule } from "../modules/supply/supply.module.js";
import { makeGuardedReader } from "../providers/receiver/guarded-reader.js";
import { composeAccess } from "./access.js";
import { composeAuth } from "./auth.js";
import { composeEsims } from "./esims.js";
import type { Foundation, Module } from "./foundation.js";
import { composeMail } from "./mail.js";
import { composePayments } from "./payments.js";
import { makePriceProblem } from "./prices.js";
import { composeWebhooks } from "./webhooks.js";

/** What an export of a person's data holds beside the account. */
const personalDataOf = ({ db }: Foundation) => [
  { name: "orders", collect: (userId: number) => collectOrdersOf(db, userId) },
  { name: "team", collect: (userId: number) => collectTeamOf(db, userId) },
  { name: "alarms", collect: (userId: number) => collectAlarmsOf(db, userId) },
  { name: "notes", collect: (userId: number) => collectNotesOf(db, userId) },
  { name: "notices", collect: (userId: number) => collectNoticesOf(db, userId) },
];

/** Every module with what it needs; an event between modules is a function argument here. */
export async function composeModules(
  foundation: Foundation,
): Promise<{ modules: readonly Module[]; auth: AuthModule; storefront: Storefront }> {
  const { config } = foundation;
  const catalog = composeCatalog(foundation);
  const auth = await composeAuth(
    foundation,
    personalDataOf(foundation),
    {
      release: (userId) => orders.releaseOrdersOfPerson(userId),
      enqueueRelease: (...person) => orders.enqueueReleaseOfPerson(...person),
      findOwed: findOwedOrders,
    },
    () => access,
  );
  const access = composeAccess(foundation, auth);
  // A refund takes the eSIM back, and an eSIM that cannot be delivered gives the money back.
  const payments = await composePayments(
    foundation,
    (...order) => esims.takeBackEsim(...order),
    (...page) => storefront.page(...page),
    (userId) => access.hasOtherWith("refunds.approve", userId),
  );
  const esims = await composeEsims(foundation, payments);
  const supply = makeSupplyModule({
    ...foundation,
    priceProblem: makePriceProblem(config.payments),
    suppliers: esims.suppliers,
    closeUnpaidOrders: closeUnpaidOrdersOfPlans,
    readAddress: makeGuardedReader({ allowsPrivate: config.webhooks.allowPrivate }),
    onChanged: catalog.forget,
  });
  const orders = makeOrdersModule({
    ...foundation,
    releaseUnpaid: payments.releaseUnpaid,
    offer: esims.offer,
    topUpOffer: esims.topUpOffer,
  });
  const composers = [
    ...[auth, access, payments, esims].flatMap(({ mails }) => mails),
    ...operatorsMails(foundation),
  ];
  const mail = await composeMail(foundation, composers);
  const webhooks = composeWebhooks(foundation);
  const admin = makeAdminModule({
    ...foundation,
    stockIsDefault: config.esims.supplier === "stock",
    cancellableAt: esims.cancellableAt,
    previews: { composers, ...esims, shopPages: (language) => storefront.pagesToLookAt(language) },
  });
  const storefront = makeStorefrontModule({ ...foundation, clock: systemClock });
  const settings = makeSettingsModule({ ...foundation, defaults: config.settings });
  const console = makeConsoleModule(foundation);
  const modules = [
    mail,
    catalog,
    auth,
    access,
    settings,
    payments,
    esims,
    supply,
    orders,
    webhooks,
    admin,
    storefront,
    console,
  ];
  return { modules, auth, storefront };
}

function operatorsMails({ config, shop }: Foundation) {
  const { publicUrl } = config.http;
  const textsIn = makeTextsIn(() => ({ ...shop, url: publicUrl }));
  return [makeAlarmMail({ ownerEmails: config.adminEmails, publicUrl, textsIn }), makeRootMail(textsIn)];
}

function composeCatalog({ config, db }: Foundation) {
  return makeCatalogModule({
    db,
    clock: systemClock,
    defaultCurrency: config.payments.defaultCurrency,
    ...config.catalog,
    csvImportBytesMax: config.http.csvImportBytesMax,
    priceProblem: makePriceProblem(config.payments),
    networksOf: async (id) =>
      ((await listPlanNetworks(db, [id])).get(id) ?? []).map((one) => ({ ...one, speeds: [...one.speeds] })),
  });
}
