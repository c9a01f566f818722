import type { Language } from "../../kernel/language.js";
import { formatMoney, type Money } from "../../kernel/money.js";
import { mailText } from "../../providers/mail/formats/mail-text.js";
import type { Mail } from "../../providers/mail/port.js";

export interface Receipt {
  readonly reference: string;
  readonly kind: "esim" | "top_up";
  /** The plan and where it works, as the order has frozen them. */
  readonly plan: string;
  readonly paid: Money;
  /** ISO 8601, in UTC. */
  readonly paidAt: string;
}

export interface ReceiptShop {
  readonly name: string;
  readonly url: string;
  readonly supportEmail: string | null;
}

interface Words {
  readonly subject: (reference: string) => string;
  readonly thanks: string;
  readonly labels: readonly [order: string, plan: string, paid: string, date: string];
  readonly next: Readonly<Record<Receipt["kind"], string>>;
  readonly help: (shop: ReceiptShop) => string;
}

const WORDS: Readonly<Record<Language, Words>> = {
  en: {
    subject: (reference) => `Your receipt for order ${reference}`,
    thanks: "Thank you for your order.",
    labels: ["Order:", "Plan:", "Paid:", "Date:"],
    next: {
      esim: "Your eSIM is being prepared; you find it in your account.",
      top_up: "It is being added to your eSIM; we write to you as soon as it is there.",
    },
    help: ({ supportEmail, url }) =>
      `Questions? ${supportEmail === null ? "Ask us at" : "Write to"} ${supportEmail ?? url}.`,
  },
  es: {
    subject: (reference) => `Tu recibo del pedido ${reference}`,
    thanks: "Gracias por tu pedido.",
    labels: ["Pedido:", "Plan:", "Pagado:", "Fecha:"],
    next: {
      esim: "Estamos preparando tu eSIM; la encontrarás en tu cuenta.",
      top_up: "La recarga se está añadiendo a tu eSIM; te escribiremos en cuanto esté.",
    },
    help: ({ supportEmail, url }) =>
      `¿Tienes preguntas? ${supportEmail === null ? "Pregúntanos en" : "Escríbenos a"} ${supportEmail ?? url}.`,
  },
};

/** The receipt's words: what was paid, in the currency's own notation, from the shop and in the buyer's language. */
export function receiptMail(
  { reference, kind, plan, paid, paidAt }: Receipt,
  language: Language,
  shop: ReceiptShop,
): Pick<Mail, "subject" | "text"> {
  const { subject, thanks, labels, next, help } = WORDS[language];
  const amount = `${formatMoney(paid, language)} (${paid.currency})`;
  const values = [reference, plan, amount, paidAt.slice(0, 10)];
  const facts = labels.map((label, index) => `${label.padEnd(9)}${values[index]}`).join("\n");
  return {
    subject: subject(reference),
    text: mailText([thanks, facts, next[kind]], [shop.name, shop.url, help(shop)]),
  };
}
