import type { FastifyReply } from "fastify";
import { appendVary } from "../../../../http/vary.js";
import { INSTALL_PAGE_POLICY } from "../install-page-style.js";

/** The page behind a link in a mail. `no-store` and `no-referrer` are set on each response by http/server.ts. */
export function sendSecretPage(reply: FastifyReply, status: number, page: string): FastifyReply {
  for (const name of ["Accept", "Accept-Language"]) appendVary(reply, name);
  return reply
    .code(status)
    .headers({
      "content-type": "text/html; charset=utf-8",
      "content-security-policy": INSTALL_PAGE_POLICY,
      "x-robots-tag": "noindex, nofollow, noarchive",
    })
    .send(page);
}
