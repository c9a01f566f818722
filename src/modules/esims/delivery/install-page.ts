import { escapeHtml } from "../../../kernel/html.js";
import { qrPng } from "../../../providers/esim/formats/qr.js";
import type { Texts } from "../../mail/mail.module.js";
import type { GuideCode, GuideSection, InstallGuide } from "./install-guide.js";
import { PAGE_SCRIPT, PAGE_STYLE } from "./install-page-style.js";

/** What is seen before the button is pressed: nothing about the eSIM, not even where it is for. */
export function closedPage(texts: Texts, expiresAt: string): string {
  const { text, moment } = texts;
  return page(
    texts,
    text("page.title"),
    `<p>${escapeHtml(text("page.closed"))}</p>
<form method="post"><button class="main" type="submit">${escapeHtml(text("page.show"))}</button></form>
<p class="quiet">${escapeHtml(text("page.until", { until: moment(expiresAt) }))} ${escapeHtml(text("page.secret"))}</p>`,
  );
}

/** The same for a link that never was, has expired or was revoked. */
export function gonePage(texts: Texts): string {
  const { text, shop } = texts;
  return page(
    texts,
    text("gone.title"),
    `<p>${escapeHtml(text("gone.text"))}</p>
<p>${escapeHtml(text("gone.what"))}</p>
<p><a class="main" href="${escapeHtml(shop.url)}">${escapeHtml(text("gone.store"))}</a></p>`,
  );
}

/** The answer to the button. */
export function openPage(guide: InstallGuide, texts: Texts, expiresAt: string): string {
  const { text, moment } = texts;
  const facts = guide.facts
    .map(({ label, value }) => `<div><dt>${escapeHtml(label)}</dt><dd>${escapeHtml(value)}</dd></div>`)
    .join("");
  const warning = guide.warning === null ? "" : `<p class="warning">${escapeHtml(guide.warning)}</p>`;
  return page(
    texts,
    guide.title,
    `<dl class="facts">${facts}</dl>
${warning}
${sectionHtml(guide.before)}
<section><h2>${escapeHtml(text("tap.title"))}</h2>
<a class="main" href="${escapeHtml(guide.links.apple)}">${escapeHtml(text("tap.apple"))}</a>
<a class="main" href="${escapeHtml(guide.links.android)}">${escapeHtml(text("tap.android"))}</a>
<p class="quiet">${escapeHtml(text("tap.hint"))}</p></section>
<section><h2>${escapeHtml(text("qr.title"))}</h2>
<p class="qr"><img src="${qrSource(guide.qrPayload)}" alt="${escapeHtml(text("qr.alt"))}"></p>
<p class="quiet">${escapeHtml(text("qr.hint"))}</p></section>
<section><h2>${escapeHtml(text("code.title"))}</h2>
${guide.codes.map((code, index) => codeHtml(code, index, texts)).join("\n")}
<p class="quiet" id="said" role="status"></p></section>
${guide.platforms.map(platformHtml).join("\n")}
${sectionHtml(guide.arrival)}
<p class="quiet">${escapeHtml(text("page.until", { until: moment(expiresAt) }))} ${escapeHtml(text("page.secret"))}</p>
<script>${PAGE_SCRIPT}</script>`,
  );
}

/** A picture and not drawn by the page, because iPhones offer to install from a picture that is touched and held. */
const qrSource = (payload: string): string => `data:image/png;base64,${qrPng(payload).toString("base64")}`;

/** A page without script or picture from elsewhere, in the shop's colours. */
export function page({ language, shop, text }: Texts, title: string, content: string): string {
  return `<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex, nofollow, noarchive">
<meta name="referrer" content="no-referrer">
<meta name="color-scheme" content="light dark">
<meta name="format-detection" content="telephone=no">
<title>${escapeHtml(title)} · ${escapeHtml(shop.name)}</title>
<style>${PAGE_STYLE}</style>
</head>
<body>
<main>
<header><p class="brand">${escapeHtml(shop.name)}</p><h1>${escapeHtml(title)}</h1></header>
${content}
<footer><p class="quiet">${escapeHtml(text("mail.help"))}</p></footer>
</main>
</body>
</html>
`;
}

function codeHtml({ label, value, isCode }: GuideCode, index: number, { text }: Texts): string {
  if (!isCode) return `<p class="label">${escapeHtml(label)}</p><p>${escapeHtml(value)}</p>`;
  const copy = escapeHtml(text("code.copy"));
  // Without script the code is selected by one touch, and the button stays away.
  return `<p class="label" id="label-${index}">${escapeHtml(label)}</p>
<p class="code"><code id="code-${index}">${escapeHtml(value)}</code>
<button type="button" hidden data-copy="code-${index}" data-said="${escapeHtml(text("code.copied"))}" aria-describedby="label-${index}">${copy}</button></p>`;
}

const listHtml = (lines: readonly string[]): string =>
  `<ul>${lines.map((line) => `<li>${escapeHtml(line)}</li>`).join("")}</ul>`;

const sectionHtml = ({ title, lines }: GuideSection): string =>
  `<section><h2>${escapeHtml(title)}</h2>${listHtml(lines)}</section>`;

const platformHtml = ({ title, lines }: GuideSection): string =>
  `<details><summary>${escapeHtml(title)}</summary>${listHtml(lines)}</details>`;
