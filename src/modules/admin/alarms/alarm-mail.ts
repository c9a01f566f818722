import { type Language, languageOr } from "../../../kernel/language.js";
import { permissionsOf, type Role } from "../../../kernel/permissions.js";
import { trimEndOf } from "../../../kernel/trim-end.js";
import { mailText } from "../../../providers/mail/formats/mail-text.js";
import {
  defineMail,
  type Letter,
  type MailComposer,
  mailComposer,
  SAMPLE,
  signatureOf,
  type Texts,
  type TextsIn,
} from "../../mail/mail.module.js";
import { ALARMS, type AlarmKind, alarmsFor } from "./alarm-kinds.js";

/** What a person may decide; a newer mail to the same person says it better, and after a day it is old news. */
export const OPERATOR_ALARM = defineMail({
  kind: "operator_alarm",
  priority: 3,
  from: `left join alarm_mails a on a.id = c.subject_id left join users u on u.id = a.user_id
     left join team_members t on t.user_id = a.user_id left join alarm_choices h on h.user_id = a.user_id`,
  obstacle: `case when a.id is null then 'alarm_gone' when u.deleted_at is not null then 'person_deleted'
       when u.disabled_at is not null then 'person_locked_out'
       when exists (select from alarm_mails n where n.user_id = a.user_id and n.id > a.id) then 'newer_mail'
       when a.created_at < now() - interval '1 day' then 'too_late' end`,
  columns: "u.email, t.role, h.language, h.muted, a.facts",
  keptHours: 24 * 90,
});

export interface AlarmFact {
  readonly kind: AlarmKind;
  readonly waiting: number;
  /** Of them, since the mail before. */
  readonly fresh: number;
  readonly oldest_at: string | null;
  readonly due_at: string | null;
}

interface AlarmRow {
  readonly email: string;
  readonly role: Role | null;
  readonly language: string | null;
  readonly muted: readonly string[] | null;
  readonly facts: readonly AlarmFact[];
}

export interface AlarmMailDeps {
  readonly ownerEmails: readonly string[];
  readonly publicUrl: string;
  readonly textsIn: TextsIn;
}

/** Whoever has lost the role since, or has muted the kind, is not told of it. */
export function makeAlarmMail({ ownerEmails, publicUrl, textsIn }: AlarmMailDeps): MailComposer {
  const letterOf = (email: string, facts: readonly AlarmFact[], language: Language): Letter => ({
    to: email,
    language,
    ...alarmWords(facts, textsIn(language), trimEndOf(publicUrl, "/")),
  });
  const compose = (row: AlarmRow): Letter | null => {
    const role = ownerEmails.includes(row.email) ? "owner" : row.role;
    const mine = alarmsFor(permissionsOf(role));
    const facts = row.facts.filter(({ kind }) => mine.includes(kind) && !row.muted?.includes(kind));
    if (facts.length === 0) return null;
    return letterOf(row.email, facts, languageOr(row.language));
  };
  return mailComposer<AlarmRow>(OPERATOR_ALARM, compose, (language) => {
    const kinds = Object.keys(ALARMS) as AlarmKind[];
    return [
      { variant: "waiting", letter: letterOf(SAMPLE.email, kinds.map(sampleFact), language) },
      {
        variant: "over",
        letter: letterOf(
          SAMPLE.email,
          kinds.slice(0, 2).map((kind) => ({ ...sampleFact(kind), waiting: 0, fresh: 0 })),
          language,
        ),
      },
    ];
  });
}

const sampleFact = (kind: AlarmKind, index = 0): AlarmFact => ({
  kind,
  waiting: index + 2,
  fresh: 1,
  oldest_at: SAMPLE.at,
  due_at: kind === "disputes" ? SAMPLE.until : null,
});

/** A summary with links into the console; nothing of a customer. */
export function alarmWords(
  facts: readonly AlarmFact[],
  texts: Texts,
  shopUrl: string,
): { readonly subject: string; readonly text: string } {
  const { text, shop } = texts;
  const waiting = facts.filter((fact) => fact.waiting > 0);
  const count = waiting.reduce((sum, fact) => sum + fact.waiting, 0);
  const over = facts.filter((fact) => fact.waiting === 0).map(({ kind }) => text(`alarm.${kind}`));
  const subject =
    count === 0
      ? text("alarm.subject_over", { shop: shop.name })
      : text("alarm.subject", { shop: shop.name, count });
  const paragraphs = [
    ...waiting.map((fact) => `${lineOf(fact, texts)}\n${shopUrl}/console${ALARMS[fact.kind].place}`),
    ...(over.length === 0 ? [] : [text("alarm.over", { what: over.join("; ") })]),
    `${text("alarm.again")}\n${shopUrl}/console/alarms`,
  ];
  return { subject, text: mailText(paragraphs, signatureOf(texts)) };
}

function lineOf({ kind, waiting, fresh, oldest_at: oldest, due_at: due }: AlarmFact, texts: Texts): string {
  const { text, moment } = texts;
  const what = text(`alarm.${kind}`);
  return [
    fresh > 0 && fresh < waiting
      ? text("alarm.waiting_new", { what, waiting, fresh })
      : text("alarm.waiting", { what, waiting }),
    ...(oldest === null ? [] : [text("alarm.since", { since: moment(oldest) })]),
    ...(due === null ? [] : [text("alarm.due", { due: moment(due) })]),
  ].join(" ");
}
