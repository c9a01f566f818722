import type { FakeControl } from "./fake-control.js";

/** A page for a person who develops without an account: the newest intents with the payer's buttons. */
export function renderFakePage(control: FakeControl): string {
  const intents = [...control.ledger().intents].reverse().slice(0, 50);
  const rows = intents.map(
    (intent) =>
      `<tr><td><code>${escapeHtml(intent.id)}</code></td><td>${intent.amount} ${escapeHtml(intent.currency)}</td>` +
      `<td>${escapeHtml(intent.metadata.order_id ?? "")}</td><td>${escapeHtml(intent.status)}</td>` +
      `<td>${["approve", "decline", "process", "cancel"].map((action) => button(action, intent.id)).join(" ")}</td></tr>`,
  );
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>Fake Stripe</title>
<style>body{font:16px system-ui;margin:2rem}td,th{padding:.3rem .8rem;text-align:left}</style>
<h1>Fake Stripe</h1><p>Amounts are in Stripe's units. Reload to see new payments.</p>
<table><tr><th>intent</th><th>amount</th><th>order</th><th>status</th><th>the payer</th></tr>${rows.join("\n")}</table>
<script>
addEventListener("click", async (event) => {
  const { action, intent } = event.target.dataset;
  if (!action) return;
  await fetch("/__control/" + action, { method: "POST", body: JSON.stringify({ intent }) });
  location.reload();
});
</script></html>`;
}

function button(action: string, intentId: string): string {
  return `<button data-action="${action}" data-intent="${escapeHtml(intentId)}">${action}</button>`;
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
