import { escapeHtml } from "../../../kernel/html.js";
import { formatMoney } from "../../../kernel/money.js";
import { planIn, sizeIn } from "../../catalog/catalog.module.js";
import type { Texts } from "../../mail/mail.module.js";
import { page } from "../delivery/install-page.js";
import type { TopUpOffer } from "../top-ups/list-top-ups.js";
import type { NoticePageRow } from "./notice-page-store.js";

/** The shop's address in the reader's language. */
export const placeIn = (shopUrl: string, language: string): string =>
  language === "en" ? shopUrl : `${shopUrl}/${language}`;

/** Where the top-up is paid, after signing in; the price is the one that was read. */
export const topUpAddress = (shop: string, esimId: number, offer: TopUpOffer): string =>
  `${shop}/checkout/${offer.plan_id}?currency=${offer.currency}&esim=${esimId}&seen=${offer.amount_minor}`;

/** What is left on one eSIM and what can be added to it. It shows no code, and reading it changes nothing. */
export function noticePage(
  row: NoticePageRow,
  texts: Texts,
  { topUp, shop }: { readonly topUp: TopUpOffer | undefined; readonly shop: string },
): string {
  const { text, moment } = texts;
  const facts = factsOf(row, texts)
    .map(([label, value]) => `<div><dt>${escapeHtml(label)}</dt><dd>${escapeHtml(value)}</dd></div>`)
    .join("");
  return page(
    texts,
    planIn(row.plan, texts),
    `<dl class="facts">${facts}</dl>
${row.has_ended ? `<p>${escapeHtml(text("notice.ended"))}</p>` : ""}
${topUp === undefined ? shopButton(row, texts, shop) : topUpButton(row, texts, shop, topUp)}
<p><a href="${escapeHtml(`${shop}/account/esims/${row.esim_id}`)}">${escapeHtml(text("notice.account"))}</a></p>
<p class="quiet">${escapeHtml(text("notice.until", { until: moment(row.page_until) }))}</p>`,
  );
}

function factsOf(row: NoticePageRow, { text, moment, language }: Texts): (readonly [string, string])[] {
  const { usage_total_bytes: total, usage_remaining_bytes: left, usage_base: base, usage_as_of: asOf } = row;
  const facts: (readonly [string, string])[] = [];
  if (total !== null && left !== null && total > 0 && !row.is_unlimited) {
    const amount = (bytes: number): string => amountOf(bytes, base ?? 1_000, language);
    facts.push([text("notice.left"), text("notice.left_of", { left: amount(left), total: amount(total) })]);
    if (asOf !== null) facts.push([text("notice.as_of"), moment(asOf)]);
  }
  if (row.plan_expires_at !== null) facts.push([text("notice.works_until"), moment(row.plan_expires_at)]);
  return facts;
}

function topUpButton(row: NoticePageRow, texts: Texts, shop: string, topUp: TopUpOffer): string {
  const { text, language } = texts;
  const plan = language === "en" ? topUp.name : (sizeIn(topUp, texts) ?? topUp.name);
  const price = formatMoney({ minor: topUp.amount_minor, currency: topUp.currency }, language);
  return `<a class="main" href="${escapeHtml(topUpAddress(shop, row.esim_id, topUp))}">${escapeHtml(
    text("notice.add", { plan, price }),
  )}</a>
<p class="quiet">${escapeHtml(text("notice.paying"))}</p>`;
}

const shopButton = (row: NoticePageRow, { text }: Texts, shop: string): string =>
  row.kind === "install"
    ? ""
    : `<p>${escapeHtml(text("notice.nothing"))}</p>
<a class="main" href="${escapeHtml(`${shop}/`)}">${escapeHtml(text("gone.store"))}</a>`;

/** What the supplier calls a gigabyte, to one decimal; less than one in megabytes. */
function amountOf(bytes: number, base: number, language: string): string {
  const gigabytes = bytes / base ** 3;
  const [value, unit] = gigabytes >= 1 || bytes === 0 ? [gigabytes, "GB"] : [bytes / base ** 2, "MB"];
  const digits = { maximumFractionDigits: unit === "GB" ? 1 : 0 };
  return `${new Intl.NumberFormat(language === "en" ? "en-GB" : language, digits).format(value)} ${unit}`;
}

/** The same for a link that never was, has expired or was ended. */
export const noticeGonePage = (texts: Texts): string =>
  page(
    texts,
    texts.text("notice.gone_title"),
    `<p>${escapeHtml(texts.text("notice.gone"))}</p>
<p><a class="main" href="${escapeHtml(`${placeIn(texts.shop.url, texts.language)}/account`)}">${escapeHtml(
      texts.text("notice.account"),
    )}</a></p>`,
  );
