import type { Db } from "../../../db/database.js";
import { languageOr } from "../../../kernel/language.js";
import { formatMoney } from "../../../kernel/money.js";
import { trimEndOf } from "../../../kernel/trim-end.js";
import { mailText } from "../../../providers/mail/formats/mail-text.js";
import {
  type MailComposer,
  mailComposer,
  signatureOf,
  type Texts,
  type TextsIn,
} from "../../mail/mail.module.js";
import type { ListTopUps, TopUpOffer } from "../top-ups/list-top-ups.js";
import { CARE_NOTICE, type NoticeKind } from "./notice-kinds.js";
import type { UnsubscribeTokens } from "./unsubscribe-token.js";

export interface ComposeNoticeDeps {
  readonly db: Db;
  readonly publicUrl: string;
  readonly textsIn: TextsIn;
  readonly tokens: UnsubscribeTokens;
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
  readonly plan_name: string;
  readonly order_reference: string;
  readonly plan_expires_at: string | null;
}

/** It links to the account, never to a code, so that a forwarded notice opens nothing. */
export function makeNoticeMail(deps: ComposeNoticeDeps): MailComposer {
  const shopUrl = trimEndOf(deps.publicUrl, "/");
  return mailComposer<NoticeRow>(CARE_NOTICE, async (row) => {
    const texts = deps.textsIn(languageOr(row.language));
    const prefix = texts.language === "en" ? shopUrl : `${shopUrl}/${texts.language}`;
    const page = `${prefix}/account/esims/${row.esim_id}`;
    const unsubscribeUrl = `${shopUrl}/notices/unsubscribe/${deps.tokens.sign(row.subject_id)}`;
    const topUp = row.notice_kind === "install" ? undefined : await cheapestTopUp(deps, row);
    const { subject, paragraphs } = wordsOf(row, texts, page, topUp);
    const stop = `${texts.text("care.stop")}\n${unsubscribeUrl}`;
    return {
      to: row.email,
      language: texts.language,
      subject,
      text: mailText([...paragraphs, stop], signatureOf(texts)),
      unsubscribeUrl,
    };
  });
}

async function cheapestTopUp(
  { db, listTopUps }: ComposeNoticeDeps,
  row: NoticeRow,
): Promise<TopUpOffer | undefined> {
  const list = await listTopUps(db, { esimId: row.esim_id, userId: row.user_id, currency: row.currency });
  return list?.offers[0];
}

function wordsOf(
  row: NoticeRow,
  { text, moment, language }: Texts,
  page: string,
  topUp: TopUpOffer | undefined,
): { readonly subject: string; readonly paragraphs: readonly string[] } {
  const about = { plan: row.plan_name, reference: row.order_reference };
  const until = row.plan_expires_at === null ? "" : moment(row.plan_expires_at);
  const where = `${text("care.where")}\n${page}`;
  const more =
    topUp === undefined
      ? [where]
      : [
          `${text("care.top_up", {
            plan: topUp.name,
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
        paragraphs: [text("care.expired.what", about), text("care.expired.next")],
      };
  }
}
