import type { Config } from "../../../config/config.js";
import { type CurrentSetting, levelsOf } from "../../../config/run-time-settings.js";
import type { Db } from "../../../db/database.js";
import type { Server } from "../../../http/server.js";
import { systemClock } from "../../../kernel/clock.js";
import { trimEndOf } from "../../../kernel/trim-end.js";
import { defineScheduledJob, type Jobs } from "../../jobs/jobs.module.js";
import { type MailComposer, type PageSample, SAMPLE, type TextsIn } from "../../mail/mail.module.js";
import { SAMPLE_ESIM } from "../delivery/sample-esim.js";
import type { ListTopUps } from "../top-ups/list-top-ups.js";
import { makeChooseNotices } from "./choose-notices.js";
import { makeNoticeMail, SAMPLE_TOP_UP } from "./compose-notice.js";
import { noticePage, placeIn } from "./notice-page.js";
import { makeNoticePages } from "./notice-pages.js";
import { tellNotices } from "./notice-store.js";
import { makeNoticeTokens } from "./notice-token.js";
import { makeQuietHours } from "./quiet-hours.js";
import { registerChooseNotices } from "./routes/choose-notices.js";
import { registerNoticePage } from "./routes/notice-page.js";
import { registerUnsubscribe } from "./routes/unsubscribe.js";

const TELL_NOTICES = defineScheduledJob("tell_notices", "*/5 * * * *");

export interface CareDeps {
  readonly config: Config;
  readonly setting: CurrentSetting;
  readonly db: Db;
  readonly reservedDb: Db;
  readonly textsIn: TextsIn;
  readonly listTopUps: ListTopUps;
  /** By country and region, whether it is day there; the time zones of the file without it. */
  readonly dayPlaces?: ((now: Date) => Readonly<Record<string, boolean>>) | undefined;
}

export interface Care {
  readonly jobs: Jobs;
  readonly mails: readonly MailComposer[];
  readonly pageSamples: readonly PageSample[];
  registerRoutes(app: Server): void;
}

/** What travellers are told unasked: docs/decisions/0253-care-notices-by-one-sweep.md. */
export function makeCare(deps: CareDeps): Care {
  const { config, db, reservedDb, textsIn } = deps;
  const tokens = makeNoticeTokens(config.secrets.indexKey, "unsubscribe");
  const pageTokens = makeNoticeTokens(config.secrets.indexKey, "notice page");
  const placesByDay = deps.dayPlaces ?? makeQuietHours();
  const dayPlaces = () => placesByDay(new Date(systemClock.nowMillis()));
  const { publicUrl } = config.http;
  const page = { publicUrl, textsIn, listTopUps: deps.listTopUps };
  return {
    jobs: TELL_NOTICES.handledBy(async () =>
      tellNotices(reservedDb, dayPlaces(), await readLevelsOf(deps.setting)),
    ),
    mails: [makeNoticeMail({ ...page, db: reservedDb, tokens, pageTokens, dayPlaces })],
    pageSamples: [noticeSample(textsIn, trimEndOf(publicUrl, "/"))],
    registerRoutes(app) {
      const notices = makeChooseNotices(db, tokens);
      registerUnsubscribe(app, { notices, textsIn });
      const pages = makeNoticePages({ db, tokens: pageTokens, listTopUps: deps.listTopUps });
      registerNoticePage(app, { shopUrl: trimEndOf(publicUrl, "/"), textsIn, pages });
      registerChooseNotices(app, notices);
    },
  };
}

const readLevelsOf = async (setting: CurrentSetting) => ({
  lowDataPercents: levelsOf("care_low_data_percents", await setting("care_low_data_percents")),
  daysLeft: levelsOf("care_days_left", await setting("care_days_left")),
  installAfterHours: await setting("care_install_after_hours"),
});

const noticeSample = (textsIn: TextsIn, shopUrl: string): PageSample => ({
  name: "notice_page",
  html: (language) =>
    noticePage(
      {
        ...SAMPLE_ESIM,
        kind: "low_data",
        esim_id: SAMPLE_ESIM.id,
        currency: SAMPLE.currency,
        plan: SAMPLE_ESIM.plan_snapshot,
        is_unlimited: false,
        plan_expires_at: SAMPLE.until,
        page_until: SAMPLE.until,
        is_live: true,
      },
      textsIn(language),
      { topUp: SAMPLE_TOP_UP, shop: placeIn(shopUrl, language) },
    ),
});
