import { type Db, statement } from "../../db/database.js";
import { languageOr } from "../../kernel/language.js";
import type { Mail, MailOutcome } from "../../providers/mail/port.js";
import { type ReceiptShop, receiptMail } from "./receipt-mail.js";

export type SendMail = (mail: Mail) => Promise<MailOutcome>;

const FIND_RECEIPT = statement(
  "payments.find_receipt",
  `select o.id, o.reference, o.kind, o.plan_snapshot->>'name' as plan_name, o.plan_snapshot->>'country_name' as country_name,
          p.currency, p.amount_minor, p.succeeded_at, u.email,
          coalesce(t.language, e.language) as language
   from orders o join payments p on p.order_id = o.id and p.is_counted join users u on u.id = o.user_id
     left join esim_profiles e on e.order_id = o.id left join top_ups t on t.order_id = o.id
   where o.id = $1 and u.deleted_at is null`,
);

interface ReceiptRow {
  readonly id: number;
  readonly reference: string;
  readonly kind: "esim" | "top_up";
  readonly plan_name: string | null;
  readonly country_name: string | null;
  readonly currency: string;
  readonly amount_minor: number;
  readonly succeeded_at: string;
  readonly email: string;
  readonly language: string | null;
}

/**
 * Mails the customer what was paid, in the currency's own notation. The reference makes a repeated mail the same
 * mail. Throws when trying again can help.
 */
export function makeSendReceipt(deps: { db: Db; sendMail: SendMail; shop: ReceiptShop }) {
  return async function sendReceipt(orderId: number): Promise<void> {
    const receipt = (await deps.db.run<ReceiptRow>(FIND_RECEIPT, [orderId])).rows[0];
    if (receipt === undefined) return;
    const { reference, kind, plan_name, country_name, currency, amount_minor, succeeded_at } = receipt;
    const words = {
      reference,
      kind,
      plan: [plan_name, country_name].filter((part) => part !== null).join(", "),
      paid: { currency, minor: amount_minor },
      paidAt: succeeded_at,
    };
    const outcome = await deps.sendMail({
      template: "receipt",
      reference: `receipt-${reference}`,
      to: { address: receipt.email },
      ...receiptMail(words, languageOr(receipt.language), deps.shop),
    });
    if (outcome.kind === "unknown") throw new Error(`The receipt was not sent: ${outcome.cause}`);
  };
}
