import { escapeHtml } from "../../../kernel/html.js";
import type { Texts } from "../../mail/mail.module.js";
import type { GuideCode, GuideSection, InstallGuide } from "./install-guide.js";

/** What the mail says around the guide. */
export interface MailFrame {
  readonly pageLine: string;
  readonly pageUrl: string;
  readonly notes: readonly string[];
}

/**
 * Mail programs know little of style sheets, so styles stand at the elements. Colours keep their contrast when a
 * program turns them for dark mode; the QR symbol is a picture with its own white margin, which none of them turns.
 */
const FONT = "font-family:system-ui,-apple-system,'Segoe UI',Roboto,sans-serif";
const STYLE = {
  body: `margin:0;padding:0;background-color:#f7f3ea;color:#14302e;${FONT};font-size:16px;line-height:1.5`,
  card: "max-width:600px;margin:0 auto;padding:24px 20px;background-color:#fffdf8",
  head: "background-color:#123c3a;color:#fdf6e6;padding:20px;border-bottom:6px solid #f6b352",
  brand: "margin:0 0 4px;font-size:15px;font-weight:700",
  h1: "margin:0;font-size:24px;line-height:1.25",
  h2: "margin:28px 0 8px;font-size:18px;line-height:1.3",
  p: "margin:0 0 12px",
  quiet: "margin:0 0 12px;font-size:14px",
  warning:
    "margin:16px 0;padding:12px 14px;border-left:5px solid #b3261e;background-color:#fbe9e7;color:#5f1410",
  fact: "padding:3px 12px 3px 0;vertical-align:top;text-align:left",
  button:
    "display:block;margin:0 0 10px;padding:14px 16px;border-radius:10px;background-color:#0b6158;color:#ffffff;" +
    "font-weight:700;text-align:center;text-decoration:none",
  qr: "display:block;width:264px;max-width:100%;height:auto;margin:0 auto;border:0",
  qrFrame: "padding:12px;background-color:#ffffff;border:1px solid #d9d1bf;border-radius:12px",
  code:
    "display:block;padding:10px 12px;border:1px solid #d9d1bf;border-radius:8px;background-color:#ffffff;color:#111111;" +
    "font-family:ui-monospace,Menlo,Consolas,monospace;font-size:15px;word-break:break-all;overflow-wrap:anywhere",
  list: "margin:0 0 12px;padding-left:22px",
  item: "margin:0 0 6px",
  foot: "margin:28px 0 0;padding-top:14px;border-top:1px solid #d9d1bf;font-size:14px",
} as const;

export function esimMailHtml(
  guide: InstallGuide,
  frame: MailFrame,
  { text, language, shop }: Texts,
  qrSource: string,
): string {
  const warning =
    guide.warning === null ? "" : `<p style="${STYLE.warning}">${escapeHtml(guide.warning)}</p>`;
  return `<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light">
<meta name="supported-color-schemes" content="light">
<title>${escapeHtml(guide.title)}</title>
</head>
<body style="${STYLE.body}">
<div style="${STYLE.card}">
<div style="${STYLE.head}"><p style="${STYLE.brand}">${escapeHtml(shop.name)}</p>
<h1 style="${STYLE.h1}">${escapeHtml(guide.title)}</h1></div>
${factsHtml(guide)}
${warning}
${sectionHtml(guide.before)}
<h2 style="${STYLE.h2}">${escapeHtml(text("tap.title"))}</h2>
${buttonHtml(guide.links.apple, text("tap.apple"))}
${buttonHtml(guide.links.android, text("tap.android"))}
<p style="${STYLE.quiet}">${escapeHtml(text("tap.hint"))}</p>
<h2 style="${STYLE.h2}">${escapeHtml(text("qr.title"))}</h2>
<div style="${STYLE.qrFrame}"><img src="${qrSource}" width="264" alt="${escapeHtml(text("qr.alt"))}" style="${STYLE.qr}"></div>
<p style="${STYLE.quiet};margin-top:12px">${escapeHtml(text("qr.hint"))}</p>
<h2 style="${STYLE.h2}">${escapeHtml(text("code.title"))}</h2>
${guide.codes.map(codeHtml).join("\n")}
${guide.platforms.map(sectionHtml).join("\n")}
${sectionHtml(guide.arrival)}
<p style="${STYLE.p};margin-top:28px">${escapeHtml(frame.pageLine)}</p>
${buttonHtml(frame.pageUrl, text("mail.page_button"))}
<div style="${STYLE.foot}">
${[...frame.notes, text("mail.help")].map((note) => `<p style="${STYLE.quiet}">${escapeHtml(note)}</p>`).join("\n")}
<p style="${STYLE.quiet}"><a href="${escapeHtml(shop.url)}" style="color:#0b6158">${escapeHtml(shop.name)}</a></p>
</div>
</div>
</body>
</html>
`;
}

function factsHtml({ facts }: InstallGuide): string {
  const rows = facts.map(
    ({ label, value }) =>
      `<tr><th scope="row" style="${STYLE.fact};font-weight:400">${escapeHtml(label)}</th>` +
      `<td style="${STYLE.fact};font-weight:700">${escapeHtml(value)}</td></tr>`,
  );
  return `<table style="margin:18px 0 0;border-collapse:collapse">${rows.join("")}</table>`;
}

const buttonHtml = (href: string, label: string): string =>
  `<a href="${escapeHtml(href)}" style="${STYLE.button}">${escapeHtml(label)}</a>`;

function codeHtml({ label, value, isCode }: GuideCode): string {
  const shown = isCode ? `<code style="${STYLE.code}">${escapeHtml(value)}</code>` : escapeHtml(value);
  return `<p style="${STYLE.p}">${escapeHtml(label)}<br>${shown}</p>`;
}

function sectionHtml({ title, lines }: GuideSection): string {
  const items = lines.map((line) => `<li style="${STYLE.item}">${escapeHtml(line)}</li>`).join("");
  return `<h2 style="${STYLE.h2}">${escapeHtml(title)}</h2><ul style="${STYLE.list}">${items}</ul>`;
}
