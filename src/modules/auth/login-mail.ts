import type { Language } from "../../kernel/language.js";
import type { Mail } from "../../providers/mail/port.js";

export interface LoginMailInput {
  readonly code: string;
  readonly minutesLeft: number;
  readonly language: Language;
  readonly shop: { readonly name: string; readonly supportEmail: string | null };
  readonly publicUrl: string;
}

/** The shortest code has six digits; mailboxes offer runs of about that length as the code. */
const DIGIT_RUN = /\p{Nd}{6,}/u;
const WORD_JOINER = "\u2060";

interface Words {
  subject(shop: string, code: string): string;
  code(shop: string, code: string): string;
  /** `where` is ": https://…", or a full stop. */
  use(minutes: number, where: string): string;
  secret(shop: string): string;
  contact(address: string): string;
}

const WORDS: Readonly<Record<Language, Words>> = {
  en: {
    subject: (shop, code) => `Your sign-in code for ${shop}: ${code}`,
    code: (shop, code) => `Your sign-in code for ${shop} is ${code}`,
    use: (minutes, where) =>
      `It works once, within ${minutes === 1 ? "1 minute" : `${minutes} minutes`}. Enter it where you asked for it${where}`,
    secret: (shop) =>
      `Nobody from ${shop} will ever ask you for it. If it was not you who asked, ignore this mail: without the code nobody gets in.`,
    contact: (address) => `Questions? Write to ${address}.`,
  },
  es: {
    subject: (shop, code) => `Tu código para entrar en ${shop}: ${code}`,
    code: (shop, code) => `Tu código para entrar en ${shop} es ${code}`,
    use: (minutes, where) =>
      `Sirve una sola vez, durante ${minutes === 1 ? "1 minuto" : `${minutes} minutos`}. Escríbelo donde lo pediste${where}`,
    secret: (shop) =>
      `Nadie de ${shop} te lo pedirá nunca. Si no lo has pedido tú, no hagas caso de este correo: sin el código nadie entra.`,
    contact: (address) => `¿Preguntas? Escribe a ${address}.`,
  },
};

/**
 * The login mail's words. Programs find the code as the only unbroken run of so many digits, in the subject and in the
 * text, so nothing else in them may hold one: a line whose address or link would is left out, since those cannot be
 * changed, and the digits of such a name are held apart by a character that nobody sees.
 */
export function loginMailWords({
  code,
  minutesLeft,
  language,
  shop,
  publicUrl,
}: LoginMailInput): Pick<Mail, "subject" | "text"> {
  const words = WORDS[language];
  const name = shop.name.replace(/\p{Nd}{3}(?=\p{Nd})/gu, `$&${WORD_JOINER}`);
  const where = DIGIT_RUN.test(publicUrl) ? "." : `: ${publicUrl}`;
  const paragraphs = [words.code(name, code), words.use(minutesLeft, where), words.secret(name)];
  const { supportEmail } = shop;
  if (supportEmail !== null && !DIGIT_RUN.test(supportEmail)) paragraphs.push(words.contact(supportEmail));
  return { subject: words.subject(name, code), text: paragraphs.join("\n\n") };
}
