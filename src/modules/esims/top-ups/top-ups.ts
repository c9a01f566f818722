import type { Config } from "../../../config/config.js";
import type { Db } from "../../../db/database.js";
import type { Server } from "../../../http/server.js";
import type { EsimSupplier } from "../../../providers/esim/port.js";
import type { Events } from "../../../telemetry/events.js";
import type { Jobs } from "../../jobs/jobs.module.js";
import type { TextsIn } from "../../mail/mail.module.js";
import { type BringOn, leaseSecondsFor, makePurchase } from "../purchase/purchase.js";
import { makeTopUpSubject, type TopUpSubjectDeps } from "../purchase/subjects/top-up.js";
import { storeSupplierProblem } from "../suppliers/supplier-account-store.js";
import { makeDecideTopUp } from "./decide-top-up.js";
import { type ListTopUps, makeListTopUps } from "./list-top-ups.js";
import { makeReadTopUpLists, relistSoon } from "./read-top-up-lists.js";
import { registerAdminTopUps } from "./routes/admin-top-ups.js";
import { registerListTopUps } from "./routes/list-top-ups.js";
import { makeSettleSurplusTopUp, makeTakeBackTopUp, type TakeBackTopUp } from "./take-back-top-up.js";
import { makeTopUpJobs } from "./top-up-jobs.js";
import { makeTopUpOffer, type TopUpOfferFragment } from "./top-up-offer.js";

export interface TopUpsDeps {
  readonly config: Config;
  readonly db: Db;
  readonly reservedDb: Db;
  readonly events: Events;
  readonly wakeWorkers: () => void;
  readonly suppliers: ReadonlyMap<string, EsimSupplier>;
  readonly textsIn: TextsIn;
  readonly refundUndeliverable: (orderId: number, reason: string) => Promise<void>;
}

export interface TopUps {
  readonly jobs: Jobs;
  readonly offer: TopUpOfferFragment;
  readonly listTopUps: ListTopUps;
  readonly topUpEsim: BringOn;
  readonly takeBackTopUp: TakeBackTopUp;
  registerRoutes(app: Server): void;
}

/** More data for eSIMs that exist: docs/decisions/0011-top-ups-are-orders.md. */
export function makeTopUps(deps: TopUpsDeps): TopUps {
  const { config, reservedDb: db, events, suppliers } = deps;
  const able = new Map([...suppliers].filter(([, one]) => one.capabilities.hasTopUps));
  const listing = new Map([...able].filter(([id]) => id !== "local"));
  const offer = makeTopUpOffer({ suppliers: [...able.keys()], textsIn: deps.textsIn });
  const onRefusal: TopUpSubjectDeps["onRefusal"] = async (topUpId, supplier, { reason }) => {
    if (reason === "no_funds" || reason === "auth") await storeSupplierProblem(db, supplier, reason);
    else if (reason !== "retryable") await relistSoon(db, topUpId);
  };
  const topUpEsim = makePurchase(
    {
      ...deps,
      db,
      leaseSeconds: leaseSecondsFor(config.esims.suppliers.timeoutMillis),
      paceMillis: config.esims.paceMillis,
    },
    makeTopUpSubject({ events, onRefusal }),
  );
  const listTopUps = makeListTopUps(offer);
  return {
    offer,
    listTopUps,
    topUpEsim,
    takeBackTopUp: makeTakeBackTopUp({ db, topUpEsim, events }),
    jobs: makeTopUpJobs({
      db,
      topUpEsim,
      refundUndeliverable: deps.refundUndeliverable,
      settleSurplusTopUp: makeSettleSurplusTopUp({ db, suppliers, events }),
      readTopUpLists: makeReadTopUpLists({ db, suppliers: listing }),
    }),
    registerRoutes(app) {
      registerListTopUps(app, {
        db: deps.db,
        listTopUps,
        defaultCurrency: config.payments.defaultCurrency,
        textsIn: deps.textsIn,
      });
      registerAdminTopUps(app, {
        db: deps.db,
        decideTopUp: makeDecideTopUp({ ...deps, suppliers: [...suppliers.values()] }),
      });
    },
  };
}
