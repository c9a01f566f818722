import { type Db, statement } from "../../db/database.js";
import { formatMoney } from "../../kernel/money.js";
import type { Mail, MailOutcome } from "../../providers/mail/port.js";

export type SendMail = (mail: Mail) => Promise<MailOutcome>;

const FIND_RECEIPT = statement(
  "payments.find_receipt",
  `select o.id, o.reference, o.kind, o.plan_snapshot->>'name' as plan_name, o.plan_snapshot->>'country_name' as country_name,
          p.currency, p.amount_minor, p.provider, p.succeeded_at, u.email
   from orders o join payments p on p.order_id = o.id and p.is_counted join users u on u.id = o.user_id
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
  readonly provider: string;
  readonly succeeded_at: string;
  readonly email: string;
}

/**
 * Mails the customer what was paid, in the currency's own notation. The reference makes a repeated mail the same
 * mail. Throws when trying again can help.
 */
export function makeSendReceipt(deps: { db: Db; sendMail: SendMail; publicUrl: string }) {
  return async function sendReceipt(orderId: number): Promise<void> {
    const receipt = (await deps.db.run<ReceiptRow>(FIND_RECEIPT, [orderId])).rows[0];
    if (receipt === undefined) return;
    const outcome = await deps.sendMail({
      template: "receipt",
      reference: `receipt-${receipt.reference}`,
      to: { address: receipt.email },
      subject: `Your receipt for order ${receipt.reference}`,
      text: receiptText(receipt, deps.publicUrl),
    });
    if (outcome.kind === "unknown") throw new Error(`The receipt was not sent: ${outcome.cause}`);
  };
}

function receiptText(receipt: ReceiptRow, publicUrl: string): string {
  const amount = formatMoney({ currency: receipt.currency, minor: receipt.amount_minor });
  const plan = [receipt.plan_name, receipt.country_name].filter((part) => part !== null).join(", ");
  return [
    "Thank you for your order.",
    "",
    `Order:   ${receipt.reference}`,
    `Plan:    ${plan}`,
    `Paid:    ${amount} (${receipt.currency})`,
    `Date:    ${receipt.succeeded_at.slice(0, 10)}`,
    "",
    receipt.kind === "top_up"
      ? "It is being added to your eSIM; we write to you as soon as it is there."
      : "Your eSIM is being prepared; you find it in your account.",
    "",
    "-- ",
    "Tribi travel eSIMs",
    publicUrl,
    "",
  ].join("\n");
}
