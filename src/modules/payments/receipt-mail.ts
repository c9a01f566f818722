import { languageOr } from "../../kernel/language.js";
import { formatMoney, type Money } from "../../kernel/money.js";
import { mailText } from "../../providers/mail/formats/mail-text.js";
import { destinationIn, type FrozenPlan, planIn } from "../catalog/catalog.module.js";
import {
  defineMail,
  type Letter,
  type MailComposer,
  mailComposer,
  SAMPLE,
  type Texts,
  type TextsIn,
} from "../mail/mail.module.js";

/** What the customer paid, queued by the statement that pays the order. */
export const RECEIPT = defineMail({
  kind: "receipt",
  priority: 0,
  from: `left join orders o on o.id = c.order_id
     left join payments p on p.order_id = o.id and p.is_counted
     left join users u on u.id = o.user_id
     left join esim_profiles e on e.order_id = o.id left join top_ups t on t.order_id = o.id`,
  obstacle: `case when p.id is null then 'not_paid' when u.deleted_at is not null then 'person_deleted' end`,
  columns: `o.reference, o.kind as order_kind, o.plan_snapshot as plan, p.currency, p.amount_minor, p.succeeded_at, u.email,
     coalesce(t.language, e.language) as language`,
});

interface ReceiptRow {
  readonly reference: string;
  readonly order_kind: "esim" | "top_up";
  readonly plan: FrozenPlan;
  readonly currency: string;
  readonly amount_minor: number;
  readonly succeeded_at: string;
  readonly email: string;
  readonly language: string | null;
}

export function makeReceiptMail(textsIn: TextsIn): MailComposer {
  const letterOf = (row: ReceiptRow): Letter => {
    const language = languageOr(row.language);
    const receipt = {
      reference: row.reference,
      kind: row.order_kind,
      plan: boughtIn(row.plan, textsIn(language)),
      paid: { currency: row.currency, minor: row.amount_minor },
      paidAt: row.succeeded_at,
    };
    return { to: row.email, language, ...receiptWords(receipt, textsIn(language)) };
  };
  return mailComposer<ReceiptRow>(RECEIPT, letterOf, (language) =>
    (["esim", "top_up"] as const).map((kind) => ({
      variant: kind,
      letter: letterOf({
        reference: SAMPLE.reference,
        order_kind: kind,
        plan: { name: SAMPLE.plan, country_name: SAMPLE.country, country_iso2: SAMPLE.iso2 },
        currency: SAMPLE.currency,
        amount_minor: SAMPLE.amountMinor,
        succeeded_at: SAMPLE.at,
        email: SAMPLE.email,
        language,
      }),
    })),
  );
}

/** With the place, which not every plan's name says. */
function boughtIn(plan: FrozenPlan, texts: Texts): string {
  const [name, place] = [planIn(plan, texts), destinationIn(plan, texts)];
  return place === undefined || name.includes(place) ? name : `${name}, ${place}`;
}

export interface Receipt {
  readonly reference: string;
  readonly kind: "esim" | "top_up";
  /** The plan and where it works, as the order has frozen them. */
  readonly plan: string;
  readonly paid: Money;
  /** ISO 8601, in UTC. */
  readonly paidAt: string;
}

/** The receipt's words: what was paid, in the currency's own notation, from the shop and in the buyer's language. */
export function receiptWords(
  { reference, kind, plan, paid, paidAt }: Receipt,
  { text, shop, language, day }: Texts,
): { readonly subject: string; readonly text: string } {
  const amount = `${formatMoney(paid, language)} (${paid.currency})`;
  const facts = [
    [text("receipt.order"), reference],
    [text("receipt.plan"), plan],
    [text("receipt.paid"), amount],
    [text("receipt.date"), day(paidAt)],
  ];
  const paragraphs = [
    text("receipt.thanks"),
    facts.map(([label = "", value]) => `${label.padEnd(9)}${value}`).join("\n"),
    text(`receipt.next_${kind}`),
  ];
  return {
    subject: text("receipt.subject", { reference }),
    text: mailText(paragraphs, [shop.name, shop.url, text("receipt.questions")]),
  };
}
