import type { Db } from "../../../db/database.js";
import { languageOr } from "../../../kernel/language.js";
import { mailText } from "../../../providers/mail/formats/mail-text.js";
import {
  type Letter,
  type MailComposer,
  mailComposer,
  signatureOf,
  type Texts,
  type TextsIn,
} from "../../mail/mail.module.js";
import { findEsim } from "../esim-read-model.js";
import type { ShowEsim } from "../show-esims.js";
import { esimMail } from "./esim-mail.js";
import { installUrl, makeLinkSecret } from "./link-secret.js";
import { makeMailedLink } from "./link-store.js";
import { ESIM_FAILED, ESIM_READY, ESIM_REMINDER, TOP_UP_DONE, TOP_UP_FAILED } from "./mail-kinds.js";

export interface ComposeDeps {
  readonly db: Db;
  readonly showEsim: ShowEsim;
  readonly publicUrl: string;
  readonly textsIn: TextsIn;
}

interface AboutEsim {
  readonly language: string | null;
  readonly email: string;
  readonly order_reference: string;
}
type AboutPlan = AboutEsim & { readonly plan_name: string };
type Words = { readonly subject: string; readonly paragraphs: readonly string[] };

/** The mails about eSIMs and top-ups. */
export function makeEsimMails({ db, showEsim, publicUrl, textsIn }: ComposeDeps): readonly MailComposer[] {
  const letter = (to: AboutEsim, texts: Texts, { subject, paragraphs }: Words): Letter => ({
    to: to.email,
    language: texts.language,
    subject,
    text: mailText(paragraphs, signatureOf(texts)),
  });
  const notice =
    <Row extends AboutEsim>(write: (row: Row, texts: Texts) => Words) =>
    (row: Row): Letter => {
      const texts = textsIn(languageOr(row.language));
      return letter(row, texts, write(row, texts));
    };
  return [
    mailComposer<AboutEsim>(ESIM_READY, async (about) => {
      const found = await findEsim(db, about.subject_id);
      if (found === undefined) return null;
      const viewer = { actor: "system:mail", sessionId: null, channel: "mail", requestId: null } as const;
      const { row, secrets } = await showEsim(found, viewer);
      // Taken back since the claim.
      if (secrets === null) return null;
      const { secret, hash } = makeLinkSecret();
      const linkExpiresAt = await makeMailedLink(db, row.id, hash);
      return esimMail({
        row,
        secrets,
        about: { ...about, linkExpiresAt },
        textsIn,
        installPage: installUrl(publicUrl, secret),
      });
    }),
    mailComposer<AboutPlan & { readonly use_by: string }>(ESIM_REMINDER, async (row) => {
      const texts = textsIn(languageOr(row.language));
      const { secret, hash } = makeLinkSecret();
      const linkExpiresAt = await makeMailedLink(db, row.subject_id, hash);
      const page = `${texts.text("reminder.page", { until: texts.moment(linkExpiresAt) })}\n${installUrl(publicUrl, secret)}`;
      return letter(row, texts, reminderWords(row, texts, page));
    }),
    mailComposer<AboutPlan>(
      ESIM_FAILED,
      notice<AboutPlan>((row, { text }) => ({
        subject: text("failed.subject"),
        paragraphs: [text("failed.what", namesOf(row)), text("failed.money"), text("failed.next")],
      })),
    ),
    mailComposer<AboutTopUp>(
      TOP_UP_DONE,
      notice<AboutTopUp>((row, { text }) => ({
        subject: text("top_up.subject"),
        paragraphs: [text("top_up.what", namesOf(row)), text("top_up.nothing_to_do"), text("top_up.where")],
      })),
    ),
    mailComposer<AboutTopUp>(
      TOP_UP_FAILED,
      notice<AboutTopUp>((row, { text }) => ({
        subject: text("top_up_failed.subject"),
        paragraphs: [
          text("top_up_failed.what", namesOf(row)),
          text("failed.money"),
          text("top_up_failed.next"),
        ],
      })),
    ),
  ];
}

type AboutTopUp = AboutPlan & { readonly esim_name: string };

const namesOf = (row: AboutPlan & { readonly esim_name?: string }): Record<string, string> => ({
  plan: row.plan_name,
  reference: row.order_reference,
  ...(row.esim_name === undefined ? {} : { esim: row.esim_name }),
});

function reminderWords(
  row: AboutPlan & { readonly use_by: string },
  { text, day }: Texts,
  page: string,
): Words {
  const until = day(row.use_by);
  return {
    subject: text("reminder.subject", { until }),
    paragraphs: [
      text("reminder.what", { ...namesOf(row), until }),
      text("reminder.done"),
      page,
      text("mail.later"),
    ],
  };
}
