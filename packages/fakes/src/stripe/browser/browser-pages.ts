/** The fake's pages: what is in its frames, and the bank to which a payer is sent. */

export const STYLE = `body{margin:0;font:16px/1.4 system-ui,sans-serif;color:#1a2b28}
form,main{display:grid;gap:10px;padding:4px}
label{display:grid;gap:4px;font-size:14px}
input:not([type=radio]){font:inherit;padding:11px;border:1px solid #ccd6d3;border-radius:10px;width:100%;box-sizing:border-box}
.choice{display:flex;gap:16px}.choice label{display:flex;align-items:center}
.fields{display:grid;gap:10px}.fields[hidden]{display:none}.row{display:grid;grid-template-columns:1fr 1fr;gap:10px}
button{font:inherit;font-weight:600;padding:12px;border-radius:10px;border:1px solid #ccd6d3;background:#fff;color:#1a2b28;cursor:pointer}
.wallet{width:100%;background:#000;color:#fff}.bank{background:#fff;border-radius:14px;padding:24px;min-height:300px}`;

function page(title: string, frame: string, content: string): string {
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${title}</title><style>${STYLE}</style></head><body data-frame="${frame}">${content}
<script src="/browser/frame.js"></script></body></html>`;
}

export const cardPage = (): string =>
  page(
    "Card",
    "card",
    `<form class="card"><div class="choice">
<label><input type="radio" name="method" value="card" checked> Card</label>
<label><input type="radio" name="method" value="bank_redirect"> Bank</label></div>
<div class="fields">
<label>Card number<input name="number" inputmode="numeric" autocomplete="cc-number" placeholder="4242 4242 4242 4242"></label>
<div class="row"><label>Expiration date<input name="expiry" inputmode="numeric" placeholder="12 / 34"></label>
<label>Security code<input name="cvc" inputmode="numeric" placeholder="123"></label></div></div></form>`,
  );

export const walletPage = (hasWallet: boolean): string =>
  page(
    "Wallet",
    "wallet",
    hasWallet ? '<button class="wallet" type="button">Buy with a wallet</button>' : "",
  );

export const challengePage = (): string =>
  page(
    "Bank",
    "challenge",
    `<main class="bank"><h1>Your bank</h1><p>Is it you who pays?</p>
<button type="button" data-outcome="passed">Complete authentication</button>
<button type="button" data-outcome="failed">Fail authentication</button>
<button type="button" data-outcome="closed">Close</button></main>`,
  );

/** The page of a bank that the payer is sent to; it sends them back whatever they do. */
export const redirectPage = (query: URLSearchParams): string => {
  const hidden = ["secret", "return_url"]
    .map((name) => `<input type="hidden" name="${name}" value="${escapeHtml(query.get(name) ?? "")}">`)
    .join("");
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Bank</title><style>${STYLE}</style></head><body><form class="bank" method="post" action="/browser/redirect">${hidden}
<h1>Your bank</h1><button name="outcome" value="passed">Authorise payment</button>
<button name="outcome" value="failed">Refuse payment</button></form></body></html>`;
};

export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
