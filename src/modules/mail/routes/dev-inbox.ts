import type { Server } from "../../../http/server.js";
import type { KeptMail } from "../inbox-mail.js";
import { INBOX_PAGE_POLICY, inboxPage } from "../inbox-page.js";

/** GET /dev/inbox.json for tests and scripts, GET /dev/inbox for people. Development only. */
export function registerDevInbox(app: Server, listMails: () => Promise<readonly KeptMail[]>): void {
  const config = { access: "dev", isInternal: true } as const;
  app.get("/dev/inbox.json", { config }, async () => listMails());
  app.get("/dev/inbox", { config }, async (_request, reply) => {
    reply.type("text/html; charset=utf-8").header("content-security-policy", INBOX_PAGE_POLICY);
    return inboxPage(await listMails());
  });
}
