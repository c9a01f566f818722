import { escapeHtml } from "../../kernel/html.js";
import type { KeptMail } from "./inbox-mail.js";

const STYLE = `
  :root { color-scheme: light dark; font: 1rem/1.5 system-ui, sans-serif }
  body { max-width: 46rem; margin: 0 auto; padding: 1rem }
  article { border: 1px solid #8886; border-radius: .5rem; padding: 1rem; margin: 1rem 0 }
  h2 { font-size: 1.1rem; margin: 0 }
  pre { white-space: pre-wrap; overflow-wrap: anywhere; font: inherit }
  iframe { width: 100%; height: 32rem; border: 1px solid #8886; background: #fff }
  .meta { opacity: .75; margin: .25rem 0 }
`;

/** Scripts never run here; a mail's HTML is shown in a frame without any right. */
export const INBOX_PAGE_POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-src 'self'; form-action 'none'; frame-ancestors 'none'";

/** The development inbox for a person: one article per mail, newest first. */
export function inboxPage(mails: readonly KeptMail[]): string {
  const content =
    mails.length === 0
      ? "<p>No mail yet. Ask for a login code, then load this page again.</p>"
      : mails.map(articleOf).join("\n");
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Development inbox (${mails.length})</title>
<style>${STYLE}</style>
</head>
<body>
<header><h1>Development inbox</h1>
<p>Mail that the store sent while no mail server is configured, newest first. <a href="/dev/inbox.json">As JSON</a> · <a href="/">The store</a></p></header>
<main>
${content}
</main>
</body>
</html>
`;
}

function articleOf({ to, subject, text, html, created_at: createdAt }: KeptMail, index: number): string {
  const rendered =
    html === null
      ? ""
      : `<details><summary>Show as the mail program does</summary>
<iframe sandbox title="Mail: ${escapeHtml(subject)}" srcdoc="${escapeHtml(html)}"></iframe></details>`;
  return `<article aria-labelledby="mail-${index}">
<h2 id="mail-${index}">${escapeHtml(subject)}</h2>
<p class="meta">to ${escapeHtml(to)}, <time datetime="${createdAt}">${createdAt}</time></p>
<pre>${escapeHtml(text)}</pre>
${rendered}
</article>`;
}
