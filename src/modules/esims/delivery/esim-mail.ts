import { languageOr } from "../../../kernel/language.js";
import { qrPng } from "../../../providers/esim/formats/qr.js";
import { mailText } from "../../../providers/mail/formats/mail-text.js";
import { destinationIn } from "../../catalog/catalog.module.js";
import { type Letter, signatureOf, type Texts, type TextsIn } from "../../mail/mail.module.js";
import type { EsimRow } from "../esim-read-model.js";
import type { InstallSecrets } from "../install-secrets.js";
import { esimMailHtml, type MailFrame } from "./esim-mail-html.js";
import { type GuideSection, type InstallGuide, installGuide } from "./install-guide.js";

export interface EsimMailInput {
  readonly row: EsimRow;
  readonly secrets: InstallSecrets;
  readonly about: {
    readonly email: string;
    readonly language: string | null;
    readonly order_reference: string;
    readonly linkExpiresAt: string;
  };
  readonly textsIn: TextsIn;
  /** The page of this eSIM behind its secret link. */
  readonly installPage: string;
}

const QR_CONTENT_ID = "esim-qr";
/** 8 pixels a module: sharp on screens of high density and when printed. */
const QR_MODULE_PIXELS = 8;

/**
 * The mail with everything to install one eSIM; its plain text is complete by itself. The subject never has a code:
 * subjects are shown on lock screens and kept in logs. Nothing in it is fetched or tracked.
 */
export function esimMail({ row, secrets, about, textsIn, installPage }: EsimMailInput): Letter {
  const texts = textsIn(languageOr(about.language));
  const { text } = texts;
  const guide = installGuide({ row, secrets, orderReference: about.order_reference }, texts);
  const frame: MailFrame = {
    pageLine: text("mail.page", { until: texts.moment(about.linkExpiresAt) }),
    pageUrl: installPage,
    notes: [text("mail.later"), text("mail.secret")],
  };
  const qr = {
    filename: "esim-qr.png",
    contentType: "image/png",
    content: qrPng(secrets.qrPayload, QR_MODULE_PIXELS),
  };
  return {
    to: about.email,
    language: texts.language,
    subject: subjectOf(row, texts),
    text: mailText(paragraphsOf(guide, frame, texts), signatureOf(texts)),
    html: esimMailHtml(guide, frame, texts, `cid:${QR_CONTENT_ID}`),
    // Once inside the text and once as a file, for mail programs that hide pictures and for printing.
    attachments: [{ ...qr, contentId: QR_CONTENT_ID }, qr],
  };
}

function subjectOf(row: EsimRow, texts: Texts): string {
  const destination = destinationIn(row.plan_snapshot, texts);
  const subject =
    destination === undefined
      ? texts.text("mail.subject_anywhere")
      : texts.text("mail.subject", { destination });
  // A country's name comes from the catalogue; a header is one line whatever stands there.
  return subject.replace(/[\p{C}\s]+/gu, " ");
}

function paragraphsOf(guide: InstallGuide, frame: MailFrame, { text }: Texts): string[] {
  return [
    guide.title,
    guide.facts.map(({ label, value }) => `${label}: ${value}`).join("\n"),
    ...(guide.warning === null ? [] : [guide.warning]),
    sectionText(guide.before),
    `${text("tap.title")}\n${text("tap.hint")}`,
    `${text("tap.apple")}:\n${guide.links.apple}`,
    `${text("tap.android")}:\n${guide.links.android}`,
    `${text("code.title")}\n\n${guide.codes.map(({ label, value }) => `${label}:\n${value}`).join("\n\n")}`,
    ...guide.platforms.map(sectionText),
    sectionText(guide.arrival),
    `${frame.pageLine}\n${frame.pageUrl}`,
    frame.notes.join("\n"),
  ];
}

const sectionText = ({ title, lines }: GuideSection): string =>
  [title, ...lines.map((line) => `- ${line}`)].join("\n");
