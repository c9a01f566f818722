import type { Mail } from "../../providers/mail/port.js";

export interface LoginMailInput {
  readonly code: string;
  readonly minutesLeft: number;
  readonly shop: { readonly name: string; readonly supportEmail: string | null };
  readonly publicUrl: string;
}

/** The shortest code has six digits; mailboxes offer runs of about that length as the code. */
const DIGIT_RUN = /\p{Nd}{6,}/u;
const WORD_JOINER = "\u2060";

/**
 * The login mail's words. Programs find the code as the only unbroken run of so many digits, in the subject and in the
 * text, so nothing else in them may hold one: a line whose address or link would is left out, since those cannot be
 * changed, and the digits of such a name are held apart by a character that nobody sees.
 */
export function loginMailWords({
  code,
  minutesLeft,
  shop,
  publicUrl,
}: LoginMailInput): Pick<Mail, "subject" | "text"> {
  const name = shop.name.replace(/\p{Nd}{3}(?=\p{Nd})/gu, `$&${WORD_JOINER}`);
  const minutes = minutesLeft === 1 ? "1 minute" : `${minutesLeft} minutes`;
  const where = DIGIT_RUN.test(publicUrl) ? "." : `: ${publicUrl}`;
  const paragraphs = [
    `Your sign-in code for ${name} is ${code}`,
    `It works once, within ${minutes}. Enter it where you asked for it${where}`,
    `Nobody from ${name} will ever ask you for it. If it was not you who asked, ignore this mail: without the code nobody gets in.`,
  ];
  const { supportEmail } = shop;
  if (supportEmail !== null && !DIGIT_RUN.test(supportEmail))
    paragraphs.push(`Questions? Write to ${supportEmail}.`);
  return { subject: `Your sign-in code for ${name}: ${code}`, text: paragraphs.join("\n\n") };
}
