import { type Language, languageOr } from "../../kernel/language.js";
import {
  defineMail,
  type MailComposer,
  mailComposer,
  SAMPLE,
  type Texts,
  type TextsIn,
} from "../mail/mail.module.js";
import type { LoginSecrets } from "./login-secrets.js";

/**
 * A sign-in code, queued by the statement that makes it. The code is in no outbox: it lies sealed in its own row until
 * it is sent, refused or used, and not a moment longer.
 */
export const LOGIN_CODE = defineMail({
  kind: "login_code",
  priority: -30,
  from: "left join auth_codes a on a.id = c.subject_id",
  obstacle: `case when a.id is null then 'code_gone' when a.used_at is not null then 'code_used'
       when a.replaced_at is not null then 'code_replaced' when a.expires_at <= now() then 'code_expired'
       when a.sealed_code is null then 'code_not_kept' end`,
  columns: `a.email, a.sealed_code, a.language,
     ceil(extract(epoch from a.expires_at - now()) / 60)::integer as minutes_left`,
  follow: {
    name: "code_erased",
    sql: `update auth_codes set sealed_code = null, sent_at = case when settled.status = 'sent' then now() end
     from settled where auth_codes.id = settled.subject_id and settled.status <> 'delayed' and sealed_code is not null`,
  },
  keptHours: 25,
});

interface LoginCodeRow {
  readonly email: string;
  readonly sealed_code: Buffer;
  readonly language: string | null;
  readonly minutes_left: number;
}

export function makeLoginMail({
  secrets,
  textsIn,
}: {
  secrets: LoginSecrets;
  textsIn: TextsIn;
}): MailComposer {
  const letterOf = (email: string, language: Language, code: string, minutesLeft: number) => ({
    to: email,
    language,
    ...loginMailWords({ code, minutesLeft }, textsIn(language)),
    developmentLine: `Sign-in code for ${email}: ${code}`,
  });
  return mailComposer<LoginCodeRow>(
    LOGIN_CODE,
    ({ email, language, sealed_code: sealed, minutes_left: minutesLeft }) =>
      letterOf(email, languageOr(language), secrets.openCode(email, sealed), minutesLeft),
    (language) => [{ variant: "code", letter: letterOf(SAMPLE.email, language, "123456", 10) }],
  );
}

/** The shortest code has six digits; mailboxes offer runs of about that length as the code. */
const DIGIT_RUN = /\p{Nd}{6,}/u;
const WORD_JOINER = "\u2060";

/**
 * The login mail's words. Programs find the code as the only unbroken run of so many digits, in the subject and in the
 * text, so nothing else in them may hold one: a line whose address or link would is left out, since those cannot be
 * changed, and the digits of such a name are held apart by a character that nobody sees.
 */
export function loginMailWords(
  { code, minutesLeft }: { readonly code: string; readonly minutesLeft: number },
  { text, shop: { name, url, supportEmail } }: Texts,
): { readonly subject: string; readonly text: string } {
  const shop = name.replace(/\p{Nd}{3}(?=\p{Nd})/gu, `$&${WORD_JOINER}`);
  const where = DIGIT_RUN.test(url) ? "." : `: ${url}`;
  const paragraphs = [
    text("login.code", { shop, code }),
    text("login.use", { count: minutesLeft, where }),
    text("login.secret", { shop }),
  ];
  if (supportEmail !== null && !DIGIT_RUN.test(supportEmail))
    paragraphs.push(text("login.questions", { address: supportEmail }));
  return { subject: text("login.subject", { shop, code }), text: paragraphs.join("\n\n") };
}
