import type { Db } from "../../../db/database.js";
import { type Language, languageOr } from "../../../kernel/language.js";
import { mailText } from "../../../providers/mail/formats/mail-text.js";
import { type FrozenPlan, planIn } from "../../catalog/catalog.module.js";
import {
  type Letter,
  type MailComposer,
  type MailKind,
  type MailSample,
  mailComposer,
  SAMPLE,
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
import { SAMPLE_ESIM, SAMPLE_SECRETS } from "./sample-esim.js";

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
type AboutPlan = AboutEsim & { readonly plan: FrozenPlan };
type Words = { readonly subject: string; readonly paragraphs: readonly string[] };

/** The mails about eSIMs and top-ups. */
export function makeEsimMails({ db, showEsim, publicUrl, textsIn }: ComposeDeps): readonly MailComposer[] {
  const letter = (to: AboutEsim, texts: Texts, { subject, paragraphs }: Words): Letter => ({
    to: to.email,
    language: texts.language,
    subject,
    text: mailText(paragraphs, signatureOf(texts)),
  });
  const notice = (kind: MailKind, write: Write): MailComposer => {
    const compose = (row: AboutTopUp): Letter => {
      const texts = textsIn(languageOr(row.language));
      return letter(row, texts, write(namesOf(row, texts), texts));
    };
    return mailComposer<AboutTopUp>(kind, compose, (language) => [
      {
        variant: kind.kind,
        letter: compose({ ...sampleAbout(language), esim_plan: SAMPLE_ESIM.plan_snapshot }),
      },
    ]);
  };
  const reminder = (row: AboutReminder, secret: string, linkExpiresAt: string): Letter => {
    const texts = textsIn(languageOr(row.language));
    const page = `${texts.text("reminder.page", { until: texts.moment(linkExpiresAt) })}\n${installUrl(publicUrl, secret)}`;
    return letter(row, texts, reminderWords(row, texts, page));
  };
  return [
    mailComposer<AboutEsim>(
      ESIM_READY,
      async (about) => {
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
      },
      (language) => [readySample(language, publicUrl, textsIn)],
    ),
    mailComposer<AboutReminder>(
      ESIM_REMINDER,
      async (row) => {
        const { secret, hash } = makeLinkSecret();
        return reminder(row, secret, await makeMailedLink(db, row.subject_id, hash));
      },
      (language) => {
        const row = { ...sampleAbout(language), use_by: SAMPLE.until };
        return [{ variant: ESIM_REMINDER.kind, letter: reminder(row, SAMPLE.secret, SAMPLE.until) }];
      },
    ),
    ...NOTICES.map(([kind, write]) => notice(kind, write)),
  ];
}

type Write = (names: Record<string, string>, texts: Texts) => Words;

/** The kinds that are nothing but words. */
const NOTICES: readonly (readonly [MailKind, Write])[] = [
  [
    ESIM_FAILED,
    (names, { text }) => ({
      subject: text("failed.subject"),
      paragraphs: [text("failed.what", names), text("failed.money"), text("failed.next")],
    }),
  ],
  [
    TOP_UP_DONE,
    (names, { text }) => ({
      subject: text("top_up.subject"),
      paragraphs: [text("top_up.what", names), text("top_up.nothing_to_do"), text("top_up.where")],
    }),
  ],
  [
    TOP_UP_FAILED,
    (names, { text }) => ({
      subject: text("top_up_failed.subject"),
      paragraphs: [text("top_up_failed.what", names), text("failed.money"), text("top_up_failed.next")],
    }),
  ],
];

const sampleAbout = (language: Language) => ({
  language,
  email: SAMPLE.email,
  order_reference: SAMPLE.reference,
  plan: SAMPLE_ESIM.plan_snapshot,
});

const readySample = (language: Language, publicUrl: string, textsIn: TextsIn): MailSample => ({
  variant: ESIM_READY.kind,
  letter: esimMail({
    row: SAMPLE_ESIM,
    secrets: SAMPLE_SECRETS,
    about: { ...sampleAbout(language), linkExpiresAt: SAMPLE.until },
    textsIn,
    installPage: installUrl(publicUrl, SAMPLE.secret),
  }),
});

/** A mail about an eSIM itself has no name of another. */
type AboutTopUp = AboutPlan & { readonly esim_plan?: FrozenPlan };
type AboutReminder = AboutPlan & { readonly use_by: string };

const namesOf = (row: AboutTopUp, texts: Texts): Record<string, string> => ({
  plan: planIn(row.plan, texts),
  reference: row.order_reference,
  ...(row.esim_plan === undefined ? {} : { esim: planIn(row.esim_plan, texts) }),
});

function reminderWords(row: AboutReminder, texts: Texts, page: string): Words {
  const { text, moment } = texts;
  const until = moment(row.use_by);
  return {
    subject: text("reminder.subject", { until }),
    paragraphs: [
      text("reminder.what", { ...namesOf(row, texts), until }),
      text("reminder.done"),
      page,
      text("mail.later"),
    ],
  };
}
