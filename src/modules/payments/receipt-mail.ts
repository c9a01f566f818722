import { type Language, languageOr } from "../../kernel/language.js";
import { formatMoney, type Money } from "../../kernel/money.js";
import { mailText } from "../../providers/mail/formats/mail-text.js";
import { countryNameIn, regionNameIn } from "../catalog/catalog.module.js";
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
  columns: `o.reference, o.kind as order_kind, o.plan_snapshot->>'name' as plan_name,
     o.plan_snapshot->>'country_name' as place, o.plan_snapshot->>'country_iso2' as country_iso2, p.currency, p.amount_minor, p.succeeded_at, u.email,
     coalesce(t.language, e.language) as language`,
});

interface ReceiptRow {
  readonly reference: string;
  readonly order_kind: "esim" | "top_up";
  readonly plan_name: string | null;
  /** The country, or the region, as the catalogue calls it. */
  readonly place: string | null;
  /** Null for a region. */
  readonly country_iso2: string | null;
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
      plan: [row.plan_name, placeOf(row, language)].filter((part) => part !== null).join(", "),
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
        plan_name: SAMPLE.plan,
        place: SAMPLE.country,
        country_iso2: "ES",
        currency: SAMPLE.currency,
        amount_minor: SAMPLE.amountMinor,
        succeeded_at: SAMPLE.at,
        email: SAMPLE.email,
        language,
      }),
    })),
  );
}

function placeOf({ place, country_iso2: iso2 }: ReceiptRow, language: Language): string | null {
  if (place === null) return null;
  return iso2 === null ? regionNameIn(place, language) : countryNameIn(iso2, place, language);
}

export interface Receipt {
  readonly reference: string;
  readonly kind: "esim" | "top_up";
  /** The plan, as the order has frozen it, and where it works, in the reader's language. */
  readonly plan: string;
  readonly paid: Money;
  /** ISO 8601, in UTC. */
  readonly paidAt: string;
}

/** The receipt's words: what was paid, in the currency's own notation, from the shop and in the buyer's language. */
export function receiptWords(
  { reference, kind, plan, paid, paidAt }: Receipt,
  { text, shop, language }: Texts,
): { readonly subject: string; readonly text: string } {
  const amount = `${formatMoney(paid, language)} (${paid.currency})`;
  const facts = [
    [text("receipt.order"), reference],
    [text("receipt.plan"), plan],
    [text("receipt.paid"), amount],
    [text("receipt.date"), paidAt.slice(0, 10)],
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
