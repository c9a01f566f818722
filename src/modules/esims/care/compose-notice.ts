import type { Db } from "../../../db/database.js";
import { languageOr } from "../../../kernel/language.js";
import { formatMoney } from "../../../kernel/money.js";
import { trimEndOf } from "../../../kernel/trim-end.js";
import { mailText } from "../../../providers/mail/formats/mail-text.js";
import { type FrozenPlan, planIn, sizeIn } from "../../catalog/catalog.module.js";
import {
  type Letter,
  type MailComposer,
  mailComposer,
  SAMPLE,
  signatureOf,
  type Texts,
  type TextsIn,
} from "../../mail/mail.module.js";
import { SAMPLE_ESIM } from "../delivery/sample-esim.js";
import type { ListTopUps, TopUpOffer } from "../top-ups/list-top-ups.js";
import { CARE_NOTICE, NOTICE_KINDS, type NoticeKind } from "./notice-kinds.js";
import { placeIn } from "./notice-page.js";
import type { NoticeTokens } from "./notice-token.js";
import { isDayAt } from "./quiet-hours.js";

export interface ComposeNoticeDeps {
  readonly db: Db;
  readonly publicUrl: string;
  readonly textsIn: TextsIn;
  readonly tokens: NoticeTokens;
  readonly pageTokens: NoticeTokens;
  /** By country and region, whether it is day there now. */
  readonly dayPlaces: () => Readonly<Record<string, boolean>>;
  readonly listTopUps: ListTopUps;
}

interface NoticeRow {
  readonly language: string | null;
  readonly email: string;
  readonly user_id: number;
  readonly esim_id: number;
  readonly notice_kind: NoticeKind;
  readonly threshold: number;
  readonly currency: string;
  readonly plan: FrozenPlan;
  readonly order_reference: string;
  readonly plan_expires_at: string | null;
  /** The country, or the region, that the plan is for. */
  readonly place: string | null;
}

/**
 * It links to a page that shows what is left and what can be added, never a code; one that asks to install links to the
 * account. A mail that was not taken in the evening waits for the morning of the destination.
 */
export function makeNoticeMail(deps: ComposeNoticeDeps): MailComposer {
  const shopUrl = trimEndOf(deps.publicUrl, "/");
  const letterOf = (row: NoticeRow, tokens: Tokens, topUp: TopUpOffer | undefined): Letter => {
    const texts = deps.textsIn(languageOr(row.language));
    const page =
      row.notice_kind === "install"
        ? `${placeIn(shopUrl, texts.language)}/account/esims/${row.esim_id}`
        : `${shopUrl}/notices/esim/${tokens.page}`;
    const unsubscribeUrl = `${shopUrl}/notices/unsubscribe/${tokens.unsubscribe}`;
    const { subject, paragraphs } = wordsOf(row, texts, page, topUp);
    const stop = `${texts.text("care.stop")}\n${unsubscribeUrl}`;
    return {
      to: row.email,
      language: texts.language,
      subject,
      text: mailText([...paragraphs, stop], signatureOf(texts)),
      unsubscribeUrl,
    };
  };
  const compose = async (row: NoticeRow & { readonly subject_id: number }) => {
    if (!isDayAt(deps.dayPlaces(), row.place)) return { waits: "night" };
    const tokens = {
      page: deps.pageTokens.sign(row.subject_id),
      unsubscribe: deps.tokens.sign(row.subject_id),
    };
    return letterOf(row, tokens, row.notice_kind === "install" ? undefined : await cheapestTopUp(deps, row));
  };
  const sampleTokens = { page: SAMPLE.secret, unsubscribe: SAMPLE.secret };
  return mailComposer<NoticeRow>(CARE_NOTICE, compose, (language) =>
    NOTICE_KINDS.map((kind) => ({
      variant: kind,
      letter: letterOf(sampleNotice(kind, language), sampleTokens, SAMPLE_TOP_UPS[kind]),
    })),
  );
}

interface Tokens {
  readonly page: string;
  readonly unsubscribe: string;
}

const sampleNotice = (kind: NoticeKind, language: string): NoticeRow => ({
  language,
  email: SAMPLE.email,
  user_id: 1,
  esim_id: 1,
  notice_kind: kind,
  threshold: kind === "low_data" ? 80 : 2,
  currency: SAMPLE.currency,
  plan: SAMPLE_ESIM.plan_snapshot,
  order_reference: SAMPLE.reference,
  plan_expires_at: SAMPLE.until,
  place: SAMPLE.iso2,
});

export const SAMPLE_TOP_UP: TopUpOffer = {
  plan_id: 1,
  name: "3 GB",
  description: "",
  data_gb: 3,
  is_unlimited: false,
  duration_days: 30,
  currency: SAMPLE.currency,
  amount_minor: 900,
};

/** Some of them with something to add, so that both ways of saying it are seen. */
const SAMPLE_TOP_UPS: Partial<Record<NoticeKind, TopUpOffer>> = {
  low_data: SAMPLE_TOP_UP,
  used_up: SAMPLE_TOP_UP,
};

async function cheapestTopUp(
  { db, listTopUps }: ComposeNoticeDeps,
  row: NoticeRow,
): Promise<TopUpOffer | undefined> {
  const list = await listTopUps(db, { esimId: row.esim_id, userId: row.user_id, currency: row.currency });
  return list?.offers[0];
}

function wordsOf(
  row: NoticeRow,
  texts: Texts,
  page: string,
  topUp: TopUpOffer | undefined,
): { readonly subject: string; readonly paragraphs: readonly string[] } {
  const { text, moment, language } = texts;
  const about = { plan: planIn(row.plan, texts), reference: row.order_reference };
  const until = row.plan_expires_at === null ? "" : moment(row.plan_expires_at);
  const where = `${text(row.notice_kind === "install" ? "care.where" : "care.page")}\n${page}`;
  const more =
    topUp === undefined
      ? [where]
      : [
          `${text("care.top_up", {
            plan: language === "en" ? topUp.name : (sizeIn(topUp, texts) ?? topUp.name),
            price: formatMoney({ minor: topUp.amount_minor, currency: topUp.currency }, language),
          })}\n${page}`,
        ];
  switch (row.notice_kind) {
    case "install":
      return {
        subject: text("care.install.subject"),
        paragraphs: [text("care.install.what", about), text("reminder.done"), where],
      };
    case "low_data":
      return {
        subject: text("care.low_data.subject", { percent: row.threshold }),
        paragraphs: [text("care.low_data.what", { ...about, percent: row.threshold }), ...more],
      };
    case "used_up":
      return {
        subject: text("care.used_up.subject"),
        paragraphs: [text("care.used_up.what", about), ...more],
      };
    case "days_left":
      return {
        subject: text("care.days_left.subject", { count: row.threshold }),
        paragraphs: [text("care.days_left.what", { ...about, until }), ...more],
      };
    case "expired":
      return {
        subject: text("care.expired.subject"),
        paragraphs: [
          text("care.expired.what", about),
          ...(topUp === undefined ? [text("care.expired.next")] : more),
        ],
      };
  }
}
