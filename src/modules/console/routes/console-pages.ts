import { languageOfRequest } from "../../../http/accept-language.js";
import type { Server } from "../../../http/server.js";
import { appendVary } from "../../../http/vary.js";
import type { MakeDocument } from "../console-document.js";

const config = { access: "public", isInternal: true } as const;

/** Every address of the console is the same document: which screen it shows, and for whom, the browser finds out. */
export function registerConsolePages(app: Server, makeDocument: MakeDocument): void {
  for (const path of ["/console", "/console/*"]) {
    app.get(path, { config }, async (request, reply) => {
      const { html, policy } = makeDocument(languageOfRequest(request) ?? "en");
      appendVary(reply, "Accept-Language");
      // A copy would repeat its nonce: the answer is kept nowhere.
      return reply
        .header("content-type", "text/html; charset=utf-8")
        .header("content-security-policy", policy)
        .header("cache-control", "no-store")
        .send(html);
    });
  }
}
