import { escapeHtml } from "../../../kernel/html.js";
import { formatMoney } from "../../../kernel/money.js";
import type { PaymentRow } from "../payment-store.js";

const STYLE = `
  :root { color-scheme: light dark; font: 1rem/1.5 system-ui, sans-serif }
  body { max-width: 28rem; margin: 0 auto; padding: 2rem 1rem }
  .amount { font-size: 2rem; margin: .5rem 0 }
  form { display: flex; gap: .75rem; margin-top: 1.5rem }
  button { font: inherit; padding: .6rem 1.2rem; border-radius: .5rem; border: 1px solid #8888; cursor: pointer }
  button[value=succeeded] { background: #0a6b3d; color: #fff; border-color: #0a6b3d }
  .meta { opacity: .75 }
`;

/** No script, nothing from elsewhere; the form goes to this page alone. */
export const PAY_PAGE_POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

const SAID: Readonly<Record<PaymentRow["status"], string>> = {
  requires_action: "Waiting for you: approve or decline.",
  succeeded: "Paid. The order goes on by itself.",
  failed: "This payment has failed. Order again to try once more.",
};

/** Where a person plays the payer of the mock provider. */
export function mockPayPage(payment: PaymentRow): string {
  const amount = formatMoney({ currency: payment.currency, minor: payment.amount_minor });
  const form =
    payment.status === "requires_action"
      ? `<form method="post">
<button name="status" value="succeeded">Approve</button>
<button name="status" value="failed">Decline</button>
</form>`
      : "";
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Mock payment of order ${payment.order_id}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<h1>Mock payment</h1>
<p class="amount">${escapeHtml(amount)}</p>
<p class="meta">Order ${payment.order_id}, intent <code>${escapeHtml(payment.intent_id ?? "")}</code>. No money moves here.</p>
<p role="status">${SAID[payment.status]}</p>
${form}
<p><a href="/">The store</a></p>
</main>
</body>
</html>
`;
}
